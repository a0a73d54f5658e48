"""One module for each question of the report, and the pipeline that asks them all."""
