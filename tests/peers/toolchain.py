"""SOAP toolkits in processes of their own, which are told line by line what to call.

    with PhpSoap(folder) as php:
        php.load("uncall", "http://127.0.0.1:8000/uncall_services_api/index.php?wsdl")
        php.call("uncall", "popEvent", strExten="40101")

An order is a line of JSON: `{"service": "uncall", "wsdl": "http://…", "version": "1.1"}` loads a
description under a name of the test's choice, `{"service": "uncall", "operation": "popEvent",
"arguments": {"strExten": "40101"}}` calls. The answer is one too: `{"result": …}`, or the toolkit's
exception: `{"exception": "SoapFault", "code": "Client", "message": "…"}`.

The test waits for each answer: a server in the test's own event loop wants `asyncio.to_thread`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import selectors
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE = 60.0
"""Seconds that an answer, or a compiler, may take on a busy machine."""


class NotInstalled(Exception):
    """Says what to install."""


class PeerFault(Exception):
    """What the toolkit raised: its class, the fault's code without prefix, the reason."""

    def __init__(self, exception: str, code: str, message: str) -> None:
        super().__init__(message)
        self.exception = exception
        self.code = code
        self.message = message


class Toolchain:
    """One toolkit."""

    fault: str
    """Its exception for a fault of the service."""
    speaks_soap12 = True

    def __init__(self, folder: Path) -> None:
        """`folder` is for what has to be made and kept; `NotInstalled`."""
        self.folder = folder
        self._errors = folder / "errors"
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(
                self.command(),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._orders, self._answers = self._process.stdin, self._process.stdout

    def __enter__(self) -> Toolchain:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def command(self) -> Sequence[str]:
        """What runs the driver; `NotInstalled`."""
        raise NotImplementedError

    def load(self, service: str, wsdl: str, version: str = "1.1") -> None:
        """Read a description, under a name for `call`; `version` of SOAP."""
        self._ask({"service": service, "wsdl": wsdl, "version": version})

    def call(self, service: str, operation: str, /, **arguments: Any) -> Any:
        """Call an operation and give its result; `PeerFault`."""
        return self._ask({"service": service, "operation": operation, "arguments": arguments})

    def run(self, script: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Call one operation after the other, whatever comes of them; the answers, as they came."""
        return [self._answer(it) for it in script]

    def stop(self) -> None:
        """End the process."""
        self._orders.close()
        self._process.wait(timeout=PATIENCE)
        self._answers.close()

    def _ask(self, order: Mapping[str, Any]) -> Any:
        answer = self._answer(order)
        if "exception" in answer:
            raise PeerFault(answer["exception"], answer["code"], answer["message"])
        return answer["result"]

    def _answer(self, order: Mapping[str, Any]) -> dict[str, Any]:
        self._orders.write(json.dumps(order).encode() + b"\n")
        self._orders.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(self._answers, selectors.EVENT_READ)
            if not selector.select(PATIENCE):
                raise TimeoutError(f"no answer to {order}")
        line = self._answers.readline()
        if not line:
            raise RuntimeError(f"ended at {order}: {self._errors.read_text()}")
        answer: dict[str, Any] = json.loads(line)
        return answer


class PhpSoap(Toolchain):
    """PHP's SoapClient."""

    fault = "SoapFault"

    def command(self) -> Sequence[str]:
        """PHP with the driver, if it has its SOAP extension."""
        php = _program("php", "php-cli")
        if "soap" not in _output([php, "-m"]).split():
            raise NotInstalled("PHP has no SOAP extension: install php-soap")
        return [php, str(HERE / "driver.php")]


class Mono(Toolchain):
    """C# proxies as `wsdl` generates them, compiled with `mcs`, called by `mono`."""

    fault = "SoapException"

    def command(self) -> Sequence[str]:
        """Mono with the driver, which is compiled first."""
        for name, package in (("mono", "mono-devel"), ("wsdl", "mono-devel"), ("mcs", "mono-mcs")):
            _program(name, package)
        driver = self.folder / "Driver.exe"
        libraries = ("-r:System.Web.Services", "-r:System.Web.Extensions")
        _output(["mcs", f"-out:{driver}", *libraries, str(HERE / "Driver.cs")])
        return ["mono", str(driver)]

    def load(self, service: str, wsdl: str, version: str = "1.1") -> None:
        """Generate and compile a proxy, unless there is one for the same description."""
        description = httpx.get(wsdl).raise_for_status().text
        (address, *_) = _LOCATION.findall(description)
        self._ask(
            {
                "service": service,
                "wsdl": wsdl,
                "version": version,
                "assembly": str(self.assembly_for(wsdl, description)),
                "address": address,
            }
        )

    def assembly_for(self, wsdl: str, description: str) -> Path:
        """The compiled proxy; where the service is reached does not matter to it."""
        content = _LOCATION.sub("", description).encode()
        name = f"Proxy{hashlib.sha256(content).hexdigest()[:16]}"
        assembly, source = self.folder / f"{name}.dll", self.folder / f"{name}.cs"
        if not assembly.exists():
            _output(["wsdl", "-nologo", f"-namespace:{name}", f"-out:{source}", wsdl])
            _output(
                [
                    "mcs",
                    "-target:library",
                    f"-out:{assembly}",
                    "-r:System.Web.Services",
                    str(source),
                ]
            )
        return assembly


_LOCATION = re.compile(r'<[\w:]*address location="([^"]*)"')


class Zeep(Toolchain):
    """Python's zeep."""

    fault = "Fault"

    def command(self) -> Sequence[str]:
        """This Python with the driver."""
        return [sys.executable, "-m", "tests.peers.driver", "zeep"]


class Suds(Toolchain):
    """Python's suds, in the version that is still looked after."""

    fault = "WebFault"
    speaks_soap12 = False

    def command(self) -> Sequence[str]:
        """This Python with the driver."""
        return [sys.executable, "-m", "tests.peers.driver", "suds"]


TOOLCHAINS: Mapping[str, type[Toolchain]] = {
    "php": PhpSoap,
    "mono": Mono,
    "zeep": Zeep,
    "suds": Suds,
}


def _program(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotInstalled(f"{name} is not installed: install {package}")
    return found


def _output(command: Sequence[str]) -> str:
    """What a program prints; RuntimeError with all of it if it fails."""
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=PATIENCE, errors="replace"
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout
