"""Reading of voice."""
