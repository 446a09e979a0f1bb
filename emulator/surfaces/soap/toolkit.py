"""spyne, brought in so that it works on every supported Python, without warnings.

spyne 2.14 carries a copy of `six` whose importer Python 3.12 does not know any more (`find_spec`),
and imports `cgi`, which Python 3.13 has dropped and `legacy-cgi` brings back. The modules that the
copy would load are put in their places from the real `six`, and its importer is taken out.
"""

from __future__ import annotations

import logging
import sys
import warnings
from importlib import import_module

_MOVED = (
    "six.moves",
    "six.moves.collections_abc",
    "six.moves.http_cookies",
    "six.moves.urllib",
    "six.moves.urllib.error",
    "six.moves.urllib.parse",
    "six.moves.urllib.request",
)
for _name in _MOVED:
    sys.modules.setdefault(f"spyne.util.{_name}", import_module(_name))
with warnings.catch_warnings():
    # Invalid escapes, `cgi`, `pkg_resources`: nobody will mend these any more.
    warnings.simplefilter("ignore")
    from spyne import Application, MethodContext, Service, rpc
    from spyne.error import Fault
    from spyne.model.primitive import Integer32, Unicode
    from spyne.protocol.soap import Soap11
    from spyne.server import ServerBase
sys.meta_path[:] = [it for it in sys.meta_path if type(it).__module__ != "spyne.util.six"]
# What clients send wrong is their faults' and the journal's matter, not the log's.
logging.getLogger("spyne").setLevel(logging.CRITICAL)

__all__ = [
    "Application",
    "Fault",
    "Integer32",
    "MethodContext",
    "ServerBase",
    "Service",
    "Soap11",
    "Unicode",
    "rpc",
]
