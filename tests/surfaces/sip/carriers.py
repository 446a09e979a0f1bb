"""A call center with gateways to the world outside, which are moved by hand."""

from __future__ import annotations

from typing import Any

from sipmessage import Request

from emulator.media.wiring import Media
from emulator.surfaces.sip import sdp
from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.peering import GatewayConfig, Peering
from emulator.surfaces.sip.sdp import Description
from emulator.surfaces.sip.transactions import ServerTransaction
from emulator.switch.events import Event
from tests.contract.world import World
from tests.surfaces.sip.network import Network
from tests.surfaces.sip.test_leg import AGENT, Peer, Site

NEAR, FAR = "10.0.1.1", "10.0.1.2"
FRIEND = "13900000009"
VOICE = sdp.write(Description(NEAR, 7000), 1)


class Carrier(Peer):
    """A gateway: `alive` says whether it answers OPTIONS, `reasons` what its refusals tell."""

    def __init__(self, network: Network, host: str) -> None:
        super().__init__(network, host)
        self.alive = True

    def request(self, transaction: ServerTransaction, request: Request) -> None:
        if request.method != "OPTIONS" or self.alive:
            super().request(transaction, request)

    @property
    def invite(self) -> Request:
        """The last INVITE that it was sent."""
        return self.offered[-1].request

    def tell(self, code: int, body: bytes = b"", *, branch: str = "a", **more: str) -> None:
        """Answer the last INVITE, as the phone with the tag `branch`."""
        transaction = self.offered[-1]
        response = make_response(transaction.request, code, to_tag=branch)
        if code < 300:
            response.headers.set("Contact", f"<sip:{branch}@{self.host}>")
        response.body = body
        for name, value in more.items():
            response.headers.set(name.replace("_", "-"), value)
        transaction.respond(response)
        self.network.clock.advance(0.1)

    def sent(self, method: str) -> list[Request]:
        """What it was sent of one method."""
        return [it for it in self.heard if it.method == method]


class TrunkSite(Site):
    """A site with the gateways `near` and `far`, which serve the same trunk group."""

    def __init__(
        self,
        world: World,
        media: Media | None = None,
        *,
        near: dict[str, Any] | None = None,
        far: dict[str, Any] | None = None,
        **peering: Any,
    ) -> None:
        gateways = (
            GatewayConfig("near", NEAR, **(near or {})),
            GatewayConfig("far", FAR, **{"weight": 0, **(far or {})}),
        )
        super().__init__(world, media=media, peering=Peering(gateways, **peering))
        self.near = Carrier(self.network, NEAR)
        self.far = Carrier(self.network, FAR)
        self.told: list[Event] = []
        world.platform.subscribe(self.told.append)
        self.leg.gateways.start()
        self.pass_time(0.1)

    def calls_out(self, number: str = FRIEND) -> str:
        """Agent 101, who is signed in at a simulated phone, calls somebody outside."""
        call: str = self.world.do(lambda switch: switch.make_call(AGENT, number))
        self.pass_time(0.1)
        return call

    def heard(self, kind: type[Any]) -> list[Any]:
        """What the switch has told, of one kind."""
        return [it for it in self.told if type(it) is kind]
