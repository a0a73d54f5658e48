"""Interactions to counted ties: the one stage that reads the whole log."""
