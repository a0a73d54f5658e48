"""What is worth a sentence, and what to do about it."""
