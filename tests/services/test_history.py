"""Pages of a room: at its end, before and after a place, and around one."""

import pytest

from chat import wire
from chat.errors import NotAllowed, NotFound
from chat.services.history import find_room_slug, get_history, get_one
from tests.services.den import Den


@pytest.fixture
def said(den: Den) -> list[wire.Message]:
    return [den.say(den.ada, str(number)) for number in range(1, 11)]


def _page(den: Den, **asked: int) -> tuple[list[int], bool, bool]:
    with den.db.read() as read:
        page = get_history(read, den.mira.id, den.room, **asked)
    return [message.seq for message in page.messages], page.has_more_before, page.has_more_after


@pytest.mark.usefixtures("said")
@pytest.mark.parametrize(
    ("asked", "seqs", "more_before", "more_after"),
    [
        ({"limit": 3}, [8, 9, 10], True, False),
        ({"before": 4, "limit": 3}, [1, 2, 3], False, True),
        ({"after": 7, "limit": 3}, [8, 9, 10], True, False),
        ({"around": 5, "limit": 5}, [3, 4, 5, 6, 7], True, True),
        ({"around": 5, "limit": 4}, [4, 5, 6, 7], True, True),
        ({"around": 5, "limit": 1}, [5], True, True),
        ({"around": 1, "limit": 5}, [1, 2, 3], False, True),
        ({"around": 10, "limit": 5}, [8, 9, 10], True, False),
        ({"around": 5, "limit": 100}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], False, False),
        ({"around": 50, "limit": 5}, [9, 10], True, False),
    ],
)
def test_a_page_says_what_lies_on_both_sides(
    den: Den, asked: dict[str, int], seqs: list[int], more_before: bool, more_after: bool
) -> None:
    assert _page(den, **asked) == (seqs, more_before, more_after)


def test_an_empty_room_has_nothing_around_anything(den: Den) -> None:
    assert _page(den, around=1, limit=5) == ([], False, False)


def test_one_message_is_for_the_members_of_its_room(den: Den) -> None:
    hidden = den.say(den.ada, "hello")
    shown = den.say(den.ada, "hello", den.new_room("public"))
    with den.db.read() as read:
        assert get_one(read, den.mira.id, hidden.id) == den.shown(hidden)
        with pytest.raises(NotFound):
            get_one(read, den.eve.id, hidden.id)
        with pytest.raises(NotAllowed):
            get_one(read, den.eve.id, shown.id)


def test_the_room_of_a_message_is_told_to_its_members_only(den: Den) -> None:
    hidden = den.say(den.ada, "hello")
    shown = den.say(den.ada, "hello", den.new_room("public"))
    with den.db.read() as read:
        assert find_room_slug(read, den.mira.id, hidden.id) == "den"
        assert [find_room_slug(read, den.eve.id, id) for id in (hidden.id, shown.id, "nonsense")] == [None] * 3
