"""Checks a journal against Discord's OpenAPI description of its API.

The description is data from outside the project (the repository discord/discord-api-spec, file
specs/openapi.json); the environment variable DISCORD_OPENAPI says where it lies.
"""

import copy
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from sandbox import RequestEntry

VARIABLE = "DISCORD_OPENAPI"

ACCEPTED_FIELDS = {
    "allow": "libraries send permission sets as text, as the reference has them",
    "deny": "the same",
    "permissions": "the same",
    "default_member_permissions": "the same",
}
"""Fields of requests where the description wants a number and digits are right too."""

ACCEPTED_PARAMETERS = {
    ("/guilds/{guild_id}/bans/{user_id}", "put"): {"delete_message_seconds"},
}
"""Parameters of queries that the description has in the body, while libraries (discord.py and its
kin) send them so and Discord takes them."""

AMENDMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "Error": (
        {"properties": {"code": {"type": ["integer", "string"]}, "message": {"type": "string"}}},
        "the code of a field's error is a word, as BASE_TYPE_MAX_LENGTH (its reference)",
    ),
    "MessageReferenceType": (
        {"oneOf": [{"const": 0}, {"const": 1}]},
        "forwards are references of type 1 (its reference, Message Reference Types)",
    ),
    "RatelimitedResponse": (
        {
            "allOf": [],
            "properties": {
                "message": {"type": "string"},
                "retry_after": {"type": "number"},
                "global": {"type": "boolean"},
                "code": {"type": "integer"},
            },
            "required": ["message", "retry_after", "global"],
        },
        "a refusal has a code for some limits only (its reference, Rate Limits)",
    ),
}
"""Schemas of the description that are not what Discord really sends, and why."""

REFUSED_AS_MALFORMED = frozenset({400, 401, 404, 405})
"""Statuses that say already that a request was wrong in itself, or went nowhere."""

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


@_FORMATS.checks("int32")
def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@_FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", value))


def location() -> Path | None:
    """Where the description lies, if it is there."""
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else None
    return path if path and path.is_file() else None


def why_absent() -> str:
    """Why there is nothing to check against."""
    named = os.environ.get(VARIABLE)
    return f"{VARIABLE} names no file: {named}" if named else f"{VARIABLE} is not set"


@dataclass(frozen=True)
class Operation:
    """One method of one path of the description."""

    template: str
    method: str
    spec: dict[str, Any]
    parameters: tuple[dict[str, Any], ...]

    @property
    def pointer(self) -> str:
        """Where it stands in the document."""
        return f"/paths/{_escaped(self.template)}/{self.method}"


class Description:
    """The document, ready to check requests and answers with."""

    def __init__(self, path: Path) -> None:
        document = json.loads(path.read_text())
        for name, (schema, _) in AMENDMENTS.items():
            document["components"]["schemas"][name] |= schema
        lenient = copy.deepcopy(document)
        snowflake = lenient["components"]["schemas"]["SnowflakeType"]
        # Discord takes snowflakes as JSON numbers too, and most libraries send them so.
        lenient["components"]["schemas"]["SnowflakeType"] = {
            "anyOf": [snowflake, {"type": "integer", "minimum": 0}]
        }
        self._registries = {
            name: Registry().with_resource("discord:", DRAFT202012.create_resource(value))
            for name, value in (("request", lenient), ("answer", document))
        }
        self._operations: dict[tuple[int, str], list[tuple[re.Pattern[str], Operation]]] = {}
        self._validators: dict[tuple[str, str], Draft202012Validator] = {}
        for template, item in document["paths"].items():
            shared = item.get("parameters", [])
            pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(template)))
            for method, spec in item.items():
                if method == "parameters":
                    continue
                parameters = (*shared, *spec.get("parameters", []))
                key = (template.count("/"), method)
                operation = Operation(template, method, spec, parameters)
                self._operations.setdefault(key, []).append((pattern, operation))
        for found in self._operations.values():
            # Fixed segments come before parameters, as in "/users/@me".
            found.sort(key=lambda pair: pair[1].template.count("{"))

    def violations(self, entries: Iterable[RequestEntry]) -> Iterator[str]:
        """What in the requests and answers the description does not allow, a sentence each."""
        for entry in entries:
            for violation in self._violations(entry):
                yield f"{entry.method} {entry.path} -> {entry.status}: {violation}"

    def _violations(self, entry: RequestEntry) -> Iterator[str]:
        if entry.status is None or entry.fault:
            return
        found = self._find(entry)
        if found is None:
            if entry.status not in REFUSED_AS_MALFORMED:
                yield "the description has no such route"
            return
        operation, values = found
        if entry.status not in REFUSED_AS_MALFORMED:
            yield from self._parameters(operation, values, entry.query)
            yield from self._body(operation, entry)
        yield from self._answer(operation, entry)

    def _find(self, entry: RequestEntry) -> tuple[Operation, dict[str, str]] | None:
        key = (entry.path.count("/"), entry.method.lower())
        for pattern, operation in self._operations.get(key, ()):
            if match := pattern.fullmatch(entry.path):
                return operation, match.groupdict()
        return None

    def _parameters(
        self, operation: Operation, path: dict[str, str], query: dict[str, str]
    ) -> Iterator[str]:
        known = set()
        for number, parameter in enumerate(operation.parameters):
            name = parameter["name"]
            given = path if parameter["in"] == "path" else query
            if parameter["in"] == "query":
                known.add(name)
            if name not in given:
                if parameter.get("required"):
                    yield f"the parameter {name} is missing"
                continue
            check = self._schema("request", parameter["schema"], f"{operation.pointer}#{number}")
            if not any(check.is_valid(reading) for reading in _readings(given[name])):
                yield f"the parameter {name} cannot be {given[name]!r}"
        known |= ACCEPTED_PARAMETERS.get((operation.template, operation.method), set())
        for name in query.keys() - known:
            yield f"there is no parameter {name}"

    def _body(self, operation: Operation, entry: RequestEntry) -> Iterator[str]:
        wanted = operation.spec.get("requestBody")
        if wanted is None:
            if entry.json not in (None, {}):
                yield "a body where there is none"
            return
        kind = "multipart/form-data" if entry.form else "application/json"
        if kind not in wanted["content"]:
            yield f"the body is sent as {kind}"
            return
        pointer = f"{operation.pointer}/requestBody/content/{_escaped(kind)}/schema"
        # An absent body is as good as an empty one where every field may be left out.
        body = {} if entry.json is None else entry.json
        for error in self._at("request", pointer).iter_errors(body):
            last = error.absolute_path[-1] if error.absolute_path else None
            digits = isinstance(error.instance, str) and error.instance.isdecimal()
            if not (last in ACCEPTED_FIELDS and digits):
                yield f"request: {_told(error)}"

    def _answer(self, operation: Operation, entry: RequestEntry) -> Iterator[str]:
        responses = operation.spec["responses"]
        status = str(entry.status)
        key = status if status in responses else "4XX" if status.startswith("4") else ""
        if not key:
            yield f"the status {status} is none of {', '.join(responses)}"
            return
        response, pointer = responses[key], f"{operation.pointer}/responses/{key}"
        if "$ref" in response:
            pointer = response["$ref"].removeprefix("#")
            response = self._resolve(pointer)
        content = response.get("content", {}).get("application/json")
        if content is None:
            if entry.answer is not None:
                yield "a body where the answer has none"
            return
        check = self._at("answer", f"{pointer}/content/application~1json/schema")
        error = best_match(check.iter_errors(entry.answer))
        if error is not None:
            yield f"answer: {_told(error)}"

    def _resolve(self, pointer: str) -> Any:
        return self._registries["answer"].resolver().lookup(f"discord:#{pointer}").contents

    def _at(self, side: str, pointer: str) -> Draft202012Validator:
        return self._schema(side, {"$ref": f"discord:#{pointer}"}, pointer)

    def _schema(self, side: str, schema: dict[str, Any], name: str) -> Draft202012Validator:
        key = (side, name)
        if key not in self._validators:
            if ref := schema.get("$ref", "").startswith("#") and schema["$ref"]:
                schema = {"$ref": f"discord:{ref}"}
            self._validators[key] = Draft202012Validator(
                schema, registry=self._registries[side], format_checker=_FORMATS
            )
        return self._validators[key]


@cache
def description(path: Path) -> Description:
    """The description, read once a run."""
    return Description(path)


def _escaped(segment: str) -> str:
    """A key as a part of a JSON pointer within a URI."""
    pointer = segment.replace("~", "~0").replace("/", "~1")
    return pointer.replace("{", "%7B").replace("}", "%7D")


def _readings(text: str) -> Iterator[object]:
    """What a text of the path or query can mean."""
    yield text
    if re.fullmatch(r"-?\d+", text):
        yield int(text)
    if text.lower() in ("true", "false", "1", "0"):
        yield text.lower() in ("true", "1")
    yield text.split(",")


def _told(error: ValidationError) -> str:
    deepest = best_match([error]) or error
    where = "/".join(str(part) for part in deepest.absolute_path) or "(the whole)"
    return f"{where}: {deepest.message[:300]}"
