"""Charts as SVG, drawn without anything else: a page that holds them needs no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 860, 240
LEFT, RIGHT, TOP, BOTTOM = 54, 12, 12, 34
COLOURS = ("#2f6fde", "#e07b39", "#3a9d5d", "#b3408f", "#8a6d3b", "#5c6bc0", "#00897b", "#9e9d24")
LABELS = 10
"""How many labels an axis has at most."""


@dataclass(frozen=True, slots=True)
class Series:
    """A line or a row of bars: a value for each place, None where there is none."""

    name: str
    values: Sequence[float | None]
    colour: str = ""
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a row: from and to in the units of the axis."""

    begin: float
    end: float
    kind: str


@dataclass(slots=True)
class Chart:
    """A chart over places with labels."""

    title: str
    labels: Sequence[str]
    unit: str = ""
    bars: list[Series] = field(default_factory=list)
    """Stacked on each other."""
    lines: list[Series] = field(default_factory=list)
    most: float | None = None
    """The upper end of the axis; None: what is needed."""

    def svg(self) -> str:
        """The chart as an SVG element with its legend."""
        keys = [(it.name, it.colour) for it in _coloured([*self.bars, *self.lines]) if it.name]
        parts = [*self._grid(), *self._bars(), *self._lines()]
        return _figure(self.title, keys, HEIGHT, parts)

    # Drawing

    @property
    def _top(self) -> float:
        if self.most is not None:
            return self.most
        stacks = [
            sum(series.values[place] or 0 for series in self.bars)
            for place in range(len(self.labels))
        ]
        values = [value for line in self.lines for value in line.values if value is not None]
        return rounded_up(max([*stacks, *values, 0.0]))

    def _grid(self) -> Iterator[str]:
        top = self._top
        y = _scale(top)
        for step in range(5):
            value = top * step / 4
            yield _line(LEFT, WIDTH - RIGHT, y(value), y(value))
            yield _text(LEFT - 6, y(value) + 4, f"{value:g}{self.unit}", "end")
        every = max(1, ceil(len(self.labels) / LABELS))
        for place in range(0, len(self.labels), every):
            yield _text(self._x(place + 0.5), HEIGHT - BOTTOM + 18, self.labels[place])

    def _x(self, place: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * place / max(len(self.labels), 1)

    def _bars(self) -> Iterator[str]:
        y = _scale(self._top)
        wide = (WIDTH - LEFT - RIGHT) / max(len(self.labels), 1)
        below = [0.0] * len(self.labels)
        for series in _coloured(self.bars):
            for place, value in enumerate(series.values):
                if not value:
                    continue
                low, high = y(below[place]), y(below[place] + value)
                below[place] += value
                title = f"{self.labels[place]}: {series.name} {value:g}{self.unit}"
                x = self._x(place) + wide * 0.06
                yield _box(x, high, wide * 0.88, low - high, series.colour, title)

    def _lines(self) -> Iterator[str]:
        y = _scale(self._top)
        for series in _coloured([*self.bars, *self.lines])[len(self.bars) :]:
            dashes = ' stroke-dasharray="6 4"' if series.dashed else ""
            for stretch in _stretches(series.values):
                points = " ".join(
                    f"{self._x(place + 0.5):.1f},{y(value):.1f}" for place, value in stretch
                )
                yield (
                    f'<polyline points="{points}" fill="none" stroke="{series.colour}" '
                    f'stroke-width="2"{dashes}><title>{escape(series.name)}</title></polyline>'
                )
                if len(stretch) == 1:
                    (x, y_), *_ = [(self._x(at + 0.5), y(value)) for at, value in stretch]
                    yield f'<circle cx="{x:.1f}" cy="{y_:.1f}" r="2.5" fill="{series.colour}"/>'


def gantt(
    title: str,
    rows: Sequence[tuple[str, Sequence[Span]]],
    length: float,
    colours: dict[str, str],
    label: Callable[[float], str],
) -> str:
    """Rows of spans over a time of `length`; `label` says what time it is."""
    high = 14
    height = TOP + len(rows) * high + BOTTOM
    scale = (WIDTH - LEFT - RIGHT) / (length or 1)
    parts = []
    for place in range(LABELS + 1):
        at = length * place / LABELS
        x = LEFT + at * scale
        parts.append(_line(x, x, TOP, height - BOTTOM))
        parts.append(_text(x, height - BOTTOM + 18, label(at)))
    for row, (name, spans) in enumerate(rows):
        y = TOP + row * high
        parts.append(_text(LEFT - 6, y + 11, name, "end"))
        for span in spans:
            wide = max((span.end - span.begin) * scale, 0.3)
            shown = f"{name}: {span.kind} {label(span.begin)}–{label(span.end)}"
            colour = colours.get(span.kind, "#999")
            parts.append(_box(LEFT + span.begin * scale, y + 1, wide, high - 2, colour, shown))
    kinds = {span.kind for _, spans in rows for span in spans}
    keys = [(kind, colour) for kind, colour in colours.items() if kind in kinds]
    return _figure(title, keys, height, parts)


# Elements


def _figure(
    title: str, keys: Sequence[tuple[str, str]], height: float, parts: Sequence[str]
) -> str:
    legend = "".join(
        f'<span class="key"><i style="background:{colour}"></i>{escape(name)}</span>'
        for name, colour in keys
    )
    named = escape(title, quote=True)
    return (
        f"<figure><figcaption>{named}{legend}</figcaption>"
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{named}">'
        f"{''.join(parts)}</svg></figure>"
    )


def _line(x1: float, x2: float, y1: float, y2: float) -> str:
    return f'<line class="grid" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _box(x: float, y: float, width: float, height: float, colour: str, title: str) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'fill="{colour}"><title>{escape(title)}</title></rect>'
    )


# Numbers


def _coloured(series: Sequence[Series]) -> list[Series]:
    return [
        it if it.colour else Series(it.name, it.values, COLOURS[place % len(COLOURS)], it.dashed)
        for place, it in enumerate(series)
    ]


def _stretches(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The values without those that are missing, in pieces."""
    found: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is not None:
            found[-1].append((place, value))
        elif found[-1]:
            found.append([])
    return [it for it in found if it]


def _scale(top: float) -> Callable[[float], float]:
    high = HEIGHT - TOP - BOTTOM
    return lambda value: TOP + high - high * min(value / top, 1.0) if top else TOP + high


def rounded_up(value: float) -> float:
    """The next number that people would put at the end of an axis."""
    if value <= 0:
        return 1.0
    power = 10.0 ** floor(log10(value))
    steps: tuple[float, ...] = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10)
    return next(step * power for step in steps if step * power >= value * 0.999999)
