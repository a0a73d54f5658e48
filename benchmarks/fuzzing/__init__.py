"""Fuzzing of the readers: valid inputs, damage, and workers that may hang or die."""
