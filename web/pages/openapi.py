"""The OpenAPI description as a page without script: what programs can ask, and with which fields. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from web.jinja import PAGES
from web.language import Reader

Schema = Mapping[str, Any]
"""A part of the OpenAPI description."""

_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of a route, or a field of its body.

    Attributes:
        name: As sent.
        type: As a reader says it, e.g. `list of string`.
        default: As JSON, or `required`.
    """

    name: str
    type: str
    default: str


@dataclass(frozen=True, slots=True)
class RouteDescription:
    """One route.

    Attributes:
        title: Method and path.
        summary: One line.
        description: Stretches of text, each with whether it is code.
        parameters: In path and query.
        body: Of the JSON that is sent.
        examples: Of responses.
    """

    title: str
    summary: str
    description: tuple[tuple[str, bool], ...]
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    examples: tuple[str, ...]


def openapi_page(reader: Reader, openapi: Schema) -> str:
    """The page.

    Args:
        reader: Sees it; the descriptions of routes are in English.
        openapi: What `/openapi.json` holds.
    """
    schemas = openapi.get("components", {}).get("schemas", {})
    routes = [
        _route(f"{method.upper()} {path}", operation, schemas)
        for path, methods in openapi["paths"].items()
        for method, operation in methods.items()
    ]
    return PAGES.get_template("pages/openapi.html").render(routes=routes, reader=reader, words=reader.words)


def _route(title: str, operation: Schema, schemas: Schema) -> RouteDescription:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return RouteDescription(
        title=title,
        summary=operation.get("summary", ""),
        description=_prose(operation.get("description", "")),
        parameters=tuple(
            _field(parameter["name"], parameter["schema"], parameter.get("required", False))
            for parameter in operation.get("parameters", [])
        ),
        body=_body_fields(body, schemas),
        examples=tuple(
            str(content["example"])
            for response in operation["responses"].values()
            for content in response.get("content", {}).values()
            if "example" in content
        ),
    )


def _prose(text: str) -> tuple[tuple[str, bool], ...]:
    """The text in stretches; those in backticks are code."""
    return tuple((part, number % 2 == 1) for number, part in enumerate(_CODE.split(text)))


def _body_fields(schema: Schema, schemas: Schema) -> tuple[Field, ...]:
    model = schemas.get(_model_name(schema), {})
    required = model.get("required", [])
    return tuple(_field(name, field, name in required) for name, field in model.get("properties", {}).items())


def _field(name: str, schema: Schema, required: bool) -> Field:
    return Field(name, _type(schema), "required" if required else json.dumps(schema.get("default")))


def _type(schema: Schema) -> str:
    """A type as a reader says it: `string`, `list of Message`, `string or null`."""
    if "anyOf" in schema:
        return " or ".join(map(_type, schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return str(_model_name(schema) or schema.get("type", "anything"))


def _model_name(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]
