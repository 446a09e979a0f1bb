"""The agent gateway's codes (CEC 6.5.2, Table 6-449) and which refusal gets which.

Where an interface has a code of its own for a refusal it says so where it is declared; the table
here is for all the others.
"""

from __future__ import annotations

from emulator.domain.errors import AccountError, AccountLocked, PasswordRefused
from emulator.surfaces.cec.auth_c4 import GuidRefused, NotSignedIn
from emulator.surfaces.cec.errors import ErrorTable, Failure, Row
from emulator.surfaces.cec.gateway.flowcontrol import Overload
from emulator.switch import errors as switch

MESSAGES = {
    "000-001": "events cannot be obtained in this way",
    "000-002": "invalid parameter or address",
    "000-003": "no permission: the authentication may have expired",
    "100-001": "a parameter is missing or invalid",
    "100-002": "the agent has signed in already",
    "100-003": "the resource is not available",
    "100-004": "wrong work number or password",
    "100-005": "invalid sign-out parameter",
    "100-006": "the agent has not signed in",
    "100-007": "the operation failed",
    "100-008": "the agent has signed out",
    "100-009": "the agent is in another state",
    "100-011": "invalid parameter",
    "100-012": "wrong agent type",
    "100-014": "the phone number is not configured",
    "100-015": "the agent cannot be signed out by force now",
    "100-016": "invalid IP address",
    "101-001": "the agent is in no conference",
    "101-002": "the agent is not the chairperson",
    "101-005": "the chair cannot be handed to who has it",
    "101-007": "the chairperson cannot leave",
    "100-018": "the file is another VDN's",
    "104-001": "recordings cannot be downloaded",
    "104-003": "the file name is invalid",
    "104-005": "the recording file does not exist",
    "104-010": "the node of the recording is missing or unknown",
    "106-001": "the agent takes no multimedia sessions",
    "106-002": "the message is empty",
    "106-003": "too many sessions",
    "106-004": "wrong device type for a session transfer",
    "106-005": "the session cannot be transferred",
    "106-006": "no such agent to transfer the session to",
    "106-007": "the message is too long",
    "106-008": "wrong media type",
    "106-009": "too much data for a session transfer",
    "106-010": "wrong mode for a session transfer",
    "106-011": "a parameter is empty or invalid",
    "106-012": "a value is out of range",
    "106-013": "the message names no session",
    "106-014": "the session is not the agent's",
    "106-015": "wrong user type",
    "108-001": "videos cannot be downloaded",
    "108-002": "the video is another VDN's",
    "108-003": "no such record ID",
    "108-005": "invalid request for a video file",
    "108-006": "no recording of that conference is known",
    "108-007": "the video file cannot be downloaded",
    "108-009": "there is no video file of that type",
    "108-011": "the path is not mapped",
    "108-012": "the video file does not exist",
    "108-014": "no VoiceCyber recording server is configured",
    "108-015": "the recording file cannot be downloaded",
    "108-016": "invalid request for a recording file",
    "107-001": "the configuration interface failed",
    "107-002": "a parameter is missing or invalid",
    "107-007": "not signed in to configure",
    "107-028": "no such subscription",
    "107-031": "no such subscription to end",
    "107-032": "no such subscription to keep",
    "110-016": "the account is locked",
    "200-001": "invalid called number",
    "200-002": "no call to answer or reject",
    "200-003": "no call to mute",
    "200-004": "the call cannot be muted in its state",
    "200-007": "no call to unmute",
    "200-008": "the call cannot be unmuted in its state",
    "200-010": "no call for a three-party call",
    "200-011": "the call cannot join a three-party call in its state",
    "200-012": "no call to transfer",
    "200-013": "no call to hold",
    "200-014": "the call cannot be held in its state",
    "200-015": "no call to retrieve",
    "200-016": "the call cannot be retrieved in its state",
    "200-017": "no call to end",
    "200-018": "no call for a consultation",
    "200-023": "no party with this number",
    "200-024": "the party with this number cannot be released",
    "200-025": "no such call to release",
    "200-027": "no call to switch",
    "200-028": "wrong media type",
    "200-029": "wrong call type",
    "200-030": "the call cannot be switched in its state",
    "200-031": "invalid display mode",
    "200-032": "no call to adjust",
    "200-033": "the call has no video",
    "200-034": "the call is in another state",
    "200-035": "the display mode cannot be changed",
    "200-036": "no such previewed call",
    "200-037": "no ringing call to reject",
    "200-038": "the call to reject is not at this phone",
    "210-001": "unknown address",
    "300-001": "no permission to query agents",
    "300-002": "no such agent information",
    "400-001": "no call to take the data",
    "400-003": "no held calls",
    "500-001": "nothing is played that could be rewound",
    "500-002": "nothing is played that could be forwarded",
    "500-003": "nothing is played that could be paused",
    "500-005": "nothing is paused that could be resumed",
    "500-007": "nothing can be played to the agent now",
    "500-008": "the agent cannot record now",
    "500-009": "nothing is played that could be stopped",
    "500-010": "nothing is recorded that could be stopped",
    "500-011": "recording to a file of one's choice is not enabled",
    "600-004": "no IVR flow is configured",
    "600-005": "no skill queue is configured",
    "900-001": "the inspected agent is not available",
    "900-002": "no permission for quality check",
    "900-003": "the resource is not available for quality check",
    "900-004": "no such agent",
    "900-005": "wrong state for quality check",
    "999-002": "too many queries",
    "10001": "no three-party call with a third party",
}
"""Our words for each code that the gateway gives."""


def failure(code: str) -> Failure:
    """The refusal with this code."""
    return Failure(code, MESSAGES[code])


def failures(**codes: str) -> dict[type[Exception], Failure]:
    """An interface's own codes, by the name of the switch's error: `NoCall="200-013"`."""
    return {getattr(switch, name): failure(code) for name, code in codes.items()}


_OUT_OF_RANGE = frozenset({"greater_than_equal", "less_than_equal"})


def by_field(*, out_of_range: str = "", **codes: str) -> Row:
    """The code of the field that is wrong; of what is no field of the body, the general one."""
    found = {name.lower(): failure(code) for name, code in codes.items()}

    def choose(error: Exception) -> Failure:
        problem = str(error).partition(", ")[0]
        where, _, kind = problem.partition(": ")
        own = found.get(where.partition(".")[2].lower())
        if own is None:
            return failure("000-002")
        return failure(out_of_range) if out_of_range and kind in _OUT_OF_RANGE else own

    return choose


class ClientSignedOut(Exception):
    """The session is over, its last events only have not been fetched."""


class EventsArePushed(Exception):
    """A poll of an agent whose events go to a receiver."""


ERRORS = ErrorTable(
    {
        NotSignedIn: failure("100-006"),
        GuidRefused: failure("000-003"),
        ClientSignedOut: failure("100-008"),
        EventsArePushed: failure("000-001"),
        Overload: failure("999-002"),
        AccountLocked: failure("110-016"),
        PasswordRefused: failure("000-002"),
        AccountError: failure("100-007"),
        switch.NotSignedIn: failure("100-006"),
        switch.InvalidValue: failure("000-002"),
        switch.WrongAgentState: failure("100-007"),
        switch.SwitchError: failure("100-007"),
    },
    parameter=failure("000-002"),
    unforeseen=failure("100-007"),
    unknown_path=Failure("210-001", MESSAGES["210-001"], status=404),
    wrong_method=Failure("210-001", MESSAGES["210-001"], status=405),
)
