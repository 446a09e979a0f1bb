"""Verdicts as JUnit XML, which CI servers read: each expectation is a test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from emulator.scenario.result import Result


def write_junit(results: Sequence[Result], file: Path) -> None:
    """One suite for each run; a run that was interrupted is an error of its suite."""
    suites = Element("testsuites", name="scenarios")
    for result in results:
        _suite(suites, result)
    tree = ElementTree(suites)
    indent(tree)
    tree.write(file, encoding="utf-8", xml_declaration=True)


def _suite(suites: Element, result: Result) -> None:
    failures = sum(not verdict.met for verdict in result.verdicts)
    suite = SubElement(
        suites,
        "testsuite",
        name=result.scenario,
        tests=str(len(result.verdicts) + (not result.complete)),
        failures=str(failures),
        errors=str(int(not result.complete)),
    )
    for verdict in result.verdicts:
        case = SubElement(suite, "testcase", classname=result.scenario, name=verdict.expected)
        if not verdict.met:
            message = f"expected {verdict.expected}, saw {verdict.seen}"
            SubElement(case, "failure", message=message).text = message
    if not result.complete:
        case = SubElement(suite, "testcase", classname=result.scenario, name="played to the end")
        SubElement(case, "error", message="the run was interrupted")
