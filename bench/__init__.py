"""Measures the realtime core beside its peers; README.md says how to read it."""
