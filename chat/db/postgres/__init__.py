"""What PostgreSQL does in its own way: connections, units of work, and the search. See decision 0024."""
