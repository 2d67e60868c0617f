"""What people say: ratings, surveys, clues."""
