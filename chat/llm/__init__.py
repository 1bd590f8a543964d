"""Models behind HTTP. Knows nothing of rooms, people or the database."""
