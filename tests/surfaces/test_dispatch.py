from __future__ import annotations

import pytest

from emulator.surfaces.dispatch import Dispatcher

DOORS = {"/agentgateway": "gateway", "/rest/cmsapp": "cms", "/rest": "rest", "/a/b/c": "deep"}


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/agentgateway", "gateway"),
        ("/agentgateway/resource/voicecall/101/callout", "gateway"),
        ("/agentgatewayx/resource", "none"),
        ("/rest/cmsapp/v1/ping", "cms"),
        ("/rest/isales/v1", "rest"),
        ("/a/b/c/d/e", "deep"),
        ("/a/b", "none"),
        ("/", "none"),
        ("", "none"),
    ],
)
def test_a_request_goes_to_the_door_with_the_longest_prefix(path: str, door: str) -> None:
    assert Dispatcher(DOORS, "none").door(path) == door


@pytest.mark.parametrize("prefix", ["rest", "", "/a/b/c/d"])
def test_a_prefix_that_could_never_match_is_refused(prefix: str) -> None:
    with pytest.raises(ValueError, match="prefix"):
        Dispatcher({prefix: "x"}, "none")
