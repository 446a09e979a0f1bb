"""A call center whose monitoring is asked: quiet at first, busy when a test wants it to be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from emulator.clients.signer import authorization_header
from emulator.store.engine import MEMORY_URL
from emulator.store.store import Store
from emulator.switch.config import GroupMemberConfig, TenantConfig, UserGroupConfig
from emulator.switch.terms import GroupType
from tests.contract.cms import facts
from tests.contract.world import World

AK, SK = "demo-ak", "demo-sk"
GLOBAL_AK, GLOBAL_SK = "global-ak", "global-sk"
USUAL_KEY = ("", "")
"""The demo VDN's key, or the platform's own where only that one may ask."""
OTHER_VDN = 2
TEAM, INSPECTORS = "159253666192354492596520647666", "159282396714302232563636876268"
"""The user groups of `have_groups`."""
OTHER_AK, OTHER_SK = "other-ak", "other-sk"
SIGNED_AT = datetime(2026, 1, 1, tzinfo=UTC)

Answer = dict[str, Any]


class MonitoredWorld(World):
    """The demo's call center, a second one beside it, and keys for each and for both."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(
            Store.open(MEMORY_URL),
            signature_window=0,
            global_ak=GLOBAL_AK,
            global_sk=GLOBAL_SK,
            **settings,
        )
        self.platform.store.save_tenant(self.platform.switch.tenants[1].config)
        other = TenantConfig(OTHER_VDN, "other", secrets={"ak": OTHER_AK, "sk": OTHER_SK})
        self.do(lambda switch: switch.apply_tenant(other))

    def __exit__(self, *exception: object) -> None:
        self._run(self.platform.stop())
        self.platform.store.close()
        super().__exit__(*exception)

    def reply_to(
        self,
        section: str,
        body: Any = None,
        path: Mapping[str, Any] | None = None,
        *,
        key: tuple[str, str] | None = USUAL_KEY,
        template: str = "",
    ) -> Any:
        """Send a signed request; without a key an unsigned one.

        `template` stands in the place of the documented path: some have a second form.
        """
        interface = facts.interface(section)
        if key == USUAL_KEY:
            key = (GLOBAL_AK, GLOBAL_SK) if interface.global_only else (AK, SK)
        target = template or interface.path
        for name, value in (path or {}).items():
            target = target.replace(f"{{{name}}}", str(value))
        raw = b"" if body is None else body if isinstance(body, bytes) else _json(body)
        headers = {"host": "127.0.0.1", "content-type": "application/json; charset=UTF-8"}
        headers["content-length"] = str(len(raw))
        if key is not None:
            headers["authorization"] = authorization_header(
                *key,
                method=interface.method,
                target=target.encode(),
                headers=headers,
                body=raw,
                at=SIGNED_AT,
            )
        return self.request(interface.method, target, body=raw, headers=headers)

    def ask(
        self, section: str, body: Any = None, path: Mapping[str, Any] | None = None, **how: Any
    ) -> Answer:
        """The document that answers a request."""
        answer: Answer = self.reply_to(section, body, path, **how).document
        return answer

    def result(self, section: str, /, **body: Any) -> Any:
        """What a request about VDN 1 that must succeed gives."""
        answer = self.ask(section, {"ccId": 1, "vdn": 1, **body})
        assert answer["resultCode"] == "0100000", (section, answer)
        return answer["resultDesc"]

    def have_groups(self) -> None:
        """A team of 101 and 102, which 191 inspects; whatever groups there were are gone."""
        team = UserGroupConfig(
            TEAM,
            "team",
            members=(GroupMemberConfig(101, "1" * 30), GroupMemberConfig(102, "2" * 30)),
        )
        inspectors = UserGroupConfig(
            INSPECTORS,
            "inspectors",
            GroupType.INSPECTORS,
            "Inspector group",
            (GroupMemberConfig(191, "3" * 30),),
            (TEAM,),
        )
        self.configure_demo(user_groups=(team, inspectors))

    def be_busy(self) -> None:
        """A morning: agents in most states; callers who talk, ring, wait, listen; some have left.

        101 talks to a customer who waited 5 s, 102 rings, 103 is busy, 104 rests, 105 studies,
        106 has a customer on hold, 111 wraps up, 112 talks to a number it has called, 113 is idle
        for sales. Two customers wait for support, one hears the menu, one hung up while waiting.
        """
        self._stay_away()
        self._serves_one_who_waited(101, "13800000001", 5)
        self._serves_one_who_waited(106, "13800000006", 0)
        self.do(lambda sw: sw.hold_call(106))
        self._gives_up("13800000007", 4)
        self._takes_a_short_call(111, "13800000008")
        self.sign_in(112)
        self.do(lambda sw: sw.make_call(112, "13900000112"))
        self.pass_time(3)
        for agent in (113, 102):
            self.sign_in(agent)
        for customer in ("13800000002", "13800000003", "13800000004"):
            self.dial_in("95001", customer)
        self.dial_in("95003", "13800000005")
        self.pass_time(1)

    def _serves_one_who_waited(self, agent: int, customer: str, seconds: float) -> None:
        call = self.dial_in("95001", customer)
        self.pass_time(seconds)
        self.sign_in(agent)
        self.do(lambda sw: sw.answer_call(agent, call))

    def _gives_up(self, customer: str, seconds: float) -> None:
        call = self.dial_in("95001", customer)
        self.pass_time(seconds)
        self.do(lambda sw: sw.outside_hangs_up(call))

    def _takes_a_short_call(self, agent: int, customer: str) -> None:
        self.sign_in(agent)
        call = self.dial_in("95002", customer)
        self.pass_time(3)
        self.do(lambda sw: sw.answer_call(agent, call))
        self.pass_time(30)
        self.do(lambda sw: sw.outside_hangs_up(call))
        self.do(lambda sw: sw.set_working(agent))

    def _stay_away(self) -> None:
        for agent in (103, 104, 105):
            self.sign_in(agent)
        self.do(lambda sw: sw.set_not_ready(103, 201))
        self.do(lambda sw: sw.request_rest(104, 600, 200))
        self.do(lambda sw: sw.set_study(105, studying=True))

    def configure_demo(self, **changes: Any) -> None:
        """Change the demo VDN's configuration."""
        tenant = self.platform.switch.tenants[1].config
        self.do(lambda switch: switch.apply_tenant(replace(tenant, **changes)))


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
