"""Work that outlives a request: who asks a model when, and what happens to the answer."""
