"""How numbers are written on either side of a gateway: rules, of which the first that fits is used.

A rule takes a beginning away and puts another one there, or replaces what a pattern finds in the
whole number. Numbers that no rule fits stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`strip` is taken off the front and `prepend` put there; or `match` becomes `replace`.

    `match` is a regular expression for the whole number, `replace` may name its groups (`\\1`).
    """

    strip: str = ""
    prepend: str = ""
    match: str = ""
    replace: str = ""

    def problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong, by field."""
        if self.match and (self.strip or self.prepend):
            yield "match", "does not go together with strip or prepend"
        if not (self.match or self.strip or self.prepend):
            yield "", "does nothing: it needs match, strip or prepend"
        if self.replace and not self.match:
            yield "replace", "needs match"
        try:
            pattern = re.compile(self.match)
        except re.error as error:
            yield "match", f"is no regular expression: {error}"
            return
        named = max((int(it) for it in re.findall(r"\\([0-9]+)", self.replace)), default=0)
        if named > pattern.groups:
            yield "replace", f"names group {named}, which match does not have"

    def apply(self, number: str) -> str | None:
        """The number as it is written there; None if the rule does not fit."""
        if self.match:
            found = re.fullmatch(self.match, number)
            return None if found is None else found.expand(self.replace)
        if number.startswith(self.strip):
            return self.prepend + number[len(self.strip) :]
        return None


def rewritten(number: str, rules: Iterable[Rule]) -> str:
    """The number as the first rule that fits has it."""
    for rule in rules:
        found = rule.apply(number)
        if found is not None:
            return found
    return number
