"""Reading of tasks."""
