"""One function per thing a user can do. Takes the database or a unit of work, returns wire values, never rows."""
