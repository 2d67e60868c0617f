"""Writing of scores."""
