"""The media process: sockets, the beat, and the way to who has started it.

One thread does all that is heard; another reads sounds and one more writes recordings. Where the
system allows it they come before whatever else the machine does, but for the reading. What it is
asked comes in at its standard input, a socket both ways, and it ends when that does.
"""

from __future__ import annotations

import gc
import logging
import os
import selectors
import socket
import sys
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random

from emulator.media.rtp import codecs, talk
from emulator.media.rtp.frames import PERIOD
from emulator.media.rtp.mixer import Board
from emulator.media.rtp.party import Address
from emulator.media.rtp.sockets import Pair, Pairs
from emulator.media.rtp.sounds import Sounds
from emulator.media.wiring import Close, Order, Report

log = logging.getLogger(__name__)

QUARANTINE = 2_000_000
"""µs for which nobody gets a port that was closed: what is still on its way has nowhere to go."""
MOST_BEHIND = 5
"""Beats that are made up for; more are left out."""
_DATAGRAM = 2048
_SWITCH = 0.0005
"""Seconds for which another thread may hold up the beat."""
_PRIORITY = 1
"""The lowest of those that are for real time."""
_FAREWELL = 0.5
"""Seconds in which recordings must be closed at the end."""


def monotonic() -> int:
    """µs of a clock that never goes back."""
    return time.monotonic_ns() // 1000


class Server:
    """Everything that has a file descriptor."""

    def __init__(self, parent: socket.socket, begin: talk.Begin) -> None:
        self._parent = parent
        self._reader = talk.Reader()
        self._unsent = bytearray()
        self._selector = selectors.DefaultSelector()
        self._ports = Pairs(begin.host, begin.ports)
        self._maps = ":" in begin.host
        self._pairs: dict[int, Pair] = {}
        self._quarantine: deque[tuple[int, int]] = deque()
        self._disk = ThreadPoolExecutor(1, "disk")
        self._reading = ThreadPoolExecutor(1, "sounds", step_back)
        self._is_over = False
        self._dropped = 0
        """Packets that the system did not take."""
        self.board = Board(
            self,
            self._say,
            random=Random(begin.seed),
            sounds=Sounds(self._reading),
            disk=self._disk,
            epoch=time.time_ns() // 1000 - monotonic(),
            patience=begin.patience,
        )
        parent.setblocking(False)
        self._selector.register(parent, selectors.EVENT_READ, self._listen)

    def run(self) -> None:
        """Go on until there is nobody to work for."""
        self._say(talk.Able(codecs.available()))
        due = monotonic() + PERIOD
        while not self._is_over:
            wait = due - monotonic()
            if wait > 0:
                self._wait(wait / 1_000_000)
            else:
                self._wait(0)
                due = self._keep_time(due)
        self._end()

    def _wait(self, seconds: float) -> None:
        for key, events in self._selector.select(seconds):
            try:
                key.data(events)
            except Exception:
                # One party's trouble is nobody else's.
                log.exception("something was left undone")

    def _keep_time(self, due: int) -> int:
        """Do the beat that is due; gives when the next one is."""
        try:
            self.board.beat(due)
        except Exception:
            log.exception("a beat was not finished")
        now = monotonic()
        if now - due > MOST_BEHIND * PERIOD:
            left_out = (now - due) // PERIOD
            log.warning("the beat was left out %d times", left_out)
            due += left_out * PERIOD
        if self._quarantine:
            self._release(now)
        return due + PERIOD

    # Ports

    def _open(self, count: int) -> None:
        opened: list[int] = []
        for _ in range(count):
            try:
                pair = self._ports.open()
            except OSError as error:
                self._say(talk.Failed(error.errno or 0, error.strerror or str(error)))
                return
            if pair is None:
                break
            self._pairs[pair.port] = pair
            self._watch(pair)
            self.board.open(pair.port)
            opened.append(pair.port)
        self._say(talk.Opened(tuple(opened), count))

    def _watch(self, pair: Pair) -> None:
        """Hand on what comes to a pair; one datagram for each time that something is there."""
        port, receive, control = pair.port, self.board.receive, self.board.receive_control
        rtp, rtcp = pair.rtp.recvfrom, pair.rtcp.recvfrom

        def read(_: int) -> None:
            with suppress(OSError):
                raw, source = rtp(_DATAGRAM)
                receive(port, raw, source, monotonic())

        def read_control(_: int) -> None:
            with suppress(OSError):
                raw, source = rtcp(_DATAGRAM)
                control(port, raw, source, monotonic())

        self._selector.register(pair.rtp, selectors.EVENT_READ, read)
        self._selector.register(pair.rtcp, selectors.EVENT_READ, read_control)

    def _release(self, now: int) -> None:
        while self._quarantine and self._quarantine[0][0] <= now:
            _, port = self._quarantine.popleft()
            self.board.open(port)
            self._say(talk.Opened((port,)))

    # The way out

    def send(self, port: int, packet: bytes, to: Address) -> None:
        self._transmit(self._pairs[port].rtp, packet, to)

    def send_control(self, port: int, packet: bytes, to: Address) -> None:
        self._transmit(self._pairs[port].rtcp, packet, to)

    def _transmit(self, out: socket.socket, packet: bytes, to: Address) -> None:
        if self._maps and ":" not in to[0]:
            to = f"::ffff:{to[0]}", to[1]
        try:
            out.sendto(packet, to)
        except OSError:
            self._dropped += 1

    # Who has started us

    def _listen(self, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._flush()
        if not events & selectors.EVENT_READ:
            return
        try:
            raw = self._parent.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            raw = b""
        if not raw:
            self._is_over = True
        for thing in self._reader.feed(raw):
            self._do(thing)

    def _do(self, thing: Order | talk.Open | talk.Stop) -> None:
        if isinstance(thing, talk.Open):
            self._open(thing.count)
        elif isinstance(thing, talk.Stop):
            self._is_over = True
        else:
            now = monotonic()
            if isinstance(thing, Close) and self.board.has(thing.port):
                self._quarantine.append((now + QUARANTINE, thing.port))
            self.board.do(thing, now)

    def _say(self, thing: Report | talk.Able | talk.Opened | talk.Failed) -> None:
        self._unsent += talk.write(thing)
        self._flush()

    def _flush(self) -> None:
        try:
            sent = self._parent.send(self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._is_over, sent = True, len(self._unsent)
        had_to_wait = len(self._unsent) > sent
        del self._unsent[:sent]
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if had_to_wait else 0)
        if self._selector.get_key(self._parent).events != wanted:
            self._selector.modify(self._parent, wanted, self._listen)

    def _end(self) -> None:
        self.board.stop(monotonic())
        self._disk.shutdown(wait=True)
        self._reading.shutdown(wait=False, cancel_futures=True)
        self.board.tell()
        self._parent.settimeout(_FAREWELL)
        with suppress(OSError):
            self._parent.sendall(self._unsent)
        for pair in self._pairs.values():
            pair.close()
        if self._dropped:
            log.warning("%d packets were not taken by the system", self._dropped)


def main() -> None:
    """Work for whoever is at the other end of the standard input."""
    logging.basicConfig(format="media: %(message)s")
    parent = socket.socket(fileno=0)
    begin = talk.receive(parent)
    if not isinstance(begin, talk.Begin):
        return
    _allow_files()
    come_first()
    sys.setswitchinterval(_SWITCH)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)
    Server(parent, begin).run()


def _allow_files() -> None:
    """Have as many sockets as the system lets us."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def come_first() -> None:
    """Have this thread served before others, where the system lets us: sound does not wait."""
    with suppress(AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_PRIORITY))


def step_back() -> None:
    """Have this thread wait its turn, and all that it starts."""
    with suppress(AttributeError, OSError):
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


if __name__ == "__main__":
    main()
