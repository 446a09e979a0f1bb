"""A call center's configuration in the store."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.store import (
    AccountState,
    BlacklistEntry,
    Conflict,
    PriorityCustomer,
    Secret,
    Store,
    UnknownTenant,
    UnsupportedDatabase,
)
from emulator.switch.config import (
    AccessCodeConfig,
    AgentConfig,
    FlowConfig,
    GroupMemberConfig,
    MediaServerConfig,
    OutsideNumberConfig,
    PhoneConfig,
    Policy,
    PolicyAction,
    QueueConfig,
    RestReasonConfig,
    RouteConfig,
    SkillConfig,
    TenantConfig,
    TrunkConfig,
    UserGroupConfig,
)
from emulator.switch.terms import AgentType, GroupType, MediaType, PhoneAnswer, Role, TargetType

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
DIGITS = st.text("0123456789*#", min_size=1, max_size=12)
IDS = st.integers(1, 10_000)
SECONDS = st.none() | st.floats(0, 600, allow_nan=False)
POLICIES = st.builds(Policy, st.sampled_from(PolicyAction), st.none() | IDS)
SCALARS = st.none() | st.booleans() | IDS | TEXT
NODES = st.dictionaries(
    TEXT,
    st.dictionaries(TEXT, SCALARS | st.dictionaries(TEXT, TEXT, max_size=2), max_size=3),
    max_size=3,
)


def unique(items: st.SearchStrategy[Any], key: str) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(items, max_size=3, unique_by=lambda item: getattr(item, key)).map(tuple)


SKILLS = st.builds(SkillConfig, queue=IDS, agent_weight=IDS, skill_weight=IDS)
ROUTES = st.builds(RouteConfig, target=st.sampled_from(TargetType), target_id=IDS, extension=TEXT)
AGENTS = st.builds(
    AgentConfig,
    work_no=st.integers(101, 59_999),
    name=TEXT,
    account=TEXT,
    password=TEXT,
    phone=TEXT,
    role=st.sampled_from(Role),
    agent_type=st.sampled_from(AgentType),
    skills=unique(SKILLS, "queue"),
    max_chats=IDS,
)
PHONES = st.builds(
    PhoneConfig,
    number=DIGITS,
    password=TEXT,
    external=st.booleans(),
    answer=st.sampled_from(PhoneAnswer),
)
QUEUES = st.builds(
    QueueConfig,
    id=IDS,
    name=TEXT,
    media_type=st.sampled_from(MediaType),
    max_wait=IDS,
    max_waiting=IDS,
    wrap_up=IDS,
    ring=IDS,
    on_no_agents=POLICIES,
    on_busy=POLICIES,
    on_timeout=POLICIES,
    description=TEXT,
)
ACCESS_CODES = st.builds(
    AccessCodeConfig,
    code=DIGITS,
    media_type=st.sampled_from(MediaType),
    routes=unique(ROUTES, "extension"),
    description=TEXT,
)
FLOWS = st.builds(FlowConfig, id=IDS, name=TEXT, start=TEXT, nodes=NODES, access_code=TEXT)
TRUNKS = st.builds(TrunkConfig, name=TEXT, channels=IDS, prefix=TEXT, external=st.booleans())
OUTSIDE_NUMBERS = st.builds(
    OutsideNumberConfig,
    number=DIGITS,
    answer_after=SECONDS,
    refuse=st.none() | IDS,
    video=st.booleans(),
    digits=DIGITS,
    digits_after=st.floats(0, 100),
    hang_up_after=SECONDS,
    ring_patience=SECONDS,
)
REST_REASONS = st.builds(RestReasonConfig, code=st.integers(1, 255), name=TEXT)
MEMBERS = st.builds(GroupMemberConfig, work_no=IDS, serial=TEXT)
USER_GROUPS = st.builds(
    UserGroupConfig,
    id=DIGITS,
    name=TEXT,
    group_type=st.sampled_from(GroupType),
    remark=TEXT,
    members=unique(MEMBERS, "work_no"),
    inspects=st.lists(DIGITS, max_size=2).map(tuple),
)
MEDIA_SERVERS = st.builds(
    MediaServerConfig,
    ip=TEXT,
    port=IDS,
    domain_in=TEXT,
    domain_out=TEXT,
    app_id=TEXT,
    secret=TEXT,
    location_id=IDS,
    valid_for=IDS,
)
TENANTS = st.builds(
    TenantConfig,
    id=st.integers(1, 3),
    name=TEXT,
    cc_id=IDS,
    timezone=TEXT,
    default_caller=TEXT,
    ring=IDS,
    outside_ring=IDS,
    default_answer_after=SECONDS,
    max_rest_agents=st.none() | IDS,
    rest_approval=st.booleans(),
    record_calls=st.booleans(),
    conference_seats=IDS,
    announcement=IDS,
    media_server=st.none() | MEDIA_SERVERS,
    agents=unique(AGENTS, "work_no"),
    phones=unique(PHONES, "number"),
    queues=unique(QUEUES, "id"),
    access_codes=unique(ACCESS_CODES, "code"),
    flows=unique(FLOWS, "id"),
    trunks=unique(TRUNKS, "name"),
    outside_numbers=unique(OUTSIDE_NUMBERS, "number"),
    rest_reasons=unique(REST_REASONS, "code"),
    user_groups=unique(USER_GROUPS, "id"),
    blacklist=st.lists(DIGITS, max_size=3, unique=True).map(tuple),
    priority_customers=st.dictionaries(DIGITS, IDS, max_size=3),
    secrets=st.dictionaries(TEXT, TEXT, max_size=3),
)

TENANT = TenantConfig(
    1,
    "support desk",
    agents=(
        AgentConfig(103, "Cara", skills=(SkillConfig(2, 5, 1), SkillConfig(1))),
        AgentConfig(101, "Ada"),
    ),
    phones=(PhoneConfig("40101"),),
    queues=(QueueConfig(2, "sales"), QueueConfig(1, "support")),
    access_codes=(AccessCodeConfig("95001", routes=(RouteConfig(TargetType.QUEUE, 1),)),),
    blacklist=("13800000000",),
    priority_customers={"13900000000": 3},
    secrets={"app_key": "key"},
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tenant=TENANTS)
def test_a_tenant_comes_back_as_it_was_saved(store: Store, tenant: TenantConfig) -> None:
    for other in store.load_tenants():
        store.delete_tenant(other.id)
    store.save_tenant(tenant)
    (loaded,) = store.load_tenants()
    assert loaded == tenant
    assert list(loaded.priority_customers) == list(tenant.priority_customers)
    assert list(loaded.secrets) == list(tenant.secrets)


def test_tenants_keep_their_own_items_and_come_by_id(store: Store) -> None:
    other = replace(TENANT, id=0, agents=(), phones=(), access_codes=())
    store.save_tenant(TENANT)
    store.save_tenant(other)
    assert store.load_tenants() == [other, TENANT]


def test_saving_a_tenant_again_replaces_all_that_it_had(store: Store) -> None:
    store.save_tenant(TENANT)
    smaller = replace(TENANT, queues=TENANT.queues[:1], agents=TENANT.agents[1:], blacklist=())
    store.save_tenant(smaller)
    assert store.load_tenants() == [smaller]


def test_configuration_outlives_the_store(durable_url: str) -> None:
    with Store.open(durable_url) as store:
        store.save_tenant(TENANT)
    with Store.open(durable_url) as store:
        assert store.load_tenants() == [TENANT]


def test_a_deleted_tenant_is_gone_with_everything(store: Store) -> None:
    store.save_tenant(TENANT)
    assert store.delete_tenant(1)
    assert store.load_tenants() == []
    assert not store.delete_tenant(1)
    store.save_tenant(replace(TENANT, id=2))  # its phones and work numbers are free again


@pytest.mark.parametrize(
    ("field", "item"),
    [
        ("agents", AgentConfig(102, "Bea", skills=(SkillConfig(1, 2, 3),))),
        ("phones", PhoneConfig("40102", "secret", external=True)),
        ("queues", QueueConfig(3, "chat", on_busy=Policy(PolicyAction.QUEUE, 1))),
        ("access_codes", AccessCodeConfig("95002", routes=(RouteConfig(TargetType.IVR, 1, "9"),))),
        ("flows", FlowConfig(1, "menu", "bye", {"bye": {"type": "hang_up"}})),
        ("trunks", TrunkConfig("mobile", 30, "1", external=True)),
        ("outside_numbers", OutsideNumberConfig("123", None, 537, video=True)),
        ("rest_reasons", RestReasonConfig(1, "lunch")),
        ("user_groups", UserGroupConfig("1", "team", members=(GroupMemberConfig(101, "2"),))),
    ],
)
def test_an_item_can_be_added_and_deleted_by_itself(store: Store, field: str, item: Any) -> None:
    store.save_tenant(TENANT)
    store.save_item(1, item)
    (tenant,) = store.load_tenants()
    assert tenant == replace(TENANT, **{field: (*getattr(TENANT, field), item)})
    key = next(
        getattr(item, name)
        for name in ("work_no", "number", "id", "code", "name")
        if hasattr(item, name)
    )
    assert store.delete_item(1, type(item), key)
    assert store.load_tenants() == [TENANT]
    assert not store.delete_item(1, type(item), key)


def test_blacklist_priority_customers_and_secrets_change_one_by_one(store: Store) -> None:
    store.save_tenant(TENANT)
    store.save_item(1, BlacklistEntry("555"))
    store.save_item(1, PriorityCustomer("13900000000", 9))
    store.save_item(1, Secret("ak", "demo"))
    (tenant,) = store.load_tenants()
    assert tenant.blacklist == ("13800000000", "555")
    assert tenant.priority_customers == {"13900000000": 9}
    assert tenant.secrets == {"app_key": "key", "ak": "demo"}


def test_a_changed_agent_keeps_its_place_and_takes_its_new_skills(store: Store) -> None:
    store.save_tenant(TENANT)
    changed = replace(TENANT.agents[0], name="Carla", skills=(SkillConfig(1, 7, 7),))
    store.save_item(1, changed)
    (tenant,) = store.load_tenants()
    assert tenant.agents == (changed, TENANT.agents[1])


def test_an_item_of_an_unknown_tenant_is_refused(store: Store) -> None:
    with pytest.raises(UnknownTenant, match="no tenant 7"):
        store.save_item(7, PhoneConfig("1"))


@pytest.mark.parametrize(
    "item", [AgentConfig(101, "Eve"), PhoneConfig("40101"), AccessCodeConfig("95001")]
)
def test_what_is_unique_in_the_world_is_refused_to_a_second_tenant(store: Store, item: Any) -> None:
    store.save_tenant(TENANT)
    store.save_tenant(TenantConfig(2, "other"))
    before = store.load_tenants()
    with pytest.raises(Conflict):
        store.save_item(2, item)
    assert store.load_tenants() == before


def test_replacing_a_tenant_keeps_the_passwords_of_agents_that_stay(store: Store) -> None:
    stays = AccountState(1, 101, "New@2027", ("Old@2026",), 2, 5_000_000, 1)
    goes = AccountState(1, 103, "New@2028")
    store.save_tenant(TENANT)
    store.save_account(stays)
    store.save_account(goes)
    store.save_tenant(replace(TENANT, agents=TENANT.agents[1:]))
    assert store.load_accounts() == [stays]
    store.delete_item(1, AgentConfig, 101)
    assert store.load_accounts() == []


def test_the_state_of_an_account_is_replaced_not_added(store: Store) -> None:
    store.save_tenant(TENANT)
    store.save_account(AccountState(1, 101, "One@2026", failed_attempts=1))
    later = AccountState(1, 101, "Two@2026", ("One@2026",), password_changed_at=2**50)
    store.save_account(later)
    assert store.load_accounts() == [later]


def test_other_databases_are_refused() -> None:
    with pytest.raises(UnsupportedDatabase, match="mysql"):
        Store.open("mysql://localhost/world")
