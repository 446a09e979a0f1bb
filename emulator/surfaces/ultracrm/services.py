"""The contracts of the two services; their operations are in `softphone` and `records`."""

from __future__ import annotations

from emulator.surfaces.soap.contract import Service, Style

NAMESPACE = "http://tempuri.org/"
RESULT = "{}Result"

# What operations say, the failure last; those that return what was asked for say nothing then.
DONE_OR_FAILED = ("1", "-1")
CHANGED = ("1", "0", "-1")
FOUND = ("0", "-1")
STATE = ("1", "0")
SENT = ("0", "-1")

at_client = Service(
    "UltraCRM_ATClient",
    component="UltraCRM_ATClient",
    chapter="3",
    path="/UltraCRM_ATClient.asmx",
    namespace=NAMESPACE,
    style=Style.DOCUMENT,
    result=RESULT,
    codes=DONE_OR_FAILED,
)
webservice = Service(
    "UltraCRM_Webservice",
    component="UltraCRM_Webservice",
    chapter="4",
    path="/UltraCRM_Webservice.asmx",
    namespace=NAMESPACE,
    style=Style.DOCUMENT,
    result=RESULT,
    codes=FOUND,
)
PATHS = (at_client.path, webservice.path)
