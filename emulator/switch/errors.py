"""What the switch refuses, as one tree.

    SwitchError
    ├── NotFound
    │   ├── UnknownTenant
    │   ├── UnknownAgent
    │   ├── UnknownQueue
    │   ├── UnknownFlow
    │   ├── UnknownAccessCode
    │   ├── UnknownPhone
    │   ├── UnknownTrunk
    │   └── UnknownRequest         an endpoint, lookup or approval that nobody waits for
    ├── AgentError
    │   ├── AlreadySignedIn
    │   ├── NotSignedIn
    │   ├── WrongAgentState
    │   ├── WrongAgentType
    │   └── PhoneInUse
    ├── CallError
    │   ├── NoCall                 the agent has no call that the service could act on
    │   ├── WrongCallState         there is a call, but in another state
    │   ├── WrongCallType          there is a call, but of another type or media
    │   ├── InvalidNumber
    │   ├── TargetNotAvailable
    │   ├── TransferNotAllowed     no such transfer mode for that device
    │   └── NoTrunk                every channel is taken, or the number is barred
    ├── ConferenceError
    │   ├── NoConference           the agent takes part in none, or none rings
    │   ├── NotChairperson
    │   ├── ChairpersonStays       the chairperson cannot leave, or remove itself
    │   ├── OwnChair               the chair is handed to who has it
    │   └── UnknownParticipant
    ├── SupervisionError
    │   ├── NoPermission
    │   ├── NotSupervised
    │   └── WrongSupervisionTarget
    ├── InvalidValue               a value outside its documented range
    ├── ConfigurationError         names the item and the reason
    └── CommandDuringPublication   a subscriber commanded the switch inside its callback

A command that raises one of these has changed nothing.
"""

from __future__ import annotations


class SwitchError(Exception):
    """The broken rule, in words for a person."""


class NotFound(SwitchError):
    """There is no such thing in this call center."""


class UnknownTenant(NotFound):
    pass


class UnknownAgent(NotFound):
    pass


class UnknownQueue(NotFound):
    pass


class UnknownFlow(NotFound):
    pass


class UnknownAccessCode(NotFound):
    pass


class UnknownPhone(NotFound):
    pass


class UnknownTrunk(NotFound):
    pass


class UnknownRequest(NotFound):
    pass


class AgentError(SwitchError):
    """The agent cannot do that now."""


class AlreadySignedIn(AgentError):
    pass


class NotSignedIn(AgentError):
    pass


class WrongAgentState(AgentError):
    pass


class WrongAgentType(AgentError):
    pass


class PhoneInUse(AgentError):
    pass


class CallError(SwitchError):
    """The call cannot do that now."""


class NoCall(CallError):
    pass


class WrongCallState(CallError):
    pass


class WrongCallType(CallError):
    pass


class InvalidNumber(CallError):
    pass


class TargetNotAvailable(CallError):
    pass


class TransferNotAllowed(CallError):
    pass


class NoTrunk(CallError):
    pass


class ConferenceError(SwitchError):
    """The conference cannot do that now."""


class NoConference(ConferenceError):
    pass


class NotChairperson(ConferenceError):
    pass


class ChairpersonStays(ConferenceError):
    pass


class OwnChair(ConferenceError):
    pass


class UnknownParticipant(ConferenceError):
    pass


class SupervisionError(SwitchError):
    """The inspector cannot do that now."""


class NoPermission(SupervisionError):
    pass


class NotSupervised(SupervisionError):
    pass


class WrongSupervisionTarget(SupervisionError):
    pass


class InvalidValue(SwitchError):
    pass


class ConfigurationError(SwitchError):
    pass


class CommandDuringPublication(SwitchError):
    pass
