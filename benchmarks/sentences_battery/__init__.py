"""Organisations of many kinds, and an oracle for every sentence: recomputed from the raw log, another way."""
