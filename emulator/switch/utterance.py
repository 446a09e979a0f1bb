"""What somebody on a call says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Utterance:
    """What the agent with the work number `agent` says, or with 0 the customer.

    `confidence` is 0 to 100. `final`: the recognition ends with it, otherwise it goes on. `error`
    is the code of a recognition that failed, 0: it did not. `analysis` is what a semantic analysis
    made of it: a JSON object as text, empty where there is none.
    """

    text: str
    agent: int = 0
    confidence: int = 100
    final: bool = False
    error: int = 0
    analysis: str = ""
