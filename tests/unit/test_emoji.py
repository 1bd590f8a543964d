"""What is one emoji, and what is not."""

import pytest

from chat.domain.emoji import parse_emoji
from chat.errors import InvalidInput

ONE = {
    "plain": "👍",
    "colour of skin": "👍🏽",
    "shown in colours": "❤️",
    "without that": "❤",
    "joined": "👩‍🚀",
    "joined with a sign": "🤷🏽‍♀️",
    "a family": "👨🏻‍👩🏼‍👧🏽‍👦🏾",
    "a flag": "🇺🇦",
    "a flag of a region": "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "a joined flag": "🏳️‍🌈",
    "a key": "#️⃣",
    "a digit's key": "7⃣",
    "an old sign": "©️",
    "from Unicode 16": "\U0001fac6",
    "not given out yet": "\U0001fadf",
    "a name": ":party_parrot:",
    "a name with a sign": ":+1:",
}
NOT_ONE = {
    "nothing": "",
    "a letter": "a",
    "a digit": "7",
    "a word": "lol",
    "two": "👍👍",
    "an emoji and a letter": "👍a",
    "a blank before it": " 👍",
    "a line after it": "👍\n",
    "half a flag": "🇺",
    "two flags": "🇺🇦🇺🇦",
    "a loose end": "👩\u200d",
    "only what joins": "\u200d",
    "only what colours": "\ufe0f",
    "two colours of skin": "👍🏽🏽",
    "a flag of a region without an end": "🏴\U000e0067\U000e0062",
    "a name in capitals": ":LOL:",
    "a name with a blank": ":a b:",
    "no name": "::",
    "half a name": ":lol",
    "markup": "<b>",
    "half a character": "\ud83d",
    "too long a name": f":{'a' * 63}:",
    "too long a row": "\u200d".join("👍" * 10),
}


@pytest.mark.parametrize("emoji", ONE.values(), ids=ONE)
def test_one_emoji(emoji: str) -> None:
    assert parse_emoji(emoji) == emoji


@pytest.mark.parametrize("raw", NOT_ONE.values(), ids=NOT_ONE)
def test_not_one_emoji(raw: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_emoji(raw)
    assert refusal.value.field == "emoji"
