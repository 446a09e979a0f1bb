"""The door of a SOAP service: an ASGI application, in view of the journal and of faults.

POST path            messages, SOAP 1.1 and 1.2
GET  path?wsdl       the description; without `wsdl` pages for people
GET, POST path/Name  the HTTP bindings of document/literal services
"""

from __future__ import annotations

import asyncio
import inspect
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from emulator.surfaces.endings import end_otherwise
from emulator.surfaces.soap import page, wsdl
from emulator.surfaces.soap.attendance import Attendance
from emulator.surfaces.soap.body import MEBIBYTE, ClientGone, NeverEnds, TooLong, read_body
from emulator.surfaces.soap.codec import Codec
from emulator.surfaces.soap.contract import Service, Style
from emulator.surfaces.soap.desk import Desk
from emulator.surfaces.soap.faults import FormRefused, SoapFault
from emulator.surfaces.soap.plain import FORM, XML, read_form
from emulator.surfaces.soap.reply import TEXT, Asked, Reply, blame_for, broken, faulty, from_message
from emulator.surfaces.soap.text import document_of
from emulator.surfaces.wire import WORLD, client_is_gone, drop, respond
from emulator.traffic.exchange import Offence, Violation
from emulator.traffic.faults import ErrorCode, Mishap

MOST_DESCRIPTIONS = 16
"""Addresses of which the description is kept."""
LARGE = MEBIBYTE // 4
"""Bytes of a message beyond which it is read beside the event loop, one at a time."""


class SoapDoor:
    """A service opened for one platform."""

    def __init__(self, service: Service, desk: Desk) -> None:
        self.service = service
        self.desk = desk
        self._platform = desk.platform
        self._codec = Codec(service)
        self._descriptions: OrderedDict[str, bytes] = OrderedDict()
        self._reading = asyncio.Lock()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        path = scope["path"].removeprefix(scope.get("root_path") or "")
        tail = path.removeprefix(self.service.path)
        method = scope["method"]
        if tail in ("", "/") and method in ("GET", "HEAD"):
            await self._show(scope, send)
        elif tail in ("", "/") and method == "POST":
            await self._serve(scope, receive, send, None)
        elif tail in ("", "/"):
            await self._refuse(scope, send, allowed=b"GET, HEAD, POST")
        elif not tail.startswith("/") or self.service.style is Style.RPC:
            await self._refuse(scope, send)
        elif method in ("GET", "POST"):
            await self._serve(scope, receive, send, tail[1:])
        else:
            await self._refuse(scope, send, allowed=b"GET, POST")

    async def _refuse(self, scope: Any, send: Any, allowed: bytes = b"") -> None:
        """There is no such address, or other methods are `allowed` there."""
        status, headers = (405, [(b"Allow", allowed)]) if allowed else (404, [])
        content = b"" if allowed else b"there is no such address"
        if self._platform.traffic.attends:
            where = Violation(Offence.UNKNOWN_ADDRESS, f"{scope['method']} {scope['path']}")
            attendance = Attendance(self._platform.traffic, self.service, self.desk, scope)
            attendance.describe(Reply(content, TEXT, status, refusal=(where,)))
            attendance.note()
        await respond(scope, send, status, content, TEXT, headers)

    # For people and toolkits

    async def _show(self, scope: Any, send: Any) -> None:
        query = scope["query_string"].decode("latin-1")
        if query.lower() in ("wsdl", "wsdl="):
            content, media_type = self._description(scope), XML
        else:
            wanted = query[3:] if query.startswith("op=") else ""
            operation = self.service.operations.get(wanted)
            content = (
                page.operation(self.service, operation)
                if operation is not None
                else page.operations(self.service)
            )
            media_type = page.HTML
        # The server leaves the content away when only the head is asked for.
        await respond(scope, send, 200, content, media_type)

    def _description(self, scope: Any) -> bytes:
        host = dict(scope["headers"]).get(b"host", b"localhost").decode("latin-1")
        scheme, world = scope.get("scheme", "http"), scope.get(WORLD, "")
        location = f"{scheme}://{host}{world}{self.service.path}"
        known = self._descriptions.get(location)
        if known is None:
            known = self._descriptions[location] = wsdl.document(self.service, location)
            if len(self._descriptions) > MOST_DESCRIPTIONS:
                self._descriptions.popitem(last=False)
        return known

    # For clients

    async def _serve(self, scope: Any, receive: Any, send: Any, name: str | None) -> None:
        """Serve a message, or with a `name` a form for that operation."""
        traffic = self._platform.traffic
        attendance = (
            Attendance(traffic, self.service, self.desk, scope) if traffic.attends else None
        )
        try:
            asked = await self._read(scope, receive, name, attendance)
            if isinstance(asked, Reply):
                await self._send(asked, scope, send, attendance)
            else:
                await self._obey(asked, scope, receive, send, attendance)
        except ClientGone as gone:
            if attendance is not None:
                attendance.lost()
            if isinstance(gone, NeverEnds):
                await drop(send, receive)
        finally:
            if attendance is not None:
                attendance.note()

    async def _read(
        self, scope: Any, receive: Any, name: str | None, attendance: Attendance | None
    ) -> Asked | Reply:
        """What is asked for, or the answer to who has not said it right."""
        headers = dict(scope["headers"])
        content_type = headers.get(b"content-type", b"")
        try:
            raw = await read_body(receive, self._platform.settings.soap_body_mb * MEBIBYTE)
            if attendance is not None:
                attendance.exchange.body = raw
            if name is None:
                understand = partial(self._understand, raw, headers)
            else:
                form = _form_in(scope["query_string"], raw, scope["method"], content_type)
                understand = partial(read_form, self.service, name, form)
            if len(raw) <= LARGE:
                return understand()
            async with self._reading:
                return await _beside_the_loop(understand)
        except TooLong:
            most = f"the message has more than {self._platform.settings.soap_body_mb} MiB"
            if name is not None:
                return broken(FormRefused(most))
            return faulty(SoapFault(most), content_type)
        except FormRefused as refusal:
            return broken(refusal)
        except SoapFault as fault:
            return faulty(fault, content_type)

    def _understand(self, raw: bytes, headers: Mapping[bytes, bytes]) -> Asked:
        document = document_of(raw, headers.get(b"content-type", b""))
        return from_message(self.service, self._codec.read(document), headers)

    async def _obey(
        self, asked: Asked, scope: Any, receive: Any, send: Any, attendance: Attendance | None
    ) -> None:
        mishap = attendance.meet(asked) if attendance is not None else None
        if mishap is None:
            await self._send(await self._perform(asked), scope, send, attendance)
        else:
            assert attendance is not None
            await self._suffer(mishap, asked, scope, receive, send, attendance)

    async def _suffer(
        self,
        mishap: Mishap,
        asked: Asked,
        scope: Any,
        receive: Any,
        send: Any,
        attendance: Attendance,
    ) -> None:
        """Let happen to the request what shall."""
        if mishap.before:
            await asyncio.sleep(mishap.before)
        reply = await self._perform(asked) if mishap.served else Reply(b"", XML)
        if mishap.after:
            await asyncio.sleep(mishap.after)
        match mishap.ending:
            case None:
                await self._send(reply, scope, send, attendance)
            case ErrorCode(code=code, message=text):
                ordered = asked.write(self.desk.ordered(asked.operation, code, text), code)
                await self._send(ordered, scope, send, attendance)
                attendance.ended_by_fault()
            case ending:
                attendance.describe(reply)
                attendance.ended_by_fault()
                given = (reply.status, reply.content, reply.media_type)
                await end_otherwise(ending, attendance.exchange, given, scope, receive, send)

    async def _perform(self, asked: Asked) -> Reply:
        """Have the operation done, and wait until what it did is kept."""
        platform, operation = self._platform, asked.operation
        platform.advance()
        refusal: tuple[Violation, ...] | None = None
        try:
            result = operation.handler(self.desk, **asked.arguments)
            if inspect.isawaitable(result):
                result = await result
        except Exception as raised:
            result = self.desk.refused(operation, raised)
            if result is None:
                return asked.unforeseen(raised)
            refusal = blame_for(raised)
        if platform.needs_commit:
            await platform.committed()
        return asked.write(result, self.desk.code(operation, result), refusal)

    async def _send(
        self, reply: Reply, scope: Any, send: Any, attendance: Attendance | None
    ) -> None:
        if attendance is not None:
            attendance.describe(reply)
        await respond(scope, send, reply.status, reply.content, reply.media_type)
        if attendance is not None and client_is_gone(send):
            attendance.lost()


def _form_in(query: bytes, raw: bytes, method: str, content_type: bytes) -> bytes:
    """The form of a request; `FormRefused` if what was posted is none."""
    if method == "GET":
        return query
    if not content_type.lower().startswith(FORM):
        raise FormRefused("a form is expected")
    return raw


async def _beside_the_loop(understand: Callable[[], Asked]) -> Asked:
    """Read what takes long in a thread, which ends with it.

    The XML library keeps each name that a thread has met for as long as the thread lives.
    """
    executor = ThreadPoolExecutor(max_workers=1)
    try:
        return await asyncio.get_running_loop().run_in_executor(executor, understand)
    finally:
        executor.shutdown(wait=False)
