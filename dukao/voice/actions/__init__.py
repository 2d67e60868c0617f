"""Writing of voice."""
