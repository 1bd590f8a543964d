"""The wire models as one JSON schema: `python -m chat.wire.schema` prints what the front end's types are made from."""

import json
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chat import wire
from chat.wire.catalog import CLIENT_EVENTS, SERVER_EVENTS


def _models(base: type[BaseModel]) -> list[type[BaseModel]]:
    found = (getattr(wire, name) for name in sorted(dir(wire)))
    return [m for m in found if isinstance(m, type) and issubclass(m, base) and m is not base]


def wire_schema() -> dict[str, Any]:
    """All wire models under `$defs`, and which of them belongs to which event name under `events`."""
    inputs: list[Any] = [(model, "validation") for model in _models(wire.In)]
    outputs: list[Any] = [(model, "serialization") for model in _models(wire.Out)]
    _, schema = models_json_schema(inputs + outputs, ref_template="#/$defs/{model}")
    schema["events"] = {
        "client": {name: model.__name__ for name, model in CLIENT_EVENTS.items()},
        "server": {name: model.__name__ for name, model in SERVER_EVENTS.items()},
    }
    return schema


if __name__ == "__main__":
    print(json.dumps(wire_schema(), indent=1, sort_keys=True))
