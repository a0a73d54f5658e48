"""Files as they lie: paths, first looks, temporary copies, how far the reading has come, DataFrames."""
