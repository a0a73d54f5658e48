"""What the package says to its readers, in their language: a folder of phrases for each language."""
