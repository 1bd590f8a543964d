"""What may stand under a message as a reaction: one emoji, or the short name of one.

Told by the form that Unicode gives to emoji (UTS #51), not by a list of them: a list refuses what is newer than itself,
and would have to be renewed every year. The blocks of pictographs hold a few signs beside the emoji, which do no harm.
"""

import re

from chat.errors import InvalidInput

MAX_BYTES = 64  # the longest emoji, a family of four with colours of skin, has 41

_PICTOGRAPH = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_ONE = f"{_PICTOGRAPH}(?:[\U0001f3fb-\U0001f3ff]|\ufe0f)?"  # with a colour of skin, or shown in colours
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_REGION = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # of Scotland, for one
_KEY = "[0-9#*]\ufe0f?\u20e3"
_JOINED = f"{_ONE}(?:\u200d{_ONE})*"
_SHORT_NAME = ":[a-z0-9_+-]+:"
_EMOJI = re.compile("|".join((_FLAG, _REGION, _KEY, _JOINED, _SHORT_NAME)))


def parse_emoji(raw: str) -> str:
    """`raw` if it is one emoji or a `:short_name:`. Raises `InvalidInput`."""
    if _EMOJI.fullmatch(raw) is None or len(raw.encode()) > MAX_BYTES:
        raise InvalidInput("Send one emoji, such as 👍, or its name, such as :thumbs_up:.", field="emoji")
    return raw
