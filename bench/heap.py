"""The JavaScript heap of a page: what its scripts keep, and what V8 has compiled of them."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Heap:
    """Megabytes after a collection: all of it, and the part that is code."""

    used: float
    code: float

    @property
    def kept(self) -> float:
        """What the page holds on to. Code also grows when the same functions only run more often."""
        return self.used - self.code


def code_bytes(snapshot: str) -> int:
    """Of a heap snapshot as DevTools saves it: bytecode, machine code, and the notes for the next compilation."""
    found = json.loads(snapshot)
    meta, nodes = found["snapshot"]["meta"], found["nodes"]
    fields, kinds = meta["node_fields"], meta["node_types"][meta["node_fields"].index("type")]
    code, width = kinds.index("code"), len(fields)
    kind_of, size_of = nodes[fields.index("type") :: width], nodes[fields.index("self_size") :: width]
    return sum(size for kind, size in zip(kind_of, size_of, strict=True) if kind == code)
