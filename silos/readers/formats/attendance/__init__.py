"""Who attended a meeting: reports of Teams and Zoom."""
