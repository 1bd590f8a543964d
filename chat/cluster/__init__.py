"""Several web processes as one server: what happens in one is told to the others over Redis. Without it nothing is."""
