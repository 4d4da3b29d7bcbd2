"""Holds JSON documents against a JSON Schema (draft 2020-12).

    json_schema.py SCHEMA     JSON documents on stdin, one a line; one line each on stdout: "ok", or what the schema refuses

The schema itself is checked first: a keyword that is misspelt would refuse nothing.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match


def verdict(validator, document):
    error = best_match(validator.iter_errors(document))
    return "ok" if error is None else f"{error.json_path}: {error.message}".replace("\n", " ")


def main():
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for line in sys.stdin:
        print(verdict(validator, json.loads(line)))


if __name__ == "__main__":
    main()
