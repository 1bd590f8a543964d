"""Who is addressed by `@` in a message."""

import re

_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_HANDLE = re.compile(r"(?<![\w@/.])@([A-Za-z0-9][A-Za-z0-9._:/-]*)")


def find_mentions(content: str) -> list[str]:
    """Handles in order of appearance, lower case, each once; not those in code, not the end of an e-mail address."""
    found = (match.group(1).rstrip(".:/-").lower() for match in _HANDLE.finditer(_CODE.sub(" ", content)))
    return list(dict.fromkeys(handle for handle in found if handle))
