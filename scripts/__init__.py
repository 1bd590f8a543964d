"""Setting up, checking and running Roundtable: what stands behind the words of the Makefile."""
