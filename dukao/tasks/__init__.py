"""Supervision: tasks from decision to confirmed repair."""
