"""Socket.IO in and out. Translates between events and services; decides nothing."""
