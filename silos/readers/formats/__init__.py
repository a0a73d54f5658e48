"""One file or folder for each export that can be read."""
