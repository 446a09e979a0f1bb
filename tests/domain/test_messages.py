"""Messages in inboxes and outboxes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from emulator.domain.messages import Message
from emulator.media import paths
from emulator.settings import Settings
from emulator.store import MessageChannel, MessageDirection
from tests.domain.office import NOON, SECOND, Office, open_office

EMAIL, FAX, SMS = MessageChannel.EMAIL, MessageChannel.FAX, MessageChannel.SMS
VOICE_MAIL = MessageChannel.VOICE_MAIL
RECEIVED, SENT = MessageDirection.RECEIVED, MessageDirection.SENT


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with open_office() as opened:
        yield opened


async def test_a_message_is_found_as_soon_as_it_is_filed(office: Office) -> None:
    sent = office.platform.messages.send(1, Message(SMS, recipient="139", body="hello"))
    came = office.platform.messages.receive(1, Message(SMS, sender="139", body="thanks"))
    find = office.platform.messages.find
    assert await find(1, SMS, SENT) == [sent]
    assert await find(1, SMS, RECEIVED) == [came]
    assert await find(1) == [sent, came]
    assert await find(2) == []
    assert (sent.at, sent.recipient, sent.body) == (NOON, "139", "hello")


async def test_messages_are_found_by_the_agent_whose_they_are(office: Office) -> None:
    messages = office.platform.messages
    own, other, nobodys = (
        messages.receive(1, Message(FAX, "65120797", agent_id=agent)) for agent in ("101", "1", "")
    )
    assert await messages.find(1, FAX, RECEIVED, agent="101") == [own]
    assert await messages.find(1, FAX, RECEIVED, agent="") == [nobodys]
    assert await messages.find(1, FAX, RECEIVED) == [own, other, nobodys]


async def test_a_time_includes_its_begin_and_not_its_end(office: Office) -> None:
    messages = office.platform.messages
    old = messages.send(1, Message(EMAIL, recipient="ada@example.com"), NOON - 5 * SECOND)
    new = messages.send(1, Message(EMAIL, recipient="ada@example.com"))
    assert await messages.find(1, EMAIL, SENT, NOON - 5 * SECOND, NOON) == [old]
    assert await messages.find(1, EMAIL, SENT, NOON) == [new]


async def test_the_newest_is_last_whenever_it_was_filed(office: Office) -> None:
    messages = office.platform.messages
    for at in (NOON, NOON - SECOND, NOON + SECOND):
        messages.send(1, Message(SMS), at)
    instants = [row.at for row in await messages.find(1)]
    assert instants == [NOON - SECOND, NOON, NOON + SECOND]


async def test_an_id_names_the_second_and_is_given_once(office: Office) -> None:
    messages = office.platform.messages
    rows = [messages.send(1, Message(SMS)) for _ in range(20)]
    assert {row.message_id.partition("-")[0] for row in rows} == {str(NOON // SECOND)}
    assert len({row.message_id for row in rows}) == 20
    assert [it.message_id for it in await messages.find(1)] == [it.message_id for it in rows]


async def test_what_a_customer_says_to_a_flow_is_voice_mail(office: Office) -> None:
    call = office.leave_message("13900000000", seconds=9)
    (mail,) = await office.platform.messages.find(1, VOICE_MAIL, RECEIVED)
    assert (mail.call_id, mail.sender, mail.called) == (call, "13900000000", "95003")
    assert (mail.at, mail.seconds, mail.agent_id) == (NOON + 9 * SECOND, 9, "")


async def test_the_file_of_voice_mail_can_be_opened(office: Office) -> None:
    office.leave_message("13900000000", seconds=9)
    (mail,) = await office.platform.messages.find(1, VOICE_MAIL)
    (name,) = mail.files
    file = await office.platform.recordings.open(paths.read(name))
    assert file is not None


async def test_of_a_tenant_that_begins_anew_the_messages_are_past(office: Office) -> None:
    office.platform.messages.send(1, Message(SMS))
    tenant = office.switch.tenants[1].config
    await office.world.desk.begin_tenant_anew(tenant)
    assert await office.platform.messages.find(1) == []
    kept = office.platform.messages.send(1, Message(SMS))
    assert await office.platform.messages.find(1) == [kept]


async def test_messages_and_their_ids_go_on_in_the_next_life(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    async with open_office(settings) as office:
        first = office.platform.messages.send(1, Message(SMS, files=("a.txt",)))
    async with open_office(settings) as office:
        second = office.platform.messages.send(1, Message(SMS))
        assert await office.platform.messages.find(1) == [first, second]
    assert first.message_id != second.message_id


async def test_an_answer_waits_until_what_was_filed_is_kept(tmp_path: Path) -> None:
    async with open_office(Settings(data=tmp_path)) as office:
        office.platform.messages.send(1, Message(SMS))
        assert office.platform.needs_commit
        await office.platform.committed()
        assert office.platform.records.lag == 0


async def test_a_snapshot_holds_messages_and_no_id_is_given_again(office: Office) -> None:
    filed = office.platform.messages.send(1, Message(EMAIL, subject="your question"))
    saved = await office.platform.snapshot()
    later = office.platform.messages.send(1, Message(EMAIL))
    await office.world.load(saved)
    (found,) = await office.platform.messages.find(1)
    assert (found.message_id, found.subject) == (filed.message_id, "your question")
    again = office.platform.messages.send(1, Message(EMAIL))
    assert again.message_id not in (filed.message_id, later.message_id)


async def test_a_world_that_loads_a_snapshot_goes_on_with_its_ids(office: Office) -> None:
    filed = [office.platform.messages.send(1, Message(SMS)).message_id for _ in range(3)]
    saved = await office.platform.snapshot()
    async with open_office() as other:
        await other.world.load(saved)
        assert other.platform.messages.send(1, Message(SMS)).message_id not in filed
