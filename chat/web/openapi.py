"""The OpenAPI document, made from the declared operations and the models that validate them."""

import re
from typing import Any

from flask import Response
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from chat import __version__, wire
from chat.web.api import Api, Operation
from chat.web.responses import json_answer

_REF = "#/components/schemas/{model}"
_TYPES = {int: "integer", str: "string"}


def add_openapi(api: Api) -> None:
    api.add(Operation("GET", "/api/openapi.json", lambda: _answer(api), "This document", public=True))


def _answer(api: Api) -> Response:
    return json_answer(openapi(api.operations))


def openapi(operations: list[Operation]) -> dict[str, Any]:
    used: set[tuple[Any, str]] = {(_error_of(operation), "serialization") for operation in operations}
    used |= {(op.body, "validation") for op in operations if op.body}
    used |= {(op.answer, "serialization") for op in operations if op.answer}
    models: Any = sorted(used, key=lambda pair: pair[0].__name__)
    _, schemas = models_json_schema(models, ref_template=_REF)
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path.replace("{path:", "{"), {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Roundtable", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "roundtable_session"},
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    places: list[tuple[str, str, type]] = [(name, "path", str) for name in re.findall(r"(\w+)}", operation.path)]
    places += [(name, "query", kind) for name, kind in operation.query.items()]
    described: dict[str, Any] = {
        "summary": operation.summary,
        "parameters": [
            *(
                {"name": name, "in": place, "required": place == "path", "schema": {"type": _TYPES[kind]}}
                for name, place, kind in places
            ),
            *(
                {"name": name, "in": "header", "description": said, "schema": {"type": "string"}}
                for name, said in operation.headers.items()
            ),
        ],
        "responses": {
            str(204 if operation.answer is None and operation.status == 200 else operation.status): _content(
                "Done", operation.answer
            ),
            "default": _content("Refused or failed", _error_of(operation)),
        },
        "security": [] if operation.public else [{"key": []}, {"session": []}],
    }
    if operation.body:
        described["requestBody"] = {**_content("", operation.body), "required": True}
    return described


def _error_of(operation: Operation) -> type[BaseModel]:
    return wire.OpenAIErrorAnswer if operation.path.startswith("/v1/") else wire.ErrorAnswer


def _content(description: str, model: type[Any] | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": description}
    if model:
        answer["content"] = {"application/json": {"schema": {"$ref": _REF.format(model=model.__name__)}}}
    return answer
