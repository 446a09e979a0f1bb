"""What is said on calls: the words that a recogniser hears (CEC 6.3.6)."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from emulator.control.desk import Desk
from emulator.control.outside import Done
from emulator.switch.speech import LATEST, LONGEST_SCRIPT, MAX_TEXT
from emulator.switch.utterance import Utterance

router = APIRouter(prefix="/calls/{call_id}", tags=["speech"])


class Part(BaseModel):
    """A part of an analysis: only what the reference knows."""

    model_config = ConfigDict(extra="forbid")


class Intent(Part):
    """An intent of a script (Table 6-423)."""

    intentcode: str
    intentDsp: str  # noqa: N815
    status: str = ""


class ScriptStep(Intent):
    """A step of a script with those inside it."""

    childintent: list[Intent] | None = None


class Knowledge(Part):
    """A question with its answers (Tables 6-425, 6-426)."""

    faqGroupName: str  # noqa: N815
    prob: str | float
    question: str
    answers: list[str]
    faqId: str | int  # noqa: N815
    faqGroupId: str | int  # noqa: N815


class Recommended(Part):
    """Knowledge that fits what was said (Table 6-424)."""

    similarFaqs: list[Knowledge] | None = None  # noqa: N815
    answer: Knowledge | None = None


class Analysis(Part):
    """What a semantic analysis made of it (Table 6-422)."""

    call_script: list[ScriptStep] | None = None
    call_script_matchedstep: str | None = None
    Intend: str | None = None
    sensitive_word: str | dict[str, str] | None = None
    recomand_KP: Recommended | None = None  # noqa: N815


class Speech(BaseModel):
    """What the agent says, or without `agent` the customer.

    `final` ends the recognition (result 0), otherwise it goes on (62); `error` is the code of a
    recognition that failed.
    """

    text: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    agent: int | None = None
    confidence: Annotated[int, Field(ge=0, le=100)] = 100
    final: bool = False
    error: Annotated[int, Field(ge=1, le=65535)] | None = None
    analysis: Analysis | None = None

    def utterance(self) -> Utterance:
        """The same in the switch's words."""
        analysis = ""
        if self.analysis is not None:
            analysis = orjson.dumps(self.analysis.model_dump(exclude_none=True)).decode()
        return Utterance(
            self.text, self.agent or 0, self.confidence, self.final, self.error or 0, analysis
        )


class ScriptedSpeech(Speech):
    """The same, so many domain seconds from now."""

    after: Annotated[float, Field(ge=0, le=LATEST)]


class Script(BaseModel):
    """What a call says by itself."""

    utterances: Annotated[list[ScriptedSpeech], Field(min_length=1, max_length=LONGEST_SCRIPT)]


@router.post("/speech")
async def speak(desk: Desk, call_id: str, speech: Speech) -> Done:
    """Have somebody on the call say something."""
    desk.switch.speak(call_id, speech.utterance())
    return Done()


@router.post("/speech-script")
async def script(desk: Desk, call_id: str, script: Script) -> Done:
    """Have the call talk by itself; what nobody could hear when it is due is left out."""
    parts = [(said.after, said.utterance()) for said in script.utterances]
    desk.switch.script_speech(call_id, parts)
    return Done()
