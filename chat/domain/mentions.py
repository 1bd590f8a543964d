"""Who is addressed by `@` in a message."""

import re
from itertools import islice

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_HANDLE = re.compile(r"(?<![\w@/.])@([A-Za-z0-9][A-Za-z0-9._:/-]*)")


MAX_MENTIONS = 20  # whoever names more means nobody in particular, and each one is looked up


def find_mentions(content: str) -> list[str]:
    """The first handles in order, lower case, each once; not those in code, not the end of an e-mail address."""
    if "@" not in content:
        return []
    found = (match.group(1).rstrip(".:/-").lower() for match in _HANDLE.finditer(_CODE.sub(" ", content)))
    return list(islice(dict.fromkeys(handle for handle in found if handle), MAX_MENTIONS))
