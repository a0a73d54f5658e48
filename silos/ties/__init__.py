"""Counts ties from interactions: the only stage that reads the whole log."""
