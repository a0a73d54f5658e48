"""Who binds the organisation, on what evidence, and how far the verdict holds under other settings."""
