"""What a softphone does with calls (chapter 3)."""

from __future__ import annotations

from emulator.surfaces.soap.contract import Number, Text
from emulator.surfaces.soap.numbers import require_reachable
from emulator.surfaces.ultracrm import mapping
from emulator.surfaces.ultracrm.desk import DONE, UltraCrm, held_call, own_call
from emulator.surfaces.ultracrm.services import at_client
from emulator.switch.errors import InvalidValue, WrongCallState
from emulator.switch.model import Agent
from emulator.switch.terms import SupervisionMode, TargetType, TransferMode


@at_client.operation("ATAnswer")
def answer(desk: UltraCrm, strUid: Text, strCallid: Text) -> Number:
    """Answer the call that rings."""
    agent = desk.agent(strUid)
    desk.switch.answer_call(agent.work_no, own_call(agent, strCallid))
    return DONE


@at_client.operation("ATCallReconnect")
def reconnect(desk: UltraCrm, strUid: Text, strCallid: Text) -> Number:
    """End the current call and go back to the held one."""
    agent = desk.agent(strUid)
    desk.switch.reconnect_call(agent.work_no, own_call(agent, strCallid))
    return DONE


@at_client.operation("ATCallSwap")
def swap(desk: UltraCrm, strUid: Text, strCallid: Text) -> Number:
    """Hold the current call and take the held one."""
    agent = desk.agent(strUid)
    desk.switch.alternate_call(agent.work_no, own_call(agent, strCallid))
    return DONE


@at_client.operation("ATConf_est")
def establish_conference(desk: UltraCrm, strExt: Text, strExt_dest: Text) -> Number:
    """Have somebody join the call at once."""
    agent = desk.agent_at(strExt)
    target = desk.target(strExt_dest)
    desk.switch.consultation_call(agent.work_no, target, three_party=True)
    return DONE


@at_client.operation("ATConsConf")
def consult_for_conference(desk: UltraCrm, strUid: Text, strExt_dest: Text) -> Number:
    """Talk to somebody first, who is to join the call."""
    return _consult(desk, strUid, strExt_dest)


@at_client.operation("ATConfOver")
def complete_conference(desk: UltraCrm, strUid: Text, strCallid: Text) -> Number:
    """Join the held call and the current one."""
    agent = desk.agent(strUid)
    desk.switch.conference_call(agent.work_no, held_call(agent, strCallid))
    return DONE


@at_client.operation("ATConsTrans")
def consult_for_transfer(desk: UltraCrm, strUid: Text, strExt_dest: Text) -> Number:
    """Talk to somebody first, who is to take the call over."""
    return _consult(desk, strUid, strExt_dest)


@at_client.operation("ATTranOver")
def complete_transfer(desk: UltraCrm, strUid: Text, strCallid: Text) -> Number:
    """Connect the held call with the current one, and leave."""
    agent = desk.agent(strUid)
    desk.switch.transfer_call(agent.work_no, held_call(agent, strCallid))
    return DONE


@at_client.operation("ATDialDigit")
def dial_digit(desk: UltraCrm, strUid: Text, strDigit: Text) -> Number:
    """Press keys of the phone: during a call they are sent, at the dial tone they dial."""
    agent = desk.agent(strUid)
    if agent.active is not None:
        desk.switch.generate_digits(agent.work_no, strDigit)
    elif mapping.line(agent) in (mapping.OFF_HOOK, mapping.CLEARED):
        _place(desk, agent, strDigit)
    else:
        raise WrongCallState(f"the phone of agent {agent.work_no} is on the hook")
    return DONE


@at_client.operation("ATDiscCall")
def disconnect(desk: UltraCrm, strUid: Text, strExt: Text, strCallid: Text = "") -> Number:
    """End somebody else's call."""
    by, target = desk.agent(strUid), desk.agent_at(strExt)
    desk.switch.disconnect_call(by.work_no, target.work_no, own_call(target, strCallid))
    return DONE


@at_client.operation("ATHangup")
def hang_up(desk: UltraCrm, strUid: Text, strCallid: Text = "") -> Number:
    """Hang up."""
    agent = desk.agent(strUid)
    desk.switch.release_call(agent.work_no, own_call(agent, strCallid))
    return DONE


@at_client.operation("ATHoldCall")
def hold(desk: UltraCrm, strUid: Text) -> Number:
    """Hold the current call."""
    desk.switch.hold_call(desk.agent(strUid).work_no)
    return DONE


@at_client.operation("ATInsert")
def insert(desk: UltraCrm, strUid: Text, strExt: Text, nType: Number) -> Number:
    """Barge in on somebody's call (1), listen to it (2), or leave it (0)."""
    by, target = desk.agent(strUid), desk.agent_at(strExt)
    if nType == 0:
        desk.switch.stop_intrusion(by.work_no, target.work_no)
        return DONE
    modes = {1: SupervisionMode.BARGE_IN, 2: SupervisionMode.LISTEN}
    if nType not in modes:
        raise InvalidValue("a call is barged in on (1), listened to (2) or left (0)")
    desk.switch.intrude_call(by.work_no, target.work_no, modes[nType])
    return DONE


@at_client.operation("ATPickCall")
def pick_up(desk: UltraCrm, strUid: Text, strExt: Text, strCallid: Text = "") -> Number:
    """Take the call that rings at another extension."""
    agent, ringing = desk.agent(strUid), desk.agent_at(strExt)
    own_call(ringing, strCallid)
    desk.switch.pick_up(agent.work_no, ringing.work_no)
    return DONE


@at_client.operation("ATPlaceCall")
def place(desk: UltraCrm, strUid: Text, strCallid: Text) -> Number:
    """Call a number, which this operation names strCallid."""
    _place(desk, desk.agent(strUid), strCallid)
    return DONE


@at_client.operation("ATRetriveCall")
def retrieve(desk: UltraCrm, strUid: Text, strCallid: Text = "") -> Number:
    """Take a held call back."""
    agent = desk.agent(strUid)
    desk.switch.retrieve_call(agent.work_no, own_call(agent, strCallid))
    return DONE


@at_client.operation("ATSendDtmf")
def send_dtmf(desk: UltraCrm, strUid: Text, strDTMF: Text) -> Number:
    """Send tones to the other party: digits, A to D, * and #."""
    desk.switch.generate_digits(desk.agent(strUid).work_no, strDTMF, letters=True)
    return DONE


@at_client.operation("ATTranCall")
def transfer(desk: UltraCrm, strExt: Text, strExt_dest: Text) -> Number:
    """Transfer the call without asking first."""
    agent = desk.agent_at(strExt)
    target = desk.target(strExt_dest)
    # A caller is not lost to somebody who is away.
    require_reachable(desk.tenant, target)
    desk.switch.single_step_transfer(agent.work_no, target, TransferMode.BLIND)
    return DONE


def _consult(desk: UltraCrm, uid: str, number: str) -> int:
    desk.switch.consultation_call(desk.agent(uid).work_no, desk.target(number))
    return DONE


def _place(desk: UltraCrm, agent: Agent, number: str) -> None:
    kind, address = desk.target(number)
    if kind is TargetType.AGENT:
        desk.switch.make_internal_call(agent.work_no, int(address))
    else:
        desk.switch.make_call(agent.work_no, number)
