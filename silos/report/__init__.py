"""The report, and the directory that `silos analyze` writes."""
