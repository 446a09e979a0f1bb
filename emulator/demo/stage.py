"""What the demonstration shows: live on a terminal, line by line anywhere else."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from rich.console import Console
from rich.live import Live
from rich.table import Table

from emulator.clients.answers import Agent, CallRecord
from emulator.clients.gateway import AgentClient, GatewayEvent
from emulator.surfaces.cec.gateway.routes import gateway

PAUSE_S = 0.3
"""So that people can follow; nobody waits where there is no terminal."""
PLAIN_WIDTH = 110

_COLOURS = {
    "idle": "green",
    "talking": "cyan",
    "answering": "yellow",
    "wrap_up": "magenta",
    "busy": "red",
    "signed_out": "dim",
}


class Stage:
    """Shows what happens, and counts it."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._is_terminal = self._console.is_terminal
        if console is None and not self._is_terminal:
            self._console = Console(highlight=False, width=PLAIN_WIDTH)
        self._live: Live | None = None
        self._agents: list[Agent] = []
        self._begun = time.monotonic()
        self._url = ""
        self.called: Counter[tuple[str, str]] = Counter()
        """How often which interface was called, by section and path."""
        self.events: Counter[str] = Counter()

    @contextmanager
    def open(self, url: str) -> Iterator[None]:
        """Show the table of agents below the log, as long as there is a terminal."""
        self._url = url
        self._console.print(f"[bold]An emulator runs at {url}[/] with the seed demo.")
        if not self._is_terminal:
            yield
            return
        with Live(self._table(), console=self._console, refresh_per_second=10) as live:
            self._live = live
            try:
                yield
            finally:
                self._live = None

    async def pause(self) -> None:
        """Give people time to read."""
        if self._is_terminal:
            await asyncio.sleep(PAUSE_S)

    # The log

    def _log(self, who: str, what: str) -> None:
        elapsed = time.monotonic() - self._begun
        self._console.print(f"[dim]{elapsed:6.2f}[/] [bold]{who:>9}[/]  {what}")

    async def scene(self, title: str) -> None:
        """Begin another part of the story."""
        self._console.print(f"\n[bold]{title}[/]")
        await self.pause()

    def requested(self, agent: AgentClient, method: str, path: str, retcode: str) -> None:
        """An agent's client called an interface."""
        found = gateway.table.find(method, path)
        section, template = (found[0].section, found[0].path) if found else ("?", path)
        self.called[section, f"{method} {template}"] += 1
        result = "" if retcode == "0" else f" [red]{retcode}[/]"
        short = path.partition("/resource/")[2]
        self._log(str(agent.work_no), f"→ {method} {short}  [dim]{section}[/]{result}")

    def heard(self, agent: AgentClient, event: GatewayEvent) -> None:
        """An agent's client heard an event."""
        self.events[event.type] += 1
        self._log(str(agent.work_no), f"[green]← {event.type}[/]")

    def customer(self, what: str) -> None:
        """A customer does something."""
        self._log("customer", f"[yellow]{what}[/]")

    def noted(self, what: str) -> None:
        """Something was looked up."""
        self._log("state", f"[dim]{what}[/]")

    def failed(self, reason: str) -> None:
        """The story went another way."""
        self._console.print(f"\n[bold red]The demonstration failed:[/] {reason}", soft_wrap=True)

    # The table

    def show(self, agents: list[Agent]) -> None:
        """These are the agents now."""
        self._agents = agents
        if self._live is not None:
            self._live.update(self._table())

    def _table(self) -> Table:
        table = Table(title="Agents", title_justify="left")
        for column in ("No.", "Role", "State", "Phone", "Calls"):
            table.add_column(column)
        for agent in self._agents:
            colour = _COLOURS.get(agent["state"], "white")
            phone = agent["phone"]
            table.add_row(
                str(agent["work_no"]),
                agent["role"],
                f"[{colour}]{agent['state']}[/]",
                phone["leg"] if phone else "",
                _doing(agent),
            )
        return table

    # The end

    def summary(self, records: list[CallRecord]) -> None:
        """What was called, heard and written, and where to look next."""
        print_ = self._console.print
        print_("\n[bold]Interfaces called[/] (section of the reference, interface, times)")
        for (section, interface), times in sorted(self.called.items(), key=_by_section):
            print_(f"  {section:<9} {interface} × {times}")
        print_("\n[bold]Events heard[/]")
        for event, times in sorted(self.events.items()):
            print_(f"  {event} × {times}")
        print_(_records_table(records))
        print_(f"Done in {time.monotonic() - self._begun:.1f} seconds. Where to look next:")
        print_("  emulator serve                             run an emulator of your own")
        print_("  http://127.0.0.1:8000/agentgateway/docs    its agent gateway")
        print_("  http://127.0.0.1:8000/_emulator/docs       customers, clock, state, records")
        print_("  README.md                                  the rest")


def _by_section(item: tuple[tuple[str, str], int]) -> list[int]:
    section = item[0][0]
    return [int(part) if part.isdigit() else 0 for part in section.split(".")]


def _doing(agent: Agent) -> str:
    parts = [f"{part['call']} {part['state']}" for part in agent["calls"]]
    supervision = agent["supervision"]
    if supervision:
        parts = [f"{supervision['mode'].replace('_', ' ')} on {supervision['target']}"]
    return ", ".join(parts)


def _records_table(records: list[CallRecord]) -> Table:
    title = f"Call records written: {len(records)}"
    table = Table(title=title, title_justify="left", title_style="bold")
    columns = ("call_id", "call_id_num", "caller_no", "callee_no", "device_in", "device_no")
    for column in (*columns, "leave_reason"):
        table.add_column(column)
    for record in cast("list[dict[str, object]]", records):
        table.add_row(*(str(record[column]) for column in (*columns, "leave_reason")))
    return table
