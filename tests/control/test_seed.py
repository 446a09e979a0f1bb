"""Seeds: call centers described in YAML."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.control.seed import (
    SeedError,
    load_seed,
    open_seed,
    parse_seed,
    seed_names,
    seed_of,
    seed_of_text,
)
from emulator.domain.messages import EarlierMessage, Message
from emulator.store import (
    Contact,
    Customer,
    Directory,
    MessageChannel,
    MessageDirection,
    Store,
)
from emulator.switch.config import (
    GroupMemberConfig,
    RestReasonConfig,
    RouteConfig,
    SkillConfig,
    UserGroupConfig,
)
from emulator.switch.terms import AgentType, GroupType, MediaType, Role, TargetType

MINIMAL = """
tenants:
  - id: 1
    name: desk
    queues:
      - {id: 1, name: support}
"""


def refused(text: str) -> tuple[tuple[str, str], ...]:
    with pytest.raises(SeedError) as error:
        parse_seed(text)
    return error.value.problems


def test_the_demo_call_center_has_the_agents_that_the_documentation_names() -> None:
    (tenant,) = load_seed("demo")
    agents = {agent.work_no: agent for agent in tenant.agents}
    assert list(agents) == [*range(101, 121), 191, 192]
    assert {agent.password for agent in tenant.agents} == {"Demo@2026"}
    assert {agent.work_no: int(agent.phone) for agent in tenant.agents} == {
        number: 40_000 + number for number in agents
    }
    assert agents[101].account == "agent101"
    assert {number for number, agent in agents.items() if agent.role is Role.INSPECTOR} == {
        191,
        192,
    }
    types = {number: agent.agent_type for number, agent in agents.items()}
    assert {types[number] for number in (*range(101, 116), 191, 192)} == {AgentType.AUDIO}
    assert {types[number] for number in range(116, 119)} == {AgentType.MULTIMEDIA}
    assert {types[number] for number in range(119, 121)} == {AgentType.VIDEO}


def test_every_demo_agent_has_its_phone_with_the_same_password() -> None:
    (tenant,) = load_seed("demo")
    assert {phone.number: phone.password for phone in tenant.phones} == {
        agent.phone: "Demo@2026" for agent in tenant.agents
    }


def test_the_demo_queues_have_their_media_and_their_agents() -> None:
    (tenant,) = load_seed("demo")
    assert [(queue.id, queue.name, queue.media_type) for queue in tenant.queues] == [
        (1, "support", MediaType.VOICE),
        (2, "sales", MediaType.VOICE),
        (3, "chat", MediaType.SOCIAL_CHAT),
        (4, "video", MediaType.VIDEO),
    ]
    members = {
        queue.id: [
            agent.work_no
            for agent in tenant.agents
            if queue.id in {skill.queue for skill in agent.skills}
        ]
        for queue in tenant.queues
    }
    assert members == {
        1: [*range(101, 111)],
        2: [*range(106, 116)],
        3: [116, 117, 118],
        4: [119, 120],
    }
    assert {queue.wrap_up for queue in tenant.queues} == {0}


def test_the_demo_access_codes_lead_to_queues_and_to_the_menu() -> None:
    (tenant,) = load_seed("demo")
    assert {access_code.code: access_code.routes for access_code in tenant.access_codes} == {
        "95001": (RouteConfig(TargetType.QUEUE, 1),),
        "95002": (RouteConfig(TargetType.QUEUE, 2),),
        "95003": (RouteConfig(TargetType.IVR, 1),),
        "95004": (RouteConfig(TargetType.QUEUE, 4),),
    }
    assert tenant.flows[0].nodes["start"]["digits"] == {
        "1": "to_support",
        "2": "to_sales",
        "9": "message",
    }


def test_the_demo_seed_comes_back_from_the_store() -> None:
    tenants = load_seed("demo")
    with Store.open() as store:
        store.save_tenant(tenants[0])
        assert store.load_tenants() == tenants


def test_a_seed_can_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(MINIMAL, encoding="utf-8")
    assert load_seed(path)[0].queues[0].name == "support"
    assert load_seed(str(path)) == load_seed(path)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    assert "demo" in seed_names()
    with pytest.raises(SeedError, match=r"^nowhere: there is no such seed; there are: .*demo"):
        load_seed("nowhere")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"gone\.yaml: there is no such seed$"):
        load_seed(tmp_path / "gone.yaml")


def test_a_directory_is_not_a_seed(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="cannot be read"):
        load_seed(tmp_path)


def test_an_error_names_the_source_the_place_and_the_reason() -> None:
    with pytest.raises(SeedError) as error:
        parse_seed(MINIMAL + "      - {id: 1, name: sales}\n", "mine.yaml")
    assert str(error.value) == "mine.yaml: tenants[0].queues[1].id: 1: occurs more than once"


@pytest.mark.parametrize(
    ("lines", "place", "reason"),
    [
        ("colour: blue", "tenants[0].colour", "is not known here"),
        ("rest_approval: perhaps", "tenants[0].rest_approval", "must be true or false"),
        ("ring: soon", "tenants[0].ring", "must be a whole number"),
        ("default_answer_after: soon", "tenants[0].default_answer_after", "must be a number"),
        (
            "default_caller: 95000",
            "tenants[0].default_caller",
            "must be text; put numbers in quotes",
        ),
        ("agents: 3", "tenants[0].agents", "must be a list"),
        ("agents: [3]", "tenants[0].agents[0]", "must be a mapping"),
        ("phones: [{password: x}]", "tenants[0].phones[0].number", "is missing"),
        (
            "agents: [{work_no: 101, name: a, role: boss}]",
            "tenants[0].agents[0].role",
            "must be one of: 2, 3 or 4",
        ),
        (
            "agents: [{work_no: 101, name: a, skills: [{queue: 1, weight: 3}]}]",
            "tenants[0].agents[0].skills[0].weight",
            "is not known here",
        ),
        (
            "agents: [{work_no: 99, name: a}]",
            "tenants[0].agents[0].work_no",
            "99 is not within 101 to 59999",
        ),
        (
            "agents: [{range: 59998-60000, name: a}]",
            "tenants[0].agents[0](n=60000).work_no",
            "60000 is not within 101 to 59999",
        ),
        (
            "agents: [{range: 101-103, name: a}, {work_no: 102, name: b}]",
            "tenants[0].agents[1].work_no",
            "102 occurs more than once in the world",
        ),
        (
            "agents: [{range: 103-101, name: a}, {work_no: 102, name: b}]",
            "tenants[0].agents[0].range",
            "must be two numbers, the smaller first, as 101-120",
        ),
        (
            "phones: [{range: many, number: a}]",
            "tenants[0].phones[0].range",
            "must be two numbers, the smaller first, as 101-120",
        ),
        (
            'access_codes: [{code: "1", routes: [{target: queue, target_id: 7}]}]',
            "tenants[0].access_codes[0].routes[0].target_id",
            "the tenant has no queue 7",
        ),
        (
            'access_codes: [{code: "1", routes: [x]}]',
            "tenants[0].access_codes[0].routes[0]",
            "must be a mapping",
        ),
        ("customers: 3", "tenants[0].customers", "must be a list"),
        ("customers: [{name: Ada}]", "tenants[0].customers[0].id", "is missing"),
        ('customers: [{id: ""}]', "tenants[0].customers[0].id", "must not be empty"),
        (
            "customers: [{id: 1}]",
            "tenants[0].customers[0].id",
            "must be text; put numbers in quotes",
        ),
        (
            'customers: [{id: "1", fon: "139"}]',
            "tenants[0].customers[0].fon",
            "is not known here",
        ),
        (
            'customers: [{id: "1"}, {id: "2"}, {id: "1"}]',
            "tenants[0].customers[2].id",
            "'1': occurs more than once",
        ),
        (
            'customers: [{id: "1", created_on: "1 March"}]',
            "tenants[0].customers[0].created_on",
            "must be a date, as 2026-03-01",
        ),
        (
            'contacts: [{id: "1", customer: "9"}]',
            "tenants[0].contacts[0].customer",
            "the tenant has no customer 9",
        ),
        ("messages: [{body: hello}]", "tenants[0].messages[0].channel", "is missing"),
        (
            "messages: [{channel: telex}]",
            "tenants[0].messages[0].channel",
            "must be one of: 'voice_mail', 'fax', 'sms' or 'email'",
        ),
        (
            "messages: [{channel: sms, direction: lost}]",
            "tenants[0].messages[0].direction",
            "must be one of: 'received' or 'sent'",
        ),
        (
            "messages: [{channel: sms, at: soon}]",
            "tenants[0].messages[0].at",
            "must be an instant, as 2026-03-01T09:00:00",
        ),
        (
            "messages: [{channel: sms, at: 3600}]",
            "tenants[0].messages[0].at",
            "must be an instant, as 2026-03-01T09:00:00",
        ),
        (
            "messages: [{channel: sms, at: 1969-12-31T00:00:00}]",
            "tenants[0].messages[0].at",
            "must be of a year from 1971 to 9998",
        ),
        (
            "messages: [{channel: sms, ago: yesterday}]",
            "tenants[0].messages[0].ago",
            "must be a number",
        ),
        (
            "messages: [{channel: sms, ago: -1}]",
            "tenants[0].messages[0].ago",
            "is not within 0 to 3162240000",
        ),
        (
            "messages: [{channel: sms, ago: .nan}]",
            "tenants[0].messages[0].ago",
            "is not within 0 to 3162240000",
        ),
        (
            "messages: [{channel: sms, at: 2026-03-01T09:00:00, ago: 60}]",
            "tenants[0].messages[0].ago",
            "stands beside at: one of them is enough",
        ),
        (
            "messages: [{channel: voice_mail, seconds: -1}]",
            "tenants[0].messages[0].seconds",
            "is not within 0 to 2147483647",
        ),
    ],
)
def test_each_fault_is_told_with_its_place(lines: str, place: str, reason: str) -> None:
    assert refused(MINIMAL + f"    {lines}\n") == ((place, reason),)


def test_all_faults_are_told_at_once() -> None:
    faults = refused(MINIMAL + "    ring: 0\n    agents: [{work_no: 1, name: a, max_chats: 0}]\n")
    assert [place for place, _ in faults] == [
        "tenants[0].ring",
        "tenants[0].agents[0].work_no",
        "tenants[0].agents[0].max_chats",
    ]


def test_faults_of_a_tenant_and_of_what_it_has_are_told_at_once() -> None:
    faults = refused(MINIMAL + '    ring: 0\n    customers: [{id: ""}]\n    messages: [{}]\n')
    assert [place for place, _ in faults] == [
        "tenants[0].ring",
        "tenants[0].messages[0].channel",
    ]
    faults = refused(MINIMAL + '    colour: red\n    customers: [{id: ""}]\n')
    assert [place for place, _ in faults] == ["tenants[0].colour", "tenants[0].customers[0].id"]


@pytest.mark.parametrize("text", ["", "[]", "tenants: 3", "agents: []"])
def test_a_seed_is_a_list_of_tenants(text: str) -> None:
    assert refused(text) == (("tenants", "must be a list of tenants"),)


def test_nothing_stands_beside_the_tenants() -> None:
    assert refused("tenants: []\nagents: []") == (("agents", "is not known here"),)


def test_a_tenant_is_a_mapping() -> None:
    assert refused("tenants: [desk]") == (("tenants[0]", "must be a mapping"),)


def test_a_key_that_occurs_twice_is_refused() -> None:
    assert refused(MINIMAL + "    name: other\n") == (
        ("line 7, column 5", "the key 'name' occurs twice"),
    )


def test_text_that_is_not_yaml_is_refused_with_its_line() -> None:
    ((place, _),) = refused("tenants: [\n  {id: 1")
    assert place.startswith("line 2")
    assert refused("tenants: \0")[0][1].startswith("is not YAML")


def test_names_and_numbers_of_enumerations_mean_the_same() -> None:
    by_name = "    agents: [{work_no: 101, name: a, agent_type: video, role: inspector}]\n"
    by_number = "    agents: [{work_no: 101, name: a, agent_type: 11, role: 3}]\n"
    assert parse_seed(MINIMAL + by_name) == parse_seed(MINIMAL + by_number)


def test_a_range_makes_an_entry_for_each_number() -> None:
    (tenant,) = parse_seed(
        MINIMAL + '    agents: [{range: 101-103, name: "A {n}", skills: [{queue: 1}]}]\n'
    )
    assert [(agent.work_no, agent.name) for agent in tenant.agents] == [
        (101, "A 101"),
        (102, "A 102"),
        (103, "A 103"),
    ]
    assert {agent.skills for agent in tenant.agents} == {(SkillConfig(1),)}


def test_rest_reasons_of_the_demo() -> None:
    (tenant,) = load_seed("demo")
    assert tenant.rest_reasons == (
        RestReasonConfig(1, "lunch"),
        RestReasonConfig(2, "coffee"),
        RestReasonConfig(200, "meeting"),
    )


def test_a_seed_says_who_inspects_whom() -> None:
    (tenant,) = parse_seed(
        MINIMAL
        + """
    agents:
      - {work_no: 101, name: Ada}
      - {work_no: 190, name: Eve, role: inspector}
    user_groups:
      - {id: "1", name: team, members: [{work_no: 101}]}
      - {id: "2", name: watch, group_type: inspectors, members: [{work_no: 190}], inspects: ["1"]}
"""
    )
    assert tenant.user_groups == (
        UserGroupConfig("1", "team", members=(GroupMemberConfig(101),)),
        UserGroupConfig(
            "2",
            "watch",
            GroupType.INSPECTORS,
            members=(GroupMemberConfig(190),),
            inspects=("1",),
        ),
    )


# What tenants have besides

BUSY = """
    timezone: Asia/Shanghai
    customers:
      - {id: "1", name: Ada Optics, phone: "02082015268", kind: 2, created_on: "2026-01-05"}
    contacts:
      - {id: "7", customer: "1", name: Colin, mobile: "13900000000", info: buys}
    messages:
      - {channel: sms, sender: "13900000000", body: hello, ago: 90.5}
      - {channel: email, direction: sent, recipient: a@example.com, files: [a.pdf, b.pdf],
         agent_id: "101", at: 2026-03-01T09:00:00}
      - {channel: fax, at: "2026-03-01T09:00:00+00:00"}
      - {channel: voice_mail, called: "95003", seconds: 12, at: 2026-03-01}
"""
NINE_IN_LONDON = 1_772_355_600_000_000
HOUR = 3_600_000_000


def test_a_seed_says_whom_a_tenant_knows() -> None:
    seed = seed_of_text(MINIMAL + BUSY)
    assert seed.holdings[1].directory == Directory(
        (Customer("1", "Ada Optics", kind=2, phone="02082015268", created_on="2026-01-05"),),
        (Contact("7", "Colin", mobile="13900000000", customer="1", info="buys"),),
    )
    assert seed.tenants == tuple(parse_seed(MINIMAL + "    timezone: Asia/Shanghai"))


def test_a_seed_says_which_messages_came_and_went_before_the_beginning() -> None:
    ago, local, abroad, day = seed_of_text(MINIMAL + BUSY).holdings[1].messages
    hello = Message(MessageChannel.SMS, sender="13900000000", body="hello")
    assert ago == EarlierMessage(hello, MessageDirection.RECEIVED, ago=90_500_000)
    assert local.message.files == ("a.pdf", "b.pdf")
    assert (local.direction, local.at) == (MessageDirection.SENT, NINE_IN_LONDON - 8 * HOUR)
    assert abroad.at == NINE_IN_LONDON
    assert (day.message.seconds, day.at) == (12, NINE_IN_LONDON - 17 * HOUR)


def test_a_seed_in_json_means_the_same() -> None:
    written = {"channel": "sms", "at": "2026-03-01T09:00:00+08:00"}
    tenant = {"id": 1, "name": "desk", "messages": [written], "customers": [{"id": "1"}]}
    holdings = seed_of({"tenants": [tenant]}).holdings[1]
    assert holdings.messages[0].at == NINE_IN_LONDON - 8 * HOUR
    assert holdings.directory.customers == (Customer("1"),)


def test_the_demo_call_center_knows_two_customers_with_a_contact_each() -> None:
    directory = open_seed("demo").holdings[1].directory
    assert [(it.phone or it.mobile) for it in directory.customers] == ["02082015268", "13900000000"]
    assert [it.customer for it in directory.contacts] == ["1", "2"]
