"""A switch on trial: every command is checked against the laws, and can be given once more."""

from __future__ import annotations

from typing import Any

from emulator.switch.errors import SwitchError
from emulator.switch.switch import Switch
from emulator.switch.terms import TargetType
from tests.switch.laws import laws
from tests.switch.laws.commands import Command, Live
from tests.switch.laws.dump import dump
from tests.switch.support import START


class Trial:
    """A fresh switch, and the history of what it was told."""

    def __init__(self) -> None:
        self.switch = Switch(START)
        self.seen = laws.Observed(self.switch)
        self.switch.subscribe(self.seen.hear)
        self.switch.on_subscriber_error = _raise
        self.history: list[Command] = []
        self.call_ids: set[str] = set()

    def give(self, given: Command) -> None:
        """Give a command; refused, it has changed nothing and reported nothing."""
        given = resolved(given, self.switch)
        self.history.append(given)
        before = dump(self.switch)
        made = self.switch.next_call
        foreign = _names_another_tenant(given, self.switch)
        refused = False
        try:
            given.give(self.switch)
        except SwitchError:
            refused = True
            assert dump(self.switch) == before, f"{given} was refused, yet changed something"
            assert not self.seen.fresh, f"{given} was refused, yet reported something"
        assert refused or not foreign, f"{given} reached another tenant"
        if given.method == "phone_off_hook" and not refused:
            self.seen.lifted.add(given.args[0])
        if given.method == "phone_on_hook" and not refused:
            self.seen.lifted.discard(given.args[0])
        new = [c for c in self.switch.calls if int(c.split("-")[1]) >= made]
        assert not self.call_ids.intersection(new)
        self.call_ids.update(new)
        laws.check(self.seen)

    def repeat(self) -> None:
        """The same commands on a fresh switch give the same reports."""
        again = Switch(START)
        heard: list[Any] = []
        again.subscribe(heard.append)
        for given in self.history:
            try:
                given.give(again)
            except Exception as error:
                if not isinstance(error, SwitchError):
                    return  # already reported when it was given first
        assert heard == self.seen.heard


def resolved(given: Command, switch: Switch) -> Command:
    """The command with the calls, requests and previews that it is about now."""
    args = tuple(a.find(switch) if isinstance(a, Live) else a for a in given.args)
    named = tuple((k, v.find(switch) if isinstance(v, Live) else v) for k, v in given.named)
    return Command(given.method, args, named)


_ACTED_ON = frozenset(
    {
        "make_internal_call",
        "shift_chairperson",
        "pick_up",
        "decide_rest",
        "supervise",
        "switch_supervision",
        "stop_supervision",
        "intercept",
        "intrude_call",
        "stop_intrusion",
        "disconnect_call",
        "force_ready",
        "force_not_ready",
        "force_rest",
        "force_sign_out",
        "force_skills",
    }
)


def _names_another_tenant(given: Command, switch: Switch) -> bool:
    actor = switch.agents.get(given.args[0]) if isinstance(given.args[0], int) else None
    if actor is None or given.method == "endpoint_confirmed":
        return False
    named: list[Any] = []
    for arg in given.args[1:]:
        if isinstance(arg, str) and arg in switch.calls:
            named.append(switch.calls[arg].tenant)
        elif isinstance(arg, int) and given.method in _ACTED_ON and arg in switch.agents:
            named.append(switch.agents[arg].tenant)
        elif isinstance(arg, tuple) and arg[0] is TargetType.AGENT and int(arg[1]) in switch.agents:
            named.append(switch.agents[int(arg[1])].tenant)
        elif given.method == "send_note" and isinstance(arg, list):
            named += [switch.agents[w].tenant for w in arg if w in switch.agents]
    return any(tenant is not actor.tenant for tenant in named)


def _raise(subscriber: object, error: Exception) -> None:
    raise error
