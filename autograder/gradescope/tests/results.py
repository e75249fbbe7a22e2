"""¿Es esto un results.json de los que admite Gradescope?   results.py ARCHIVO...

El esquema está al lado; se comprueba con lo justo de JSON Schema para leerlo.
"""
import json
import pathlib
import sys

SCHEMA = json.loads(pathlib.Path(__file__).with_name("results.schema.json").read_text())
TYPES = {"object": dict, "array": list, "string": str, "number": (int, float)}


def wrong(value, schema, at):
    """Lo que no cumple `value`, que está en `at`."""
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"]]
    types = schema.get("type", [])
    types = types if isinstance(types, list) else [types]
    if types and (isinstance(value, bool) or not any(isinstance(value, TYPES[t]) for t in types)):
        return [f"{at}: es {value!r}, y debía ser {' o '.join(types)}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: no se admite {value!r}")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{at}: {value} es menos de {schema['minimum']}")
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{at}: falta {key}" for key in schema.get("required", []) if key not in value]
        for key, inner in value.items():
            if key in known:
                found += wrong(inner, known[key], f"{at}.{key}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{at}: sobra {key}")
    if isinstance(value, list):
        for i, inner in enumerate(value):
            found += wrong(inner, schema.get("items", {}), f"{at}[{i}]")
    return found


bad = [f"{name}: {text}" for name in sys.argv[1:]
       for text in wrong(json.loads(pathlib.Path(name).read_text()), SCHEMA, "results")]
print("\n".join(bad))
sys.exit(bool(bad))
