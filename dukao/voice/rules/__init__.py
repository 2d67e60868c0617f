"""Pure rules of voice."""
