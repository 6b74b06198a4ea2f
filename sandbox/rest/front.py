"""The HTTP side: takes a request apart, finds its handler, answers and writes the journal."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from aiohttp import BodyPartReader, MultipartReader, web

from sandbox.core import Core
from sandbox.errors import ApiError, Code, invalid, method_not_allowed, unauthorized
from sandbox.journal import RequestEntry
from sandbox.limits import Asked, Refusal, Scope
from sandbox.rest.call import Call, File
from sandbox.rest.router import Answer, Route, Routes
from sandbox.wire import dumps, loads
from sandbox.world import Application

log = logging.getLogger(__name__)

MAX_REASON = 512
_HEADERS = {"Content-Type": "application/json", "Via": "1.1 sandbox"}
"""Clients take an answer 429 without Via for one of Cloudflare, not of Discord."""


@dataclass(slots=True)
class _Reply:
    """An answer in the making. Without a status the connection is cut instead."""

    status: int | None = None
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    scope: Scope | None = None

    def refuse(self, refusal: Refusal) -> None:
        """Say that a limit was reached."""
        self.status, self.body = 429, refusal.body
        self.headers, self.scope = refusal.headers, refusal.scope


class Front:
    """Answers everything below /api."""

    def __init__(self, core: Core, routes: Routes) -> None:
        self._core = core
        self._routes = routes

    async def answer(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        """Answer a request; the path is the one below /api/v10."""
        started = time.monotonic()
        route, params, known = self._routes.find(request.method, path)
        template = route.template if route else path
        call = Call(self._core, None, params, dict(request.query))
        if route is None or route.needs_token:
            call.sender = self._application(request)
        fault = self._core.faults.take_rest(request.method, template)
        form = request.content_type.startswith("multipart/")
        reply = _Reply()
        try:
            if fault and fault.drop != "before":
                await fault.pause()
            await self._read(request, call, form)
            if fault and fault.limit is not None:
                asked = _asked(call, request.method, template)
                reply.refuse(self._core.limits.refusal(asked, fault.limit, fault.seconds))
            elif fault and fault.status is not None:
                reply.status, reply.body, reply.headers = fault.status, fault.json, fault.headers
            elif not fault or fault.drop != "before":
                await self._carry_out(route, known, call, request, reply)
        except ApiError as error:
            reply.status, reply.body = error.status, error.body()
        except ConnectionResetError:
            # Whoever asked is gone before the question was whole: nothing was done.
            return web.Response()
        if fault and fault.drop == "after":
            reply.status = None
        self._core.limits.count(call.sender_id, reply.status, reply.scope)
        self._core.journal.add(
            RequestEntry(
                method=request.method,
                path=path,
                route=template,
                params=params,
                query=call.query,
                json=call.json,
                files=tuple((f.field, f.filename, f.data) for f in call.files),
                form=form,
                reason=call.reason,
                application=call.sender,
                status=reply.status,
                answer=reply.body if reply.status else None,
                started=started,
                at=time.monotonic(),
                fault=fault is not None and (fault.status is not None or fault.drop is not None),
                scope=reply.scope,
            )
        )
        if reply.status is None:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault and fault.text is not None:
            page = web.Response(status=reply.status, text=fault.text, headers=fault.headers)
            page.content_type = "text/html"
            return page
        if reply.body is None:
            headers = {"Via": _HEADERS["Via"], **reply.headers}
            return web.Response(status=reply.status, headers=headers)
        headers = {**_HEADERS, **reply.headers}
        return web.Response(status=reply.status, body=dumps(reply.body), headers=headers)

    async def _carry_out(
        self, route: Route | None, known: bool, call: Call, request: web.BaseRequest, reply: _Reply
    ) -> None:
        if route is None:
            if not known:
                log.info("No such route: %s %s", request.method, request.path)
            raise method_not_allowed() if known else ApiError(Code.GENERAL)
        if route.needs_token and call.sender is None:
            raise unauthorized()
        if self._core.limits.on:
            asked = _asked(call, request.method, route.template)
            refusal, reply.headers = self._core.limits.meet(asked)
            if refusal is not None:
                reply.refuse(refusal)
                return
        try:
            result = await route.handler(call)
        except ApiError:
            raise
        except Exception:
            log.exception("%s %s failed in the sandbox itself", request.method, request.path)
            result = Answer(500, {"message": "500: Internal Server Error", "code": 0})
        if isinstance(result, Answer):
            reply.status, reply.body = result.status, result.body
        else:
            reply.status, reply.body = (204, None) if result is None else (200, result)

    def _application(self, request: web.BaseRequest) -> Application | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return self._core.world.tokens.get(token) if scheme == "Bot" else None

    async def _read(self, request: web.BaseRequest, call: Call, form: bool) -> None:
        reason = request.headers.get("X-Audit-Log-Reason")
        if reason is not None:
            call.reason = unquote(reason)
        if form:
            await _read_form(await request.multipart(), call)
        elif request.body_exists and (raw := await request.read()):
            call.json = _parse(raw)
        if call.reason is not None and len(call.reason) > MAX_REASON:
            message = f"Must be {MAX_REASON} or fewer in length."
            raise invalid("reason", "BASE_TYPE_MAX_LENGTH", message)


def _asked(call: Call, method: str, template: str) -> Asked:
    renames = isinstance(call.json, dict) and "name" in call.json
    return Asked(call.sender_id, method, template, call.params, renames)


async def _read_form(reader: MultipartReader, call: Call) -> None:
    """A form as Discord reads it: payload_json, and files as files[0] ("Uploading Files")."""
    async for part in reader:
        if not isinstance(part, BodyPartReader) or not part.name:
            continue
        data = bytes(await part.read(decode=True))
        if part.filename is not None:
            kind = part.headers.get("Content-Type", "application/octet-stream")
            call.files.append(File(part.name, part.filename, data, kind))
        elif part.name == "payload_json":
            call.json = _parse(data)


def _parse(raw: bytes) -> Any:
    try:
        return loads(raw)
    except ValueError:
        raise ApiError(Code.INVALID_JSON) from None
