"""Compares two runs of one organisation: two periods, or two charts. Estimates first, sentences last."""
