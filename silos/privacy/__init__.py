"""The gates that every output passes: suppression of small groups, pseudonyms for what is kept."""
