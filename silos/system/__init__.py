"""Files, processes, and the name under which the package is installed."""
