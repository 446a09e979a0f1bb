"""Keys that are pressed during a call, as INFO requests carry them."""

from __future__ import annotations

RELAY, PLAIN = "application/dtmf-relay", "application/dtmf"
_KEYS = frozenset("0123456789*#ABCD")
_NUMBERED = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D"}
"""Events as RFC 4733 numbers them, which some phones write here too."""


def pressed(media_type: str, body: bytes) -> str:
    """The key in the body of an INFO, nothing if it carries none."""
    text = body.decode("latin-1").strip()
    if media_type == RELAY:
        fields = dict(line.partition("=")[::2] for line in text.splitlines())
        text = {name.strip().lower(): it.strip() for name, it in fields.items()}.get("signal", "")
    elif media_type != PLAIN:
        return ""
    key = _NUMBERED.get(text, text.upper())
    return key if key in _KEYS else ""
