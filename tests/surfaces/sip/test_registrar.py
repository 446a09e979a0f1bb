"""The registrar (RFC 3261 10, RFC 3327, RFC 5626)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.domain.registrations import Registration
from emulator.snapshot import graph
from emulator.snapshot.layout import Layout
from emulator.snapshot.part import types_of
from emulator.surfaces.sip.bindings import SPARE
from emulator.surfaces.sip.contacts import Intervals
from emulator.surfaces.sip.registrar import RegistrarSettings
from emulator.surfaces.sip.transport import Flow
from tests.surfaces.sip.phones import DESK, PASSWORDS, SECOND, START, Site, fields_of

PROXY = Flow("TCP", "192.0.2.1", 5060)
PHONE = "<sip:1001@10.0.0.1>"
OTHER = "<sip:1001@10.0.0.2>"
INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"'


def test_a_phone_is_asked_for_its_password_and_then_registered() -> None:
    site = Site()
    asked = site.registrar.register(site.request(PHONE), DESK)
    assert asked.code == 401
    assert len(fields_of(asked)["WWW-Authenticate"]) == 2
    assert site.uris() == []
    assert site.register(PHONE).code == 200
    assert site.uris() == ["sip:1001@10.0.0.1"]
    assert site.changes == [("1001", True)]


def test_the_response_lists_all_bindings_with_what_is_left_of_their_time() -> None:
    site = Site()
    site.register(f"{PHONE};expires=600;q=0.5")
    site.now += 100 * SECOND + 1
    response = site.register(f"{OTHER};{INSTANCE}", Expires="1200")
    assert fields_of(response) == {
        "Via": ["SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1"],
        "From": ["<sip:1001@call.example>;tag=f"],
        "To": [response.headers["To"]],
        "Call-ID": ["call"],
        "CSeq": ["2 REGISTER"],
        "Contact": [
            "<sip:1001@10.0.0.1>;expires=500;q=0.5",
            f"<sip:1001@10.0.0.2>;expires=1200;{INSTANCE}",
        ],
        "Date": ["Mon, 24 Dec 2018 11:17:51 GMT"],
        "Content-Length": ["0"],
    }
    assert response.headers["To"].startswith("<sip:1001@call.example>;tag=")


def test_a_tag_of_to_stays() -> None:
    response = Site().register(PHONE, To="<sip:1001@call.example>;tag=mine")
    assert response.headers["To"] == "<sip:1001@call.example>;tag=mine"


def test_a_request_without_contacts_only_asks() -> None:
    site = Site()
    site.register(PHONE)
    response = site.register(CSeq="1 REGISTER", Expires="0")
    assert fields_of(response)["Contact"] == ["<sip:1001@10.0.0.1>;expires=3600"]
    assert site.uris() == ["sip:1001@10.0.0.1"]


@pytest.mark.parametrize(
    ("parameter", "header", "granted"),
    [
        ("", None, 3600),
        ("", "600", 600),
        (";expires=300", "600", 300),
        (";expires=60", None, 60),
        (";expires=4294967295", None, 7200),
        (";expires=99999999999999999999", None, 3600),
        (";expires=soon", "600", 3600),
    ],
)
def test_a_binding_lives_as_long_as_asked_up_to_the_maximum(
    parameter: str, header: str | None, granted: int
) -> None:
    site = Site()
    site.register(PHONE + parameter, **({} if header is None else {"Expires": header}))
    (binding,) = site.registrar.bindings_of("1001")
    assert binding.expires_at == START + granted * SECOND


def test_too_short_an_interval_is_refused_with_the_shortest() -> None:
    site = Site()
    response = site.register(OTHER, f"{PHONE};expires=59")
    assert response.code == 423
    assert response.headers["Min-Expires"] == "60"
    assert site.uris() == []


def test_a_contact_is_removed_by_the_interval_0() -> None:
    site = Site()
    site.register(PHONE, OTHER)
    site.register(f"{PHONE};expires=0")
    assert site.uris() == ["sip:1001@10.0.0.2"]
    assert site.register(OTHER, Expires="0").code == 200
    assert site.changes == [("1001", True), ("1001", False)]


def test_a_contact_that_is_not_there_can_be_removed() -> None:
    site = Site()
    assert site.register(f"{PHONE};expires=0").code == 200
    assert site.changes == []


def test_a_star_removes_all() -> None:
    site = Site()
    site.register(PHONE, OTHER)
    assert "Contact" not in fields_of(site.register("*", Expires="0"))
    assert site.uris() == []
    assert site.changes == [("1001", True), ("1001", False)]


@pytest.mark.parametrize(
    ("contacts", "headers"),
    [(("*",), {}), (("*",), {"Expires": "60"}), (("*", PHONE), {"Expires": "0"})],
)
def test_a_star_that_is_not_alone_or_does_not_remove_is_refused(
    contacts: tuple[str, ...], headers: dict[str, str]
) -> None:
    site = Site()
    site.register(OTHER)
    assert site.register(*contacts, **headers).code == 400
    assert site.uris() == ["sip:1001@10.0.0.2"]


@pytest.mark.parametrize("contact", [PHONE, OTHER, f"{PHONE};expires=0", "*"])
@pytest.mark.parametrize("cseq", [4, 5])
def test_an_older_request_of_the_same_call_id_is_refused(contact: str, cseq: int) -> None:
    site = Site()
    site.register(PHONE, CSeq="5 REGISTER")
    response = site.register(contact, CSeq=f"{cseq} REGISTER", Expires="0")
    assert response.code == 500
    assert site.uris() == ["sip:1001@10.0.0.1"]


def test_another_call_id_begins_to_count_anew() -> None:
    site = Site()
    site.register(PHONE, CSeq="5 REGISTER")
    assert site.register(f"{PHONE};q=0.1", CSeq="1 REGISTER", Call_ID="rebooted").code == 200
    (binding,) = site.registrar.bindings_of("1001")
    assert (binding.call_id, binding.cseq, binding.q) == ("rebooted", 1, 0.1)


def test_contacts_are_rung_by_falling_q_and_the_newest_first() -> None:
    site = Site()
    site.register("<sip:a@h>;q=0.2", "<sip:b@h>", "<sip:c@h>;q=0.2, <sip:d@h>;q=1.000")
    assert site.uris() == ["sip:d@h", "sip:b@h", "sip:c@h", "sip:a@h"]
    site.register("<sip:a@h>;q=0.2")
    assert site.uris() == ["sip:d@h", "sip:b@h", "sip:a@h", "sip:c@h"]


def test_an_equivalent_uri_is_the_same_contact() -> None:
    site = Site()
    site.register("<sip:1001@Phone.Example;transport=tcp>")
    site.register("<sip:%31001@phone.example;Transport=TCP;ob>")
    assert site.uris() == ["sip:%31001@phone.example;Transport=TCP;ob"]


def test_a_phone_that_moved_replaces_the_binding_of_its_instance() -> None:
    site = Site()
    site.register(f"{PHONE};{INSTANCE}", "<sip:1001@10.0.0.9>")
    site.register(f"{OTHER};{INSTANCE}", Call_ID="rebooted")
    assert site.uris() == ["sip:1001@10.0.0.2", "sip:1001@10.0.0.9"]


def test_a_phone_that_has_no_flows_any_more_replaces_them_all() -> None:
    site = Site()
    site.register(f"{PHONE};{INSTANCE};reg-id=1", f"{PHONE};{INSTANCE};reg-id=2")
    site.register(f"{OTHER};{INSTANCE}")
    assert site.uris() == ["sip:1001@10.0.0.2"]
    site.register(f"{PHONE};{INSTANCE};reg-id=1")
    assert site.uris() == ["sip:1001@10.0.0.1"]


def test_a_phone_may_have_several_flows() -> None:
    site = Site()
    for number in (1, 2):
        response = site.register(f"{PHONE};{INSTANCE};reg-id={number}", Supported="path, Outbound")
        assert fields_of(response)["Require"] == ["outbound"]
    assert site.uris() == ["sip:1001@10.0.0.1"] * 2
    response = site.register(f"{OTHER};{INSTANCE};reg-id=2")
    assert "Require" not in fields_of(response)
    assert site.uris() == ["sip:1001@10.0.0.2", "sip:1001@10.0.0.1"]
    assert f"{INSTANCE};reg-id=2" in response.headers.getlist("Contact")[1]


def test_a_phone_behind_nat_is_reached_where_it_came_from() -> None:
    site = Site()
    seen = Flow("UDP", "192.0.2.1", 40000)
    site.register(PHONE, "<sip:b@192.0.2.1:5062>", flow=seen)
    near, far = site.registrar.bindings_of("1001")
    assert (near.flow, near.source) == (None, seen)
    assert (far.flow, far.source) == (seen, seen)


def test_an_ipv6_phone_is_where_it_says() -> None:
    site = Site()
    site.register("<sip:a@[2001:db8::1]>", flow=Flow("UDP", "2001:db8::1", 5060))
    (binding,) = site.registrar.bindings_of("1001")
    assert binding.flow is None
    assert site.registrar.as_rows()[0].source == "[2001:db8::1]:5060"


@pytest.mark.parametrize("transport", ["TCP", "TLS", "tcp", "WS"])
def test_a_phone_is_reached_by_the_connection_that_it_opened(transport: str) -> None:
    site = Site()
    flow = Flow(transport, "10.0.0.1", 40000, serial=7)
    site.register(PHONE, flow=flow)
    (binding,) = site.registrar.bindings_of("1001")
    assert binding.flow == flow


def test_a_path_is_kept_and_leads_to_the_phone() -> None:
    site = Site()
    path = ["<sip:p1.example;lr>", "<sip:p2.example;lr>"]
    response = site.register(PHONE, Path=", ".join(path), Require="path", flow=PROXY)
    (binding,) = site.registrar.bindings_of("1001")
    assert binding.path == tuple(path)
    assert binding.flow is None
    assert fields_of(response)["Path"] == path


@pytest.mark.parametrize(
    "to", ["<sip:1001@elsewhere.example>", "sip:call.example", "<sips:1001@call>"]
)
def test_users_of_other_domains_are_not_found(to: str) -> None:
    assert Site().register(PHONE, To=to).code == 404


def test_a_registrar_may_have_several_domains() -> None:
    site = Site(RegistrarSettings(domains=("127.0.0.1", "[::1]", "PBX.example")))
    for domain in ("127.0.0.1", "[::1]:5070", "pbx.EXAMPLE"):
        assert site.register(PHONE, To=f"<sip:1001@{domain}>").code == 200


def test_unknown_extensions_are_refused_before_anything_is_asked() -> None:
    site = Site()
    request = site.request(PHONE, Require="path, gruu,Foo")
    response = site.registrar.register(request, DESK)
    assert response.code == 420
    assert response.headers["Unsupported"] == "gruu, Foo"


def test_nobody_registers_for_somebody_else() -> None:
    site = Site()
    request = site.authenticated(site.request(PHONE, user="1002"), "1001", PASSWORDS["1001"])
    assert site.registrar.register(request, DESK).code == 403
    assert site.uris("1002") == []


def test_an_unknown_user_is_asked_like_any_other() -> None:
    site = Site()
    assert site.guess("9999") == site.guess("1001") == 401


def test_the_same_credentials_do_not_register_twice() -> None:
    site = Site()
    request = site.authenticated(site.request(PHONE), "1001", PASSWORDS["1001"])
    assert site.registrar.register(request, DESK).code == 200
    site.registrar.forget("1001")
    response = site.registrar.register(request, DESK)
    assert response.code == 401
    assert all("stale=true" in it for it in fields_of(response)["WWW-Authenticate"])
    assert site.uris() == []


def test_a_user_has_so_many_contacts_and_no_more() -> None:
    site = Site(RegistrarSettings(contacts=2))
    site.register(PHONE, OTHER)
    assert site.register("<sip:1001@10.0.0.3>").code == 403
    assert site.register(PHONE).code == 200
    assert site.register("<sip:1001@10.0.0.3>", f"{PHONE};expires=0").code == 200
    assert site.uris() == ["sip:1001@10.0.0.3", "sip:1001@10.0.0.2"]


def test_there_are_so_many_bindings_and_no_more() -> None:
    site = Site(RegistrarSettings(bindings=2))
    site.register(PHONE)
    site.register(PHONE, user="1002")
    assert site.register(PHONE, user="1003").code == 503
    assert site.register(PHONE, user="1002").code == 200
    site.registrar.forget("1001")
    assert site.register(PHONE, user="1003").code == 200


@pytest.mark.parametrize("limits", [RegistrarSettings(contacts=1), RegistrarSettings(bindings=1)])
def test_bindings_beyond_a_limit_that_was_lowered_can_be_refreshed(
    limits: RegistrarSettings,
) -> None:
    site, later = Site(), Site(limits)
    site.register(PHONE, OTHER)
    later.registrar.parts()[0].load(site.registrar.parts()[0].save())
    assert later.register(PHONE, CSeq="2 REGISTER").code == 200
    assert later.register("<sip:1001@10.0.0.3>", CSeq="3 REGISTER").code in (403, 503)


@pytest.mark.parametrize(
    "contact",
    [
        f"<sip:{'a' * 513}@h>",
        "<sip:a@h>;q=2",
        "<sip:a@h>;q=0.1234",
        "<tel:+8675528780808>",
        "<sip:a@h",
        "nonsense",
        "sip:a>b@h",
        "<sip:a@h>;expires=60;expires=90",
        '<sip:a@h>;+sip.instance="<a>\r\nX: y"',
    ],
)
def test_contacts_that_cannot_be_kept_are_refused(contact: str) -> None:
    site = Site()
    assert site.register(OTHER, contact).code == 400
    assert site.uris() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Call_ID", ""),
        ("Call_ID", "a" * 513),
        ("CSeq", "REGISTER"),
        ("To", "nobody"),
        ("To", ""),
        ("Path", ", ".join(["<sip:p>"] * 11)),
        ("Path", f"<sip:{'p' * 513}>"),
        ("Path", "<sip:p>\r\nX: y"),
    ],
)
def test_requests_that_cannot_be_read_are_refused(name: str, value: str) -> None:
    site = Site()
    assert site.register(PHONE, **{name: value}).code == 400
    assert site.uris() == []


@pytest.mark.parametrize(
    ("contact", "uri"),
    [
        ("sip:1001@10.0.0.1:5062;expires=90", "sip:1001@10.0.0.1:5062"),
        ('"Li, \\"Wei\\"" <sip:1001@h;line=a?b=c>\r\n ;Expires = 90', "sip:1001@h;line=a?b=c"),
        ("<SIP:10%2001@my_phone;ob>;EXPIRES=90;Q=.5".replace("Q=.5", "Q=0."), None),
        ('<sip:h>;methods="INVITE, BYE";audio;expires=90', "sip:h"),
        ("<sips:a@[2001:db8::1]:5061;transport=tls>;expires=90", None),
    ],
)
def test_unusual_but_legal_contacts_are_kept_as_they_were_written(
    contact: str, uri: str | None
) -> None:
    site = Site()
    response = site.register(contact)
    assert response.code == 200
    (kept,) = site.uris()
    assert kept == uri or (uri is None and f"<{kept}>" in contact)
    assert response.headers["Contact"].startswith(f"<{kept}>;expires=90")


def test_forgetting_a_user_takes_all_bindings() -> None:
    site = Site()
    site.register(PHONE, OTHER)
    site.registrar.forget("1001")
    site.registrar.forget("1001")
    assert site.uris() == []
    assert site.changes == [("1001", True), ("1001", False)]


def test_a_user_is_gone_when_the_last_binding_expires() -> None:
    site = Site()
    site.register(f"{PHONE};expires=60", f"{OTHER};expires=90")
    assert site.registrar.next_expiry == START + 60 * SECOND
    site.registrar.expire(START + 60 * SECOND)
    assert site.changes == [("1001", True)]
    assert site.registrar.next_expiry == START + 90 * SECOND
    site.registrar.expire(START + 90 * SECOND)
    assert site.changes == [("1001", True), ("1001", False)]
    assert site.registrar.next_expiry is None


def test_a_binding_that_expired_is_gone_though_nobody_came_to_remove_it() -> None:
    site = Site()
    site.register(f"{PHONE};expires=60", CSeq="5 REGISTER")
    site.now += 60 * SECOND
    response = site.register(OTHER, CSeq="5 REGISTER")
    assert fields_of(response)["Contact"] == ["<sip:1001@10.0.0.2>;expires=3600"]
    assert site.changes == [("1001", True), ("1001", False), ("1001", True)]


def test_a_refreshed_binding_expires_later() -> None:
    site = Site()
    site.register(f"{PHONE};expires=60")
    site.now += 30 * SECOND
    site.register(f"{PHONE};expires=60")
    assert site.registrar.next_expiry == START + 90 * SECOND
    site.registrar.expire(START + 60 * SECOND)
    assert site.uris() == ["sip:1001@10.0.0.1"]


def test_refreshing_for_ever_takes_no_memory() -> None:
    site = Site()
    for _ in range(2 * SPARE):
        site.now += SECOND
        site.register(PHONE)
    assert len(site.registrar._bindings._expiries) <= SPARE + 2


def test_rows_show_who_is_where_and_how_long() -> None:
    site = Site()
    site.register(f"{PHONE};expires=60", User_Agent="Phone 1.0")
    site.register(OTHER, user="1002", flow=Flow("TLS", "192.0.2.1", 40000))
    site.now += SECOND
    assert site.registrar.as_rows() == [
        Registration("1001", "sip:1001@10.0.0.1", "UDP", "10.0.0.1:5060", 59, "Phone 1.0"),
        Registration("1002", "sip:1001@10.0.0.2", "TLS", "192.0.2.1:40000", 3599, ""),
    ]
    site.now += 59 * SECOND
    assert [row.user for row in site.registrar.as_rows()] == ["1002"]


def test_a_snapshot_keeps_all_of_it() -> None:
    site, later = Site(), Site()
    site.register(f"{PHONE};expires=60", f"{OTHER};q=0.5", Path="<sip:p;lr>")
    site.guess("1002")
    parts, others = site.registrar.parts(), later.registrar.parts()
    layout = Layout(types_of(parts))
    for part, other in zip(parts, others, strict=True):
        text = json.dumps(graph.encode(part.save(), layout))
        other.load(graph.decode(json.loads(text), layout, layout.roots[part.name]))
        assert other.save() == part.save()
    assert later.registrar.bindings_of("1001") == site.registrar.bindings_of("1001")
    assert later.registrar.next_expiry == START + 60 * SECOND
    assert later.registrar._bindings.count == 2


STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["1001", "1002"]),
        st.integers(0, 3),
        st.integers(0, 60),
    ),
    max_size=40,
)


@given(STEPS, st.booleans())
def test_a_binding_is_found_until_it_expires_and_never_after(
    steps: list[tuple[int, str, int, int]], timely: bool
) -> None:
    site = Site(RegistrarSettings(intervals=Intervals(minimum=1)))
    model: dict[tuple[str, str], int] = {}
    for contact, user, tens, seconds in steps:
        uri = f"sip:{contact}@h"
        assert site.register(f"<{uri}>;expires={tens * 10}", user=user).code == 200
        model[user, uri] = site.now + tens * 10 * SECOND
        site.now += seconds * SECOND
        if timely:
            site.registrar.expire(site.now)
        for who in ("1001", "1002"):
            alive = {uri for (user, uri), at in model.items() if user == who and at > site.now}
            assert set(site.uris(who)) == alive
        alive_at = [at for at in model.values() if at > site.now]
        if timely:
            assert site.registrar.next_expiry == min(alive_at, default=None)
            there = dict(site.changes)
            assert all(there.get(who, False) == bool(site.uris(who)) for who in ("1001", "1002"))


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.sampled_from(["a", "b"]), st.integers(0, 3)), max_size=20
    )
)
def test_the_newest_cseq_wins(requests: list[tuple[int, str, int]]) -> None:
    site = Site()
    newest: dict[str, int] = {}
    for cseq, call_id, q in requests:
        told = site.register(f"{PHONE};q=0.{q}", CSeq=f"{cseq} REGISTER", Call_ID=call_id)
        if cseq > newest.get(call_id, 0):
            assert told.code == 200
            newest = {call_id: cseq}
        else:
            assert told.code == 500
        (binding,) = site.registrar.bindings_of("1001")
        assert newest == {binding.call_id: binding.cseq}


@given(st.text(max_size=60))
def test_no_contact_brings_the_registrar_down(contact: str) -> None:
    site = Site()
    assert site.register(OTHER).code == 200
    response = site.register(contact)
    assert response.code in (200, 400)
    assert all("\n" not in it and "\r" not in it for it in response.headers.getlist("Contact"))


@given(st.text(max_size=60))
def test_no_credentials_bring_the_registrar_down(told: str) -> None:
    site = Site()
    request = site.request(PHONE)
    request.headers.add("Authorization", f"Digest {told}")
    assert site.registrar.register(request, DESK).code == 401


def test_intervals_are_a_matter_of_settings() -> None:
    settings = RegistrarSettings(intervals=Intervals(30, 120, 240))
    site = Site(replace(settings, contacts=1))
    site.register(PHONE)
    assert site.registrar.next_expiry == START + 120 * SECOND
