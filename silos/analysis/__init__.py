"""One file for each question of the report, and what asks them all."""
