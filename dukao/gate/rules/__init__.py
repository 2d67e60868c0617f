"""What the gate goes by, pure: one module per noun."""
