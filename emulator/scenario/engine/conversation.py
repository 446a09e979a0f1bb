"""What agents do in a conversation besides talking: hold, ask somebody, hand the customer on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.scenario.engine.stage import TargetSpec
from emulator.scenario.engine.turns import Seen, in_its_turn
from emulator.scenario.file.people import Where
from emulator.scenario.file.quantities import SECOND
from emulator.switch.terms import TransferMode

if TYPE_CHECKING:
    from emulator.scenario.engine.agents import AgentPlayer

SHORTEST = SECOND
"""µs before a transfer: with none a call would go round and round, and time stand still."""
UNANSWERED = 60 * SECOND
"""µs after which an agent that asks gives up."""


def plan(player: AgentPlayer, talk: int) -> int | None:
    """Put on the agenda what the agent does besides; when the conversation ends then (µs).

    None: it ends when what is planned is done.
    """
    habits = player.team.habits
    luck, seen = habits.luck(), (player, player.turn)
    for habit, act in (
        (habits.hold, _hold),
        (habits.consult, _consult),
        (habits.transfer, _hand_on),
    ):
        if habit is None:
            continue
        if luck < habit.probability:
            return act(seen, talk)
        luck -= habit.probability
    return talk


# Hold


def _hold(seen: Seen, talk: int) -> int:
    player, _ = seen
    habits = player.team.habits
    after, length = habits.holds_after(), habits.holds_for()
    if after >= talk:
        return talk
    player.agenda.after(after, _put_on_hold, seen)
    player.agenda.after(after + length, _take_back, seen)
    return talk + length


@in_its_turn
def _put_on_hold(player: AgentPlayer) -> None:
    player.stage.hold(player.work_no, player.call)


@in_its_turn
def _take_back(player: AgentPlayer) -> None:
    player.stage.retrieve(player.work_no, player.call)


# Transfer


def _hand_on(seen: Seen, talk: int) -> int:
    player, _ = seen
    after = max(player.team.habits.transfers_after(), SHORTEST)
    if after < talk:
        player.agenda.after(after, _transfer, seen)
    return talk


@in_its_turn
def _transfer(player: AgentPlayer) -> None:
    habit = player.team.habits.transfer
    if habit is not None:
        player.stage.transfer(player.work_no, where(habit.to), TransferMode(habit.mode))


# Consultation


def _consult(seen: Seen, talk: int) -> int | None:
    player, _ = seen
    after = player.team.habits.consults_after()
    if after >= talk:
        return talk
    player.rest_of_talk = talk - after
    player.agenda.after(after, _ask, seen)
    return None


@in_its_turn
def _ask(player: AgentPlayer) -> None:
    habit = player.team.habits.consult
    if habit is not None:
        player.asking = True
        player.stage.consult(player.work_no, where(habit.to))
        player.agenda.after(UNANSWERED, _not_helped, (player, player.turn))


def helped(player: AgentPlayer, call: str) -> None:
    """Whoever was asked has answered."""
    if not player.asked:
        player.asked = call
        length = player.team.habits.consults_for()
        player.agenda.after(length, _help_is_over, (player, player.turn))


@in_its_turn
def _help_is_over(player: AgentPlayer) -> None:
    habit = player.team.habits.consult
    if not player.held or habit is None:
        return
    if habit.then == "transfer":
        player.stage.complete_transfer(player.work_no, player.held)
        return
    if habit.then == "conference":
        held, player.held, player.asked, player.joined = player.held, "", "", True
        player.asking = False
        player.stage.join(player.work_no, held)
    else:
        _return(player)
    _go_on(player)


@in_its_turn
def _not_helped(player: AgentPlayer) -> None:
    """Nobody answered: back to the customer."""
    if not player.asking or player.asked:
        return
    held, player.held, player.asking = player.held, "", False
    if held:
        player.stage.release(player.work_no, "")
        player.stage.retrieve(player.work_no, held)
    _go_on(player)


def _return(player: AgentPlayer) -> None:
    held, asked = player.held, player.asked
    player.held = player.asked = ""
    player.asking = False
    player.stage.release(player.work_no, asked)
    player.stage.retrieve(player.work_no, held)


def one_is_gone(player: AgentPlayer, call: str) -> None:
    """The customer has left, or whom one asked has, or was not reached."""
    if call == player.held:
        player.held, player.asking = "", False
        player.call = player.asked
        player.agenda.after(0, _release, (player, player.turn))
    elif call == player.asked or not player.asked:
        held, player.held, player.asked = player.held, "", ""
        player.asking = False
        player.agenda.after(0, _retrieve, (player, player.turn, held))


@in_its_turn
def _release(player: AgentPlayer) -> None:
    player.stage.release(player.work_no, player.call)


def _retrieve(subject: tuple[AgentPlayer, int, str]) -> None:
    player, turn, held = subject
    if player.turn == turn:
        player.stage.retrieve(player.work_no, held)
        _go_on(player)


def _go_on(player: AgentPlayer) -> None:
    """The conversation with the customer goes on to its end."""
    from emulator.scenario.engine.agents import finish

    player.agenda.after(player.rest_of_talk, finish, (player, player.turn))


def where(to: Where) -> TargetSpec:
    """The target as a stage takes it."""
    if to.queue is not None:
        return "queue", str(to.queue)
    if to.agent is not None:
        return "agent", str(to.agent)
    if to.ivr is not None:
        return "ivr", to.ivr
    assert to.number is not None
    return "number", to.number
