"""Customers and contacts in the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import Connection, text

from emulator.store import Conflict, Contact, Customer, Directory, Served, Store, directory
from emulator.store.generations import begin
from emulator.switch.config import TenantConfig
from tests.store.plans import plan

NOON = 1_770_000_000_000_000

ADA = Customer("1", "Ada Optics", "AO", phone="02082015268", mobile="13900000000")
BEA = Customer("2", "Bea & Co", "BC", home_phone="01065120797")
COLIN = Contact("7", "Colin", mobile="13700000000", customer="1", info="buys")


class Books:
    """What the functions of the directory do and give, each in a transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def do(self, work: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return self._store.submit(lambda c: work(c, *args, **named)).result()

    def save(self, *parties: Customer | Contact, tenant: int = 1) -> None:
        for party in parties:
            self.do(directory.save, tenant, party)

    def customers(self, tenant: int = 1, **wanted: str) -> list[Customer]:
        found: list[Customer] = self.do(directory.find, Customer, tenant, **wanted)
        return found

    def contacts(self, tenant: int = 1, **wanted: str) -> list[Contact]:
        found: list[Contact] = self.do(directory.find, Contact, tenant, **wanted)
        return found


@pytest.fixture
def books(store: Store) -> Books:
    return Books(store)


def test_somebody_comes_back_with_every_field(books: Books) -> None:
    texts = {it.name: it.name for it in fields(Contact) if it.type == "str"}
    person = Contact(**{**texts, "customer": "1"}, kind=1, relation=2, served_at=NOON)
    books.save(ADA, person)
    assert books.contacts() == [person]
    assert books.customers() == [ADA]


def test_who_is_saved_again_is_replaced_and_keeps_the_contacts(books: Books) -> None:
    books.save(ADA, COLIN, Customer("1", "Ada Lenses"))
    assert books.customers() == [Customer("1", "Ada Lenses")]
    assert books.contacts() == [COLIN]


def test_a_contact_needs_its_customer(books: Books) -> None:
    with pytest.raises(Conflict):
        books.save(COLIN)


def test_a_customer_goes_with_its_contacts(books: Books) -> None:
    books.save(ADA, BEA, COLIN)
    assert books.do(directory.remove, Customer, 1, "1")
    assert not books.do(directory.remove, Customer, 1, "1")
    assert (books.customers(), books.contacts()) == ([BEA], [])


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"number": "8201"}, [ADA]),
        ({"number": "1390"}, [ADA]),
        ({"number": "5120797"}, [BEA]),
        ({"number": "0"}, [ADA, BEA]),
        ({"number": "%"}, []),
        ({"number": "_"}, []),
        ({"name": "optics"}, [ADA]),
        ({"name": "& C"}, [BEA]),
        ({"name": "B%a"}, []),
        ({"party_id": "2"}, [BEA]),
        ({"party_id": "1", "number": "8201", "name": "Ada"}, [ADA]),
        ({"party_id": "2", "number": "8201"}, []),
        ({}, [ADA, BEA]),
    ],
)
def test_customers_are_found_by_parts_of_numbers_and_names_and_by_their_ids(
    books: Books, wanted: dict[str, str], found: list[Customer]
) -> None:
    books.save(BEA, ADA)
    assert books.customers(**wanted) == found
    assert books.customers(2, **wanted) == []


def test_characters_that_mean_something_to_a_database_are_plain(books: Books) -> None:
    odd = Customer("1", "100%_/\\'", phone="5%5")
    books.save(odd, BEA)
    for part in ("%_/\\", "/", "\\", "'"):
        assert books.customers(name=part) == [odd]
    assert books.customers(number="5%") == [odd]


def test_contacts_are_found_by_their_customer_too(books: Books) -> None:
    books.save(ADA, BEA, COLIN, Contact("8", "Dora", customer="2"))
    assert [it.id for it in books.contacts(customer="2")] == ["8"]
    assert [it.id for it in books.contacts(number="137", customer="1")] == ["7"]
    assert books.contacts(number="137", customer="2") == []


def test_of_many_the_first_thousand_are_given(books: Books) -> None:
    many = tuple(Customer(f"{number:05}") for number in range(directory.MOST + 1))
    books.do(directory.replace_all, [1], {1: Directory(many)})
    assert books.customers() == list(many[:-1])


def test_replacing_whom_tenants_know_leaves_other_tenants_alone(books: Books) -> None:
    books.save(ADA, COLIN)
    books.save(BEA, tenant=2)
    books.do(directory.replace_all, [1], {1: Directory((BEA,))})
    assert books.do(directory.load, [1, 2, 3]) == {1: Directory((BEA,)), 2: Directory((BEA,))}
    books.do(directory.replace_all, [1, 2], {})
    assert books.do(directory.load, [1, 2]) == {}


def test_a_tenant_keeps_its_customers_when_it_is_replaced_and_not_when_it_is_deleted(
    store: Store, books: Books
) -> None:
    store.save_tenant(TenantConfig(1, "desk"))
    store.save_tenant(TenantConfig(2, "other"))
    books.save(ADA, COLIN)
    store.save_tenant(TenantConfig(1, "help desk"))
    assert books.do(directory.knowing) == {1}
    assert books.do(directory.load, [1]) == {1: Directory((ADA,), (COLIN,))}
    store.delete_tenant(1)
    assert books.do(directory.load, [1]) == {}


# Who was served


def served(books: Books) -> dict[str, tuple[int | None, str]]:
    parties = [*books.customers(), *books.contacts()]
    return {it.id: (it.served_at, it.last_agent) for it in parties}


def test_who_has_the_number_was_served_by_the_last_agent(store: Store, books: Books) -> None:
    books.save(ADA, BEA, COLIN)
    store.write([Served(1, "13900000000", NOON, "101"), Served(1, "01065120797", NOON, "102")])
    store.write([Served(1, "02082015268", NOON + 2, "103"), Served(1, "13700000000", 5, "104")])
    assert served(books) == {"1": (NOON + 2, "103"), "2": (NOON, "102"), "7": (5, "104")}


def test_the_latest_of_several_at_once_counts(store: Store, books: Books) -> None:
    books.save(ADA)
    store.write(
        [
            Served(1, "02082015268", NOON + 1, "101"),
            Served(1, "13900000000", NOON, "102"),
            Served(1, "13900000000", NOON + 2, "103"),
            Served(1, "02082015268", NOON + 3, "104"),
        ]
    )
    assert served(books) == {"1": (NOON + 3, "104")}


@pytest.mark.parametrize("number", ["1390000000", "139000000000", "", "5551234"])
def test_a_number_that_nobody_has_serves_nobody(store: Store, books: Books, number: str) -> None:
    books.save(ADA)
    store.write([Served(1, number, NOON, "101"), Served(2, "13900000000", NOON, "101")])
    assert served(books) == {"1": (None, "")}


def test_who_was_served_before_the_tenant_began_anew_is_not_noted(
    store: Store, books: Books
) -> None:
    books.save(ADA)
    books.do(begin, [1])
    store.write([Served(1, "13900000000", NOON, "101")])
    assert served(books) == {"1": (None, "")}
    store.write([Served(1, "13900000000", NOON, "102", generation=1)])
    assert served(books) == {"1": (NOON, "102")}


def test_more_numbers_than_fit_into_a_question_are_noted(store: Store, books: Books) -> None:
    many = tuple(Customer(f"{n:05}", phone=f"{n}") for n in range(directory.NUMBERS_AT_ONCE + 1))
    books.do(directory.replace_all, [1], {1: Directory(many)})
    store.write([Served(1, f"{n}", NOON, "101") for n in range(len(many))])
    assert books.do(_unserved) == 0


def _unserved(connection: Connection) -> int:
    asked = text("SELECT count(*) FROM customers WHERE served_at IS NULL")
    return int(connection.execute(asked).scalar_one())


def test_whom_a_number_belongs_to_is_looked_up_by_indexes() -> None:
    served = [Served(1, "138", NOON, "101"), Served(1, "139", NOON, "101")]
    with Store.open() as store:
        steps = plan(store, lambda c: directory.note(c, served))
    for table in ("customers", "contacts"):
        for name in ("phone", "home_phone", "mobile"):
            index = f"ix_{table}_tenant_id_{name} (tenant_id=? AND {name}=?)"
            assert f"SEARCH {table} USING INDEX {index}" in steps
