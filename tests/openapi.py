"""Checks a journal against Discord's OpenAPI description of its API.

The description is data from outside the project (the repository discord/discord-api-spec, file
specs/openapi.json); the environment variable DISCORD_OPENAPI says where it lies.
"""

import copy
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import jsonschema_rs
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

INT32_MIN = -(2**31)

_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


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


class Check:
    """One schema. What is right is nearly everything, and jsonschema-rs sees it a hundred times as
    fast; what it does not let through is judged, and told, by jsonschema."""

    def __init__(
        self,
        schema: dict[str, Any],
        quick: jsonschema_rs.Registry,
        exact: Registry[Any],
    ) -> None:
        self._quick = jsonschema_rs.Draft202012Validator(
            schema,
            registry=quick,
            validate_formats=True,
            formats={name: partial(_FORMATS.conforms, format=name) for name in _FORMATS.checkers},
        )
        self._exact = Draft202012Validator(schema, registry=exact, format_checker=_FORMATS)

    def passes(self, value: object) -> bool:
        """Whether the schema lets a value through."""
        return next(self.errors(value), None) is None

    def errors(self, value: object) -> Iterator[ValidationError]:
        """What the schema does not allow in a value."""
        # It takes no halves of a surrogate pair, which JSON and Python's texts may have.
        with suppress(UnicodeEncodeError):
            if self._quick.is_valid(value):
                return
        yield from self._exact.iter_errors(value)


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
        _bound(document)
        lenient = copy.deepcopy(document)
        snowflake = lenient["components"]["schemas"]["SnowflakeType"]
        # Discord takes snowflakes as JSON numbers too, and most libraries send them so.
        lenient["components"]["schemas"]["SnowflakeType"] = {
            "anyOf": [snowflake, {"type": "integer", "minimum": 0}]
        }
        sides = {"request": lenient, "answer": document}
        self._quick = {
            side: jsonschema_rs.Registry([("discord:", value)], draft=jsonschema_rs.Draft202012)
            for side, value in sides.items()
        }
        self._registries = {
            side: Registry().with_resource("discord:", DRAFT202012.create_resource(value))
            for side, value in sides.items()
        }
        self._operations: dict[tuple[int, str], list[tuple[re.Pattern[str], Operation]]] = {}
        self._checks: dict[tuple[str, str], Check] = {}
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
            if not any(check.passes(reading) for reading in _readings(given[name])):
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
        for error in self._at("request", pointer).errors(_with_numbers(body)):
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
        error = best_match(check.errors(entry.answer))
        if error is not None:
            yield f"answer: {_told(error)}"

    def _resolve(self, pointer: str) -> Any:
        return self._registries["answer"].resolver().lookup(f"discord:#{pointer}").contents

    def _at(self, side: str, pointer: str) -> Check:
        return self._schema(side, {"$ref": f"discord:#{pointer}"}, pointer)

    def _schema(self, side: str, schema: dict[str, Any], name: str) -> Check:
        key = (side, name)
        if key not in self._checks:
            if ref := schema.get("$ref", "").startswith("#") and schema["$ref"]:
                schema = {"$ref": f"discord:{ref}"}
            self._checks[key] = Check(schema, self._quick[side], self._registries[side])
        return self._checks[key]


@cache
def description(path: Path) -> Description:
    """The description, read once a run."""
    return Description(path)


def _escaped(segment: str) -> str:
    """A key as a part of a JSON pointer within a URI."""
    pointer = segment.replace("~", "~0").replace("/", "~1")
    return pointer.replace("{", "%7B").replace("}", "%7D")


def _bound(value: Any) -> None:
    """Give numbers of 32 bits their bounds: jsonschema-rs looks at the format of texts alone."""
    if isinstance(value, dict):
        if value.get("format") == "int32":
            value["minimum"] = max(value.get("minimum", INT32_MIN), INT32_MIN)
            value["maximum"] = min(value.get("maximum", -INT32_MIN - 1), -INT32_MIN - 1)
        for one in value.values():
            _bound(one)
    elif isinstance(value, list):
        for one in value:
            _bound(one)


def _with_numbers(value: Any) -> Any:
    """A body with numbers in the ACCEPTED_FIELDS."""
    if isinstance(value, list):
        return [_with_numbers(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: int(one)
        if name in ACCEPTED_FIELDS and isinstance(one, str) and one.isdecimal()
        else _with_numbers(one)
        for name, one in value.items()
    }


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
