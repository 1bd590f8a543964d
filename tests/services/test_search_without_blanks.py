"""Languages without blanks between words are found by any part of a sentence."""

import pytest
from sqlalchemy import text

from chat.services import changes
from tests.services.den import Den
from tests.services.seeker import Seeker

pytestmark = pytest.mark.sqlite  # its characters have a column of their own there
SAID = (
    "今日は東京タワーに行きました。",
    "我的猫在睡觉 with Docker 26",
    "东京没有猫",
    "Tokyo tower has no cat",
    "これはテスト\nです",
)


@pytest.fixture
def seeker(den: Den) -> Seeker:
    return Seeker(den)


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("東京", [0]),
        ("京タワ", [0]),
        ("京東", []),
        ("東京*", [0]),
        ("猫", [1, 2]),
        ("猫 睡觉", [1]),
        ("猫 -睡觉", [2]),
        ("tower -猫", [3]),
        ("睡觉 docker", [1]),
        ('"with docker" 猫', [1]),
        ("tower", [3]),
        ("テストです", [4]),
        ("猫 from:mira", [1]),
        ("猫 has:link", []),
    ],
)
def test_a_part_of_a_sentence_is_enough(den: Den, seeker: Seeker, typed: str, places: list[int]) -> None:
    said = [den.say(den.mira if number == 1 else den.ada, words).id for number, words in enumerate(SAID)]
    assert seeker.found(den.ada, typed, "text") == [said[place] for place in reversed(places)]
    assert seeker.found(den.eve, typed, "text") == []


def test_what_was_found_is_marked_and_the_text_is_as_it_was_written(den: Den, seeker: Seeker) -> None:
    den.say(den.ada, SAID[0])
    (hit,) = seeker.answer(den.ada, "東京", "text").hits
    assert [(part.text, part.is_match) for part in hit.snippet] == [
        *(("今日は", False), ("東京", True), ("タワーに行きました。", False))
    ]


def test_it_follows_every_change_and_leaves_the_index_whole(den: Den, seeker: Seeker) -> None:
    said = den.say(den.ada, SAID[0])
    gone = den.say(den.ada, SAID[2])
    assert seeker.found(den.ada, "京", "text") == [gone.id, said.id]
    changes.edit_message(den.db, den.ada.id, said.id, "大阪", max_chars=100)
    changes.delete_message(den.db, den.ada.id, gone.id)
    assert seeker.found(den.ada, "京", "text") == [] and seeker.found(den.ada, "阪", "text") == [said.id]
    with den.db.write() as uow:
        uow.execute(text("INSERT INTO message_search (message_search, rank) VALUES ('integrity-check', 1)"))


def test_the_end_of_a_long_message_is_found_as_well(den: Den, seeker: Seeker) -> None:
    said = den.say(den.ada, "猫" * 950 + "の終わり")
    assert seeker.found(den.ada, "猫の終わり", "text") == [said.id]


def test_no_other_message_costs_anything(den: Den, seeker: Seeker) -> None:
    for words in (SAID[3], "Über Straßen — 🦭", "안녕하세요"):
        den.say(den.ada, words)
    seeker.read_all()
    with den.db.read() as read:
        assert [row.characters for row in read.all(text("SELECT characters FROM message_search_source"))] == [
            "",
            "",
            "",
        ]
