"""Privacy checks that every output passes: suppression of small groups, pseudonyms in stores."""
