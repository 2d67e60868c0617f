"""Reading of scores."""
