"""`silos check`: what each log and the roster hold, what is amiss, and what mends it."""
