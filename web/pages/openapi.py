"""The OpenAPI description as a page without script: what programs can ask, and with which fields. Pure."""

import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

Described = Mapping[str, Any]


def openapi_html(description: Described) -> str:
    """The main part of the page.

    Args:
        description: As `/openapi.json` holds it.
    """
    schemas = description.get("components", {}).get("schemas", {})
    routes = "".join(
        _route_html(f"{method.upper()} {path}", operation, schemas)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    )
    return (
        "<h1>For programs</h1><p>Any client of OpenAI's chat API works with this server's address and <code>/v1</code>."
        f' The same as data: <a href="/openapi.json">openapi.json</a>.</p>{routes}'
    )


def _route_html(title: str, operation: Described, schemas: Described) -> str:
    given = [_field(one["name"], one["schema"], one.get("required", False)) for one in operation.get("parameters", [])]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return (
        f"<section><h2>{escape(title)}</h2><p>{escape(operation.get('summary', ''))}</p>"
        f"<p>{_prose(operation.get('description', ''))}</p>"
        f"{_table('Parameters of', title, given)}{_table('Body of', title, _fields(body, schemas))}"
        f"{_examples_html(operation['responses'])}</section>"
    )


def _prose(text: str) -> str:
    """The text with what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def _fields(schema: Described, schemas: Described) -> list[tuple[str, str, str]]:
    named = schemas.get(_name(schema), {})
    required = named.get("required", [])
    return [_field(name, one, name in required) for name, one in named.get("properties", {}).items()]


def _field(name: str, schema: Described, required: bool) -> tuple[str, str, str]:
    default = "required" if required else json.dumps(schema.get("default"))
    return name, _type(schema), default


def _type(schema: Described) -> str:
    """A type as a reader says it: `string`, `list of Message`, `string or null`."""
    if "anyOf" in schema:
        return " or ".join(map(_type, schema["anyOf"]))
    if "enum" in schema:
        return " or ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    return str(_name(schema) or schema.get("type", "anything"))


def _name(schema: Described) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _table(what: str, title: str, fields: Iterable[tuple[str, str, str]]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(kind)}</td><td>{escape(default)}</td></tr>'
        for name, kind, default in fields
    )
    if not rows:
        return ""
    label = escape(f"{what} {title}")
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}"><table><caption>{label}</caption>'
        '<thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">If left out</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _examples_html(responses: Described) -> str:
    examples = [
        str(content["example"])
        for response in responses.values()
        for content in response.get("content", {}).values()
        if "example" in content
    ]
    return "".join(
        f'<pre class="scroll" tabindex="0" role="region" aria-label="Example">{escape(one)}</pre>' for one in examples
    )
