"""The SQL that counts ties: one text for every engine."""
