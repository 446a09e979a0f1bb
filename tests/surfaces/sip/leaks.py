"""When all calls are over nothing is left of them."""

from __future__ import annotations

from tests.surfaces.sip.studio import Studio
from tests.surfaces.sip.test_leg import Site

LONG = 200
"""Seconds after which no transaction is left."""
TIMERS = 2
"""Of a leg that has nothing to do: registrations, and what recordings look for."""


def end_all_calls(site: Site) -> None:
    """Whoever is on a call hangs up."""
    switch = site.world.platform.switch
    for call in list(switch.calls.values()):
        if call.id not in switch.calls:
            continue
        first = call.connections[0].agent
        if first is not None:
            site.world.do(lambda sw, who=first.work_no, it=call.id: sw.release_call(who, it))
        else:
            site.world.do(lambda sw, it=call.id: sw.outside_hangs_up(it))


def nothing_is_left(site: Site) -> None:
    """End all calls, and look for dialogs, transactions, ports and timers."""
    end_all_calls(site)
    for agent in site.world.platform.switch.agents.values():
        if agent.signed_in and not agent.connections:
            site.world.do(lambda sw, number=agent.work_no: sw.log_off(number))
    site.pass_time(LONG)
    leg = site.leg
    assert (leg.stack.pending, leg.parties, len(leg.customers.parties)) == (0, {}, 0)
    assert (len(leg.phones.lines), len(leg.referrals), leg.sounds.open) == (0, 0, 0)
    if isinstance(site.media, Studio):
        assert site.media.connected == {}
    assert (site.caller.stack.pending, site.phone.stack.pending) == (0, 0)
    assert site.network.clock.waiting <= TIMERS
