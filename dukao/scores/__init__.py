"""Evaluation that the evaluated can recompute."""
