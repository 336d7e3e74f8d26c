"""The API described for people: made from the same description that programs read, without any script."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from inbaar.api.entrance import MOST_A_MINUTE, MOST_BYTES, PREFIX
from inbaar.api.site import api
from inbaar.web.requests import PageRequest, client_page


@client_page
def api_page(request: PageRequest) -> HttpResponse:
    """The page."""
    schema = api.get_openapi_schema(path_prefix=PREFIX)
    operations = [
        _operation(path, method, told, schema)
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    ]
    facts = {
        "operations": operations,
        "about": schema["info"]["description"],
        "address": f"{PREFIX}openapi.json",
        "server": f"{request.scheme}://{request.get_host()}{PREFIX}",
        "a_minute": MOST_A_MINUTE,
        "megabytes": MOST_BYTES >> 20,
    }
    return render(request, "web/api.html", facts)


def _operation(path: str, method: str, told: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """One operation as the page shows it: what goes in, what comes out, field by field."""
    body = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answer = told["responses"][200]["content"]["application/json"]["schema"]
    return {
        "id": told["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": told["summary"],
        "description": told["description"],
        "scope": told["security"][0]["TokenAuth"],
        "asked": [_field(one["name"], one["schema"] | one, one.get("required", False)) for one in told.get("parameters", [])]
        + (_fields(body, schema) if body else []),
        "answered": _fields(answer, schema),
    }  # fmt: skip


def _fields(part: dict[str, Any], schema: dict[str, Any], before: str = "") -> list[dict[str, Any]]:
    """The fields of an object and of the objects within it, each by its place."""
    model = schema["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]]
    found = []
    for name, field in model["properties"].items():
        place = f"{before}{name}"
        within = field if "$ref" in field else field.get("items", {})
        found.append(_field(place, field, name in model.get("required", [])))
        if "$ref" in within:
            found += _fields(within, schema, f"{place}[]." if "items" in field else f"{place}.")
    return found


def _field(name: str, field: dict[str, Any], required: bool) -> dict[str, Any]:
    kinds = [one.get("type", "object") for one in field.get("anyOf", [field])]
    kind = " / ".join(kinds) + (f" ({field['format']})" if "format" in field else "")
    example = next(iter(field.get("examples", [])), "")
    return {
        "name": name,
        "kind": kind,
        "required": required,
        "words": field.get("description", ""),
        "example": example,
    }
