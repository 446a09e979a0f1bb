"""A result as one HTML page that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from html import escape

from emulator.scenario.file.quantities import SECOND, spelled
from emulator.scenario.report.drawing import Chart, Series, Span, gantt
from emulator.scenario.report.terminal import QUEUE_COLUMNS, amount
from emulator.scenario.result import QueueSeries, Result

STATES = {
    "idle": "#b9d8b0",
    "answering": "#f4d35e",
    "occupied": "#f2a65a",
    "talking": "#2f6fde",
    "wrap_up": "#8e6bbf",
    "busy": "#c0392b",
    "rest": "#9e9e9e",
    "preoccupied": "#e8b4bc",
    "study": "#607d8b",
}
MOST_QUEUES = 12
MOST_WAIT = 600
"""Seconds of the longest wait that is drawn."""

STYLE = """
:root { color-scheme: light dark; --text: #1d2733; --back: #fff; --soft: #e4e8ee; --bad: #b3261e;
  --good: #1b7f3b; }
@media (prefers-color-scheme: dark) { :root { --text: #dde3ea; --back: #14181d; --soft: #2c343d;
  --bad: #ff8a80; --good: #7bd88f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
  max-width: 920px; margin: 2rem auto; padding: 0 1rem; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.2rem; }
.course, .purpose { opacity: .75; margin: .3rem 0; }
figure { margin: 1.2rem 0; } figcaption { font-weight: 600; margin-bottom: .3rem; }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--text); opacity: .8; }
.grid { stroke: var(--soft); }
.key { font-weight: 400; margin-left: .9rem; font-size: 13px; }
.key i { display: inline-block; width: .8em; height: .8em; margin-right: .35em; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--soft); text-align: right; }
th:first-child, td:first-child { text-align: left; }
.met { color: var(--good); } .not { color: var(--bad); font-weight: 600; }
"""


def page(result: Result) -> str:
    """The whole page."""
    parts = [
        f"<h1>{escape(result.scenario)}</h1>",
        f'<p class="purpose">{escape(result.purpose.strip())}</p>',
        f'<p class="course">{escape(_course(result))}</p>',
        *_verdicts(result),
        *_figures(result),
        *_charts(result),
        *_rest(result),
    ]
    body = "\n".join(parts)
    title = escape(result.scenario)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _course(result: Result) -> str:
    simulated = spelled(round(result.simulated) * SECOND)
    words = f"{result.dialled:,} calls in {simulated} from {result.begins} {result.zone}"
    if not result.complete:
        words += ", interrupted: what was seen until then"
    return f"{words}; random seed {result.seed}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """An HTML table."""
    head = "".join(f"<th>{escape(it)}</th>" for it in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _verdicts(result: Result) -> Iterator[str]:
    if not result.verdicts:
        return
    yield "<h2>Expectations</h2><table><tbody>"
    for verdict in result.verdicts:
        kind, word = ("met", "met") if verdict.met else ("not", "not met")
        yield (
            f"<tr><td>{escape(verdict.expected)}</td><td>{escape(verdict.seen)}</td>"
            f'<td class="{kind}">{word}</td></tr>'
        )
    yield "</tbody></table>"


def _figures(result: Result) -> Iterator[str]:
    yield "<h2>Figures</h2>"
    overall = [it for it in result.figures if not it.id and it.value]
    yield table(("figure", "of all"), [(it.figure.replace("_", " "), amount(it)) for it in overall])
    rows = list(_queue_rows(result))
    if rows:
        heads = ("queue", *(it.replace("_", " ") for it in QUEUE_COLUMNS))
        yield f"<h2>Queues</h2>{table(heads, rows)}"


def _queue_rows(result: Result) -> Iterator[list[str]]:
    for queue in result.queues:
        known = {it.figure: it for it in result.figures if it.of == "queue" and it.id == queue.id}
        if known:
            columns = (amount(known[column]) for column in QUEUE_COLUMNS)
            yield [f"{queue.id} {queue.name}", *columns]


# Charts


def _charts(result: Result) -> Iterator[str]:
    labels = _labels(result)
    queues = result.queues[:MOST_QUEUES]
    if not labels:
        return
    yield "<h2>By interval</h2>"
    bars = [Series("calls in", result.arrivals, "#8fb3ef")]
    lost = [sum(it.abandoned[place] for it in queues) for place in range(len(labels))]
    lines = [Series("abandoned", lost, "#c0392b")]
    yield Chart("Arrivals", labels, bars=bars, lines=lines).svg()
    yield Chart(
        "Service level (20 s)", labels, " %", lines=_of(queues, "service_level"), most=100.0
    ).svg()
    yield Chart("Average speed of answer", labels, " s", lines=_of(queues, "asa")).svg()
    yield Chart("Queue length, on average", labels, lines=_of(queues, "mean_queue")).svg()
    yield Chart("Queue length, at most", labels, lines=_of(queues, "longest_queue")).svg()
    states = [
        Series(name.replace("_", " "), values, STATES.get(name, "#999"))
        for name, values in result.agent_states.items()
        if name != "signed_out"
    ]
    yield Chart("Agents by state", labels, bars=states).svg()
    yield "<h2>Waits</h2>"
    for queue in queues:
        yield from _waits(queue)
    if result.agents:
        yield "<h2>Agents</h2>"
        yield _days(result)


def _of(queues: Sequence[QueueSeries], name: str) -> list[Series]:
    return [Series(f"{it.id} {it.name}", getattr(it, name)) for it in queues]


def _waits(queue: QueueSeries) -> Iterator[str]:
    """How long customers waited: how many were served, or gave up, within each time."""
    waits = {**queue.waits_answered, **queue.waits_abandoned}
    total = sum(queue.waits_answered.values()) + sum(queue.waits_abandoned.values())
    if not total:
        return
    last = min(max(waits), MOST_WAIT) + 1
    labels = [f"{place} s" for place in range(last + 1)]
    lines = [
        Series("answered within", _within(queue.waits_answered, last, total), "#2f6fde"),
        Series("gave up within", _within(queue.waits_abandoned, last, total), "#c0392b"),
    ]
    theory = [100 * share for share in queue.theoretical_waits[: last + 1]]
    if theory:
        lines.append(Series("answered within, by theory", theory, "#888", dashed=True))
    title = f"Waits for {queue.id} {queue.name}"
    yield Chart(title, labels, " %", lines=lines, most=100.0).svg()
    width = max(1, -(-last // 60))
    places = range(0, last, width)
    labels = [f"{place}–{place + width} s" for place in places]
    answered = Series("answered", _binned(queue.waits_answered, places, width), "#2f6fde")
    abandoned = Series("gave up", _binned(queue.waits_abandoned, places, width), "#c0392b")
    yield Chart("How many waited so long", labels, bars=[answered, abandoned]).svg()


def _within(counts: dict[int, int], last: int, total: int) -> list[float | None]:
    """Percent of all customers whose wait was shorter than 0, 1, 2 … seconds; 0: none was."""
    shares: list[float | None] = [None]
    so_far = 0
    for second in range(last):
        so_far += counts.get(second, 0)
        shares.append(100 * so_far / total)
    return shares


def _binned(counts: dict[int, int], places: range, width: int) -> list[float | None]:
    return [float(sum(counts.get(at, 0) for at in range(it, it + width))) for it in places]


def _days(result: Result) -> str:
    rows = [
        (str(it.agent), [Span(begin, end, kind) for kind, begin, end in it.spans])
        for it in result.agents
    ]
    begin = datetime.fromisoformat(result.begins)
    return gantt(
        "What agents did",
        rows,
        result.simulated,
        STATES,
        lambda at: f"{begin + timedelta(seconds=at):%H:%M}",
    )


def _labels(result: Result) -> list[str]:
    begin = datetime.fromisoformat(result.begins) + timedelta(seconds=result.counted_from)
    form = "%a %H:%M" if result.simulated > 86_400 else "%H:%M"
    return [
        (begin + timedelta(seconds=result.step * place)).strftime(form)
        for place in range(len(result.arrivals))
    ]


def _rest(result: Result) -> Iterator[str]:
    if result.incidents:
        items = "".join(f"<li>{escape(it)}</li>" for it in result.incidents)
        yield f"<h2>Incidents</h2><ul>{items}</ul>"
    if result.refused:
        rows = [(what, str(times)) for what, times in result.refused.items()]
        yield f"<h2>Not done by the call center</h2>{table(('what', 'times'), rows)}"
    rows = [(name, f"{times:,}") for name, times in result.events.items()]
    yield f"<h2>Events of the switch</h2>{table(('event', 'times'), rows)}"
