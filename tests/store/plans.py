"""How SQLite goes about what a function asks of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, event

from emulator.store import Store


def plan(store: Store, work: Callable[[Connection], object]) -> list[str]:
    """The steps of the plans of all statements that the work executes."""

    def explain(connection: Connection) -> list[str]:
        asked: list[tuple[str, Any]] = []

        def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
            asked.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", note)
        work(connection)
        event.remove(connection, "before_cursor_execute", note)
        cursor = connection.connection.cursor()
        return [
            step[-1]
            for statement, parameters in asked
            for step in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]

    return store.submit(explain).result()
