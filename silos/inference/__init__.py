"""Uncertainty of the numbers: intervals, null models, false discovery."""
