"""Tables, connections and the unit of work. Knows no rules."""
