"""Writing of tasks."""
