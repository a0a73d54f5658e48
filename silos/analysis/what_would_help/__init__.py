"""What would help: forecasts of ties that do not exist yet, and of what would be lost."""
