"""Checks a value against the part of JSON Schema that schema.json uses."""

import json
import re
from pathlib import Path

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
         "null": type(None), "boolean": bool}


def problems(value, schema=None, where="$", root=None):
    """A sentence for each place that does not fit."""
    if schema is None:
        schema = json.loads(Path(__file__).with_name("schema.json").read_text())
    root = root or schema
    if "$ref" in schema:
        return problems(value, root["definitions"][schema["$ref"].rpartition("/")[2]], where, root)
    found = []
    if "const" in schema and value != schema["const"]:
        found.append(f"{where} is {value!r}, not {schema['const']!r}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where} is {value!r}, none of {schema['enum']}")
    if "type" in schema and not _is(value, schema["type"]):
        return found + [f"{where} is {type(value).__name__}, not {schema['type']}"]
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value < schema.get("minimum", value):
        found.append(f"{where} is {value}, below {schema['minimum']}")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        found.append(f"{where} is {value!r}, which does not match {schema['pattern']}")
    if isinstance(value, dict):
        found += _of_object(value, schema, where, root)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            found += problems(item, schema["items"], f"{where}[{number}]", root)
    return found


def _is(value, names):
    names = [names] if isinstance(names, str) else names
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, TYPES[name]) for name in names)


def _of_object(value, schema, where, root):
    known = schema.get("properties", {})
    found = [f"{where} lacks {key}" for key in schema.get("required", []) if key not in value]
    for key, item in value.items():
        if key in known:
            found += problems(item, known[key], f"{where}.{key}", root)
        elif schema.get("additionalProperties", True) is False:
            found.append(f"{where} has a key too many: {key}")
    return found
