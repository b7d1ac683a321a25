#!/bin/bash
# openapi-generator 7.26.0 (PyPI openapi-generator-cli, needs Java), generator "kotlin" with its own settings, on a valid document:
#
# 1. An operation with two successes of different schemas (201 a session, 200 one step more) becomes a method that returns the
#    schema of the smallest status alone. The order in the document makes no difference, and nothing is said. A client of ours
#    reads a plain log-in (201) as the second step and fails for a field that is not there.
# 2. A `oneOf` of two object schemas written in place becomes one class that needs the fields of both, and the field that tells
#    them apart keeps the word of the last form only: neither form can be read or written. With names and a discriminator
#    it is an interface with the same fields and the same single word.
#
# Ends with 0 as long as it is so.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
python3 -m venv tools
tools/bin/pip -q --disable-pip-version-check install openapi-generator-cli==7.26.0
cat >document.json <<'JSON'
{"openapi": "3.0.3", "info": {"title": "Entry", "version": "1"}, "paths": {
  "/session": {"post": {"operationId": "logIn", "tags": ["entry"], "responses": {
    "201": {"description": "let in", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Session"}}}},
    "200": {"description": "one step more", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Step"}}}}}}},
  "/extension": {"put": {"operationId": "extend", "tags": ["entry"],
    "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Extension"}}}},
    "responses": {"204": {"description": "done"}}}}},
 "components": {"schemas": {
  "Session": {"type": "object", "required": ["access_token"], "properties": {"access_token": {"type": "string"}}},
  "Step": {"type": "object", "required": ["step_token"], "properties": {"step_token": {"type": "string"}}},
  "Extension": {"oneOf": [
    {"type": "object", "required": ["ground", "number"],
     "properties": {"ground": {"type": "string", "enum": ["DECISION"]}, "number": {"type": "string"}}},
    {"type": "object", "required": ["ground", "promise"],
     "properties": {"ground": {"type": "string", "enum": ["PROMISE"]}, "promise": {"type": "string"}}}]}}}}
JSON
tools/bin/openapi-generator-cli validate -i document.json
tools/bin/openapi-generator-cli generate -g kotlin -i document.json -o client >log 2>&1
code=client/src/main/kotlin/org/openapitools/client
grep 'fun logIn()' "$code/apis/EntryApi.kt"
grep -E 'val (ground|number|promise)|[A-Z]+\("' "$code/models/Extension.kt"
grep -q 'fun logIn() : Step ' "$code/apis/EntryApi.kt"
if grep -qE '(: |<)Session' "$code/apis/EntryApi.kt"; then exit 1; fi
grep -q 'val number: kotlin.String$\|val number: kotlin.String,' "$code/models/Extension.kt"
grep -q 'val promise: kotlin.String' "$code/models/Extension.kt"
if grep -q 'DECISION' "$code/models/Extension.kt"; then exit 1; fi
echo "as seen with openapi-generator 7.26.0"
