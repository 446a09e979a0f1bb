"""The thirteen operations (chapter 3)."""

from __future__ import annotations

from emulator.media.paths import NotAName
from emulator.media.paths import read as read_path
from emulator.store.rows import RecordingRow
from emulator.surfaces.soap.contract import Service, Style, Text
from emulator.surfaces.soap.numbers import extension_of
from emulator.surfaces.uncall import mapping
from emulator.surfaces.uncall.desk import ExtensionRings, Uncall
from emulator.surfaces.uncall.documents import SUCCESS, document, nothing, succeeded
from emulator.switch.errors import NoCall, TargetNotAvailable
from emulator.switch.model import Agent, Connection
from emulator.switch.terms import ANSWERING, IDLE, INITIATED, SupervisionMode, TargetType
from emulator.switch.terms import TransferMode as Mode

service = Service(
    "uncall",
    component="uncall",
    chapter="3",
    path="/uncall_services_api/index.php",
    namespace="urn:uncall",
    style=Style.RPC,
    result="return",
    codes=("1", "0"),
)


@service.operation("UncallWorld", section="3.1", codes=())
def world(desk: Uncall, text: Text) -> Text:
    """Say something back."""
    return document("UncallWorld", {"Response": f"UncallWorld:{text}"}, None)


@service.operation("OnClickCall", section="3.2")
def click_to_dial(desk: Uncall, strExten: Text, strToTel: Text, strActionID: Text = "") -> Text:
    """Ring the extension, then the number."""
    agent = desk.signed_in(strExten)
    if agent.state is ANSWERING:
        raise ExtensionRings(f"extension {strExten} rings")
    kind, address = desk.target(strToTel)
    if kind is TargetType.AGENT:
        desk.switch.make_internal_call(agent.work_no, int(address))
    else:
        desk.switch.make_call(agent.work_no, strToTel)
    return document(
        "OnClickCall",
        {
            "Response": SUCCESS,
            "ActionID": strActionID,
            "Message": "Originate successfully queued",
        },
    )


@service.operation("popEvent", section="3.3")
def pop(desk: Uncall, strExten: Text) -> Text:
    """Tell of the next call at the extension that has not been told of."""
    agent = desk.signed_in(strExten)
    present = [it for it in agent.connections if _is_shown(agent, it)]
    told = desk.popped.get(agent.work_no, ())
    new = next((it for it in present if it.call.id not in told), None)
    if new is None:
        return nothing("popEvent")
    still = (it.call.id for it in present if it.call.id in told)
    desk.popped[agent.work_no] = (*still, new.call.id)
    call, own = new.call, extension_of(agent)
    outgoing = call.connections[0] is new
    other = mapping.other_number(call.type, call.caller, call.called, agent)
    return document(
        "popEvent",
        {
            "calla": own if outgoing else other,
            "callb": other if outgoing else own,
            "uid": mapping.uid(call.id),
            "status": "callout" if outgoing else "callin",
        },
    )


def _is_shown(agent: Agent, connection: Connection) -> bool:
    """Whether it is a call, that rings at least; and no line for listening."""
    if connection.is_chat or connection.state is INITIATED or connection is agent.line:
        return False
    return agent.supervision is None or agent.supervision.call is not connection.call


@service.operation("getRecording", section="3.4")
async def recording(desk: Uncall, uid: Text) -> Text:
    """The name under which a call's recording can be listened to."""
    call = mapping.call_with(uid)
    for row in [] if call is None else await desk.recordings_of(call):
        name = await _name_of(desk, row)
        if name is not None:
            return document("getRecording", {"files": name})
    return nothing("getRecording")


async def _name_of(desk: Uncall, row: RecordingRow) -> str | None:
    """The name of an agent's recording of a call; None if it is something else."""
    agent = desk.tenant.agents.get(int(row.agent_id)) if row.agent_id else None
    try:
        is_video = read_path(row.file_name).is_video
    except NotAName:
        return None
    if agent is None or is_video:
        return None
    ends = await desk.ends_of(row.call_id)
    number = "" if ends is None else mapping.other_number(*ends, agent)
    return mapping.recording(
        extension_of(agent), number, row.started_at, row.call_id, desk.tenant.config.timezone
    )


@service.operation("setBuys", section="3.5")
def set_busy(desk: Uncall, strExten: Text) -> Text:
    """Let the extension be busy, for everybody."""
    desk.switch.set_do_not_disturb(desk.signed_in(strExten).work_no, True)
    return succeeded("setBuys", "Updated database successfully")


@service.operation("setIdle", section="3.6")
def set_idle(desk: Uncall, strExten: Text) -> Text:
    """Let the extension be free again."""
    desk.switch.set_do_not_disturb(desk.signed_in(strExten).work_no, False)
    return succeeded("setIdle", "Key deleted successfully")


@service.operation("keepCalling", section="3.7")
def hold(desk: Uncall, strExten: Text) -> Text:
    """Hold the call; the answer names the channel by which it is taken back."""
    agent = desk.signed_in(strExten)
    desk.switch.hold_call(agent.work_no)
    return succeeded("keepCalling", mapping.channel(agent, agent.held[-1].call))


@service.operation("restoreCalling", section="3.8")
def retrieve(desk: Uncall, strAgent: Text, strExten: Text) -> Text:
    """Take the call on the channel back."""
    agent = desk.signed_in(strAgent)
    for held in agent.held:
        if mapping.channel(agent, held.call) == strExten:
            desk.switch.retrieve_call(agent.work_no, held.call.id)
            return succeeded("restoreCalling", "Restorepark successful")
    raise NoCall(f"agent {strAgent} holds no call on {strExten}")


@service.operation("transferCall", section="3.9")
def transfer(desk: Uncall, strAgent: Text, strExten: Text) -> Text:
    """Transfer the call; until the target answers it is still the agent's."""
    agent = desk.signed_in(strAgent)
    target = desk.target(strExten)
    if target[0] is TargetType.AGENT and desk.tenant.agents[int(target[1])].state is not IDLE:
        raise TargetNotAvailable(f"extension {strExten} is not idle")
    desk.switch.single_step_transfer(agent.work_no, target, Mode.RELEASE_AFTER)
    return succeeded("transferCall", "Transfer successful")


@service.operation("feedBack", section="3.10")
def feed_back(desk: Uncall, strAgent: Text) -> Text:
    """Ask the customer how it was, when the agent has hung up."""
    desk.switch.follow_up(desk.signed_in(strAgent).work_no)
    return succeeded("feedBack", "Feedback successful")


@service.operation("monitorExten", section="3.11")
def listen(desk: Uncall, strAgent: Text, strExten: Text) -> Text:
    """Listen to a call."""
    return _intrude(desk, "monitorExten", strAgent, strExten, SupervisionMode.LISTEN)


@service.operation("whisper", section="3.12")
def whisper(desk: Uncall, strAgent: Text, strExten: Text) -> Text:
    """Talk to one end of a call, unheard by the other."""
    return _intrude(desk, "whisper", strAgent, strExten, SupervisionMode.WHISPER)


def _intrude(desk: Uncall, name: str, by: str, extension: str, mode: SupervisionMode) -> str:
    agent, target = desk.signed_in(by), desk.agent(extension)
    desk.switch.intrude_call(agent.work_no, target.work_no, mode)
    return succeeded(name, "Spy or whisper success")


@service.operation("hangUp", section="3.13", codes=("1",))
def hang_up(desk: Uncall, strAgent: Text) -> Text:
    """End the call, for both ends."""
    desk.switch.clear_call(desk.signed_in(strAgent).work_no)
    return succeeded("hangUp", "Authentication accepted")
