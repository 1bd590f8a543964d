"""Roundtable: chat rooms in which local language models sit with the people."""

__version__ = "0.1.0"
