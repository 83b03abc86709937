"""uvicorn's HTTP connection, with bounds to what may come before a request can be refused.

uvicorn's own takes headers without end, waits for a head for ever, and loses the body of a
request that offers an upgrade: the bytes after the head are dropped or, worse, read as the
next request. It stands before the application, which sees none of this.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)

from app.connections.bare_http import response_of, without_upgrade
from app.connections.ending import Ending
from app.connections.head_count import HeadCount, too_large
from app.connections.limits import STATE_KEY, ConnectionLimits
from app.errors import BadRequestError, HeadTooLargeError, OverloadedError
from app.head_bounds import MOST_HEAD_BYTES
from rag_stream.errors import RagError

MOST_AHEAD = 16
"""Requests that may wait for the answers before theirs. A read can hold 14,000; who sends so
many (no browser, no proxy) asks the others again, on another connection (RFC 9112, 9.3.2)."""
_MOST_BYTES_AHEAD = 65_536
"""Of requests that wait for the answer before theirs. Up to that reading goes on, because only
who reads sees a client leave."""


class Connection(HttpToolsProtocol):
    """One connection. What is refused here has the shape of all our errors."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._limits: ConnectionLimits = self.app_state[STATE_KEY]
        self._network: str | None = None
        self._refusal: RagError | None = None
        self._is_over = False
        self._ending = Ending()
        # `cycle` is the request that came last, which may have to wait for others' answers.
        self._answering: RequestResponseCycle | None = None
        self._bytes_ahead = 0
        self._is_full = False
        # Of the request that is arriving
        self._is_in_head = True
        self._is_in_body = False
        self._is_upgrade = False
        self._head = HeadCount()
        self._unseen_bytes = 0
        self._has_moved_on = False
        self._of_body: list[bytes] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        network = self._limits.counted_as(self.client[0]) if self.client else None
        if not self._limits.has_room(transport.get_extra_info("socket").fileno()):
            self._refuse_all_of_it("this worker has as many connections as it may have")
            return
        if network and not self._limits.enter(network):
            self._refuse_all_of_it("this address has as many connections as it may have")
            return
        self._network = network
        self._limits.expect(self)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._disconnect_all()
        self._limits.arrived(self)
        if self._network:
            self._limits.leave(self._network)
            self._network = None
        self._limits.leave_refused(self)
        self._ending.cancel()

    def give_up(self) -> None:
        """What was to arrive has not: the head of a request, or the rest of an answered one."""
        if not self.transport.is_closing():
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        if self._is_over:
            self._ending.discard(self.transport, len(data))
            return
        self._unset_keepalive_if_required()
        self._has_moved_on = False
        try:
            self._parse(data)
            self._hand_body_on()
        except httptools.HttpParserError:
            if self._is_full:
                self._take_no_more()
                return
            if self._refusal is None:
                self.logger.warning("Invalid HTTP request received.")
            self._refuse(self._refusal or BadRequestError("expected an HTTP request"))
            return
        # The parser keeps a header's value, whatever its length, until it is whole.
        self._unseen_bytes = 0 if self._has_moved_on else self._unseen_bytes + len(data)
        if self._unseen_bytes > MOST_HEAD_BYTES:
            self._refuse(too_large())
        elif self._is_in_head and (self.cycle is None or self.cycle.response_complete):
            self._limits.expect(self)
        self._bytes_ahead = self._bytes_ahead + len(data) if self.pipeline else 0
        if self._bytes_ahead > _MOST_BYTES_AHEAD:
            self.flow.pause_reading()
        elif self.pipeline:
            self.flow.resume_reading()  # uvicorn reads nothing as soon as one waits

    def _parse(self, data: bytes) -> None:
        rest = memoryview(data)
        while True:
            try:
                self.parser.feed_data(cast(bytes, rest))
            except httptools.HttpParserUpgrade as upgrade:
                # We upgrade to nothing, so it is a plain request: read it as one.
                rest = rest[upgrade.args[0] :]
                head = without_upgrade(self._method, self.url, self._version, self.headers)
                self.parser = httptools.HttpRequestParser(self)
                self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
                self.parser.feed_data(head)
            else:
                return

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head, self._is_upgrade = True, False
        self._head.begin()

    def on_url(self, url: bytes) -> None:
        self._count(self._head.add, len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(self._head.add_header, name, value)
        if self._is_in_head:  # what follows a body is none of the request's headers
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade():
            self._method = self.parser.get_method()
            self._version = self.parser.get_http_version().encode()
            if self._method == b"CONNECT":
                self._refusal = BadRequestError("expected a request of this service, got CONNECT")
                raise self._refusal
            self._is_upgrade = True
            return
        if len(self.pipeline) >= MOST_AHEAD:
            self._is_full = True
            raise _FullError
        self._limits.arrived(self)
        super().on_headers_complete()  # raises for an address that is none, which is no request yet
        self._is_in_head, self._is_in_body, self._has_moved_on = False, True, True
        if not self.pipeline:
            self._answering = self.cycle

    def on_body(self, body: bytes) -> None:
        self._has_moved_on = True
        self._of_body.append(body)

    def on_message_complete(self) -> None:
        if self._is_upgrade:
            return
        self._hand_body_on()
        self._is_in_head, self._is_in_body, self._has_moved_on = True, False, True
        self._limits.arrived(self)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        if self.pipeline:
            self._answering = self.pipeline[-1][0]  # uvicorn begins with it now
        super().on_response_complete()
        if self._is_in_body and not self.transport.is_closing():
            self._limits.expect(self)

    def _count(self, add: Callable[..., None], *seen: Any) -> None:
        try:
            add(*seen)
        except HeadTooLargeError as error:
            self._refusal = error
            raise

    def _hand_body_on(self) -> None:
        # At once: a read may hold 40,000 pieces of a byte each, and uvicorn copies what it has
        # with each that comes.
        if self._of_body:
            body = b"".join(self._of_body)
            self._of_body.clear()
            super().on_body(body)

    def _take_no_more(self) -> None:
        """Answer what has been taken, the last of it with the word that nothing follows."""
        self._is_over = True
        if self.pipeline and self._is_in_body:
            self.pipeline.popleft()  # the rest of it will not come
        last = self.pipeline[0][0] if self.pipeline else self._answering or self.cycle
        last.keep_alive = False
        self.flow.resume_reading()

    def _disconnect_all(self) -> None:
        """Tell who is answering that nobody listens; what waits is not begun."""
        self.pipeline.clear()
        if self._answering is not None and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def _owes_an_answer(self) -> bool:
        """Whether what is written now would be read as the answer to a request that was good."""
        answering = self._answering
        if answering is None or answering.response_complete:
            return False
        return not (answering is self.cycle and self._is_in_body)

    def _refuse_all_of_it(self, why: str) -> None:
        self._limits.enter_refused(self)
        self._refuse(OverloadedError(why))

    def _refuse(self, error: RagError) -> None:
        """Take nothing more; answer this, unless answers to others are due, and close."""
        self._is_over = True
        self._limits.arrived(self)
        self._unset_keepalive_if_required()
        if self._owes_an_answer():
            self._take_no_more()
            return
        self._disconnect_all()
        due = self._answering
        is_in_answer = (
            due is not None
            and due.response_started
            and (not due.response_complete or self._is_in_body)
        )
        if is_in_answer or self.transport.is_closing():
            self.transport.close()
            return
        self._ending.say(self.transport, response_of(error), self.loop)
        self.flow.resume_reading()


class _FullError(Exception):
    """Ends the parser's work in the middle of what it was given."""
