"""What the demonstration shows: live on a terminal, line by line anywhere else."""

from __future__ import annotations

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
from emulator.scenario.report.terminal import show_verdicts
from emulator.scenario.result import Result
from emulator.surfaces.cec.gateway.routes import gateway
from emulator.switch import events
from emulator.switch.terms import QueueOutcome

RECORDS_SHOWN = 12
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
        self.is_terminal = self._console.is_terminal
        if console is None and not self.is_terminal:
            self._console = Console(highlight=False, width=PLAIN_WIDTH)
        self._live: Live | None = None
        self._agents: list[Agent] = []
        self._present: dict[int, None] = {}
        self._callers: dict[str, str] = {}
        self._begun = time.monotonic()
        self._url = ""
        self.called: Counter[tuple[str, str]] = Counter()
        """How often which interface was called, by section and path."""
        self.events: Counter[str] = Counter()

    @contextmanager
    def open(self, url: str) -> Iterator[None]:
        """Show the table of agents below the log, as long as there is a terminal."""
        self._url = url
        self._console.print(f"[bold]An emulator runs at {url}[/] and plays the scenario demo.")
        if not self.is_terminal:
            yield
            return
        with Live(self._table(), console=self._console, refresh_per_second=10) as live:
            self._live = live
            try:
                yield
            finally:
                self._live = None

    # The log

    def _log(self, who: str, what: str) -> None:
        elapsed = time.monotonic() - self._begun
        self._console.print(f"[dim]{elapsed:6.2f}[/] [bold]{who:>9}[/]  {what}")

    def follow(self, client: AgentClient) -> None:
        """Tell what an agent's client asks for and hears."""
        self._present[client.work_no] = None
        client.on_request = self.requested
        client.on_event = self.heard

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

    def happened(self, event: events.Event) -> None:
        """The switch reports something: what customers do is shown."""
        if isinstance(event, events.Offered):
            self._callers[event.call] = event.caller
            self._log("customer", f"[yellow]{event.caller} dials {event.called}[/]")
        elif isinstance(event, events.DigitsGenerated):
            self._log("customer", f"[yellow]{self._caller(event)} presses {event.digits}[/]")
        elif isinstance(event, events.Queued) and event.position > 1:
            self._log("customer", f"[dim]{self._caller(event)} waits in place {event.position}[/]")
        elif isinstance(event, events.QueueLeft) and event.outcome is QueueOutcome.ABANDONED:
            self._log("customer", f"[red]{self._caller(event)} gives up[/]")

    def _caller(self, event: events.Event) -> str:
        return self._callers.get(event.call, "somebody")

    def failed(self, reason: str) -> None:
        """The scenario could not be played."""
        self._console.print(f"\n[bold red]The demonstration failed:[/] {reason}", soft_wrap=True)

    # The table

    def show(self, agents: list[Agent]) -> None:
        """These are the agents of the call center now."""
        self._agents = [it for it in agents if it["work_no"] in self._present]
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

    def summary(self, result: Result, records: list[CallRecord]) -> None:
        """What was called, heard and written, what came of it, and where to look next."""
        print_ = self._console.print
        print_("\n[bold]Interfaces called[/] (section of the reference, interface, times)")
        for (section, interface), times in sorted(self.called.items(), key=_by_section):
            print_(f"  {section:<9} {interface} × {times}")
        print_("\n[bold]Events heard[/]")
        for event, times in sorted(self.events.items()):
            print_(f"  {event} × {times}")
        print_(_records_table(records))
        print_("\n[bold]What was expected[/]")
        show_verdicts(result, self._console)
        print_(f"Done in {time.monotonic() - self._begun:.1f} seconds. Where to look next:")
        print_("  emulator scenario list                     this and other scenarios")
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
    if len(records) > RECORDS_SHOWN:
        table.caption = f"the first {RECORDS_SHOWN} of them"
    for record in cast("list[dict[str, object]]", records[:RECORDS_SHOWN]):
        table.add_row(*(str(record[column]) for column in (*columns, "leave_reason")))
    return table
