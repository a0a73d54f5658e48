"""The report, and the directory that `silos analyze` leaves behind."""
