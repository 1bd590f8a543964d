"""HTTP in and out. Translates between requests and services; decides nothing."""
