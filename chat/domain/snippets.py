"""The part of a message around what was found in it, on one line; what matches is told apart, never marked up."""

import re

from chat.wire import SnippetPart

MATCH_BEGINS, MATCH_ENDS = "\x01", "\x02"  # people's texts have neither of them
CHARS = 220  # of a snippet
BEFORE = 60  # at most so many of them before the first match
_MATCH = re.compile(f"{MATCH_BEGINS}([^{MATCH_BEGINS}{MATCH_ENDS}]*){MATCH_ENDS}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def snippet_of(marked: str) -> list[SnippetPart]:
    """`marked` is a whole text in which each match stands between MATCH_BEGINS and MATCH_ENDS."""
    parts = _parts(marked)
    first = next((index for index, (_, is_match) in enumerate(parts) if is_match), len(parts))
    if first < len(parts) and first > 0:
        parts = [(_end_of(parts[0][0]), False), *parts[1:]]
    return _cut(parts)


def _parts(marked: str) -> list[tuple[str, bool]]:
    """Texts that match and texts that do not, in turns; every run of blanks is one."""
    line = " ".join(marked.split())
    found = [(_CONTROL.sub("", text), index % 2 == 1) for index, text in enumerate(_MATCH.split(line))]
    return [(text, is_match) for text, is_match in found if text]


def _end_of(text: str) -> str:
    """The last words before the first match."""
    if len(text) <= BEFORE:
        return text
    return "…" + re.sub(r"^\S*\s+(?=\S)", "", text[-BEFORE:])


def _cut(parts: list[tuple[str, bool]]) -> list[SnippetPart]:
    cut: list[SnippetPart] = []
    left = CHARS
    for text, is_match in parts:
        if len(text) > left:
            rest = text[:left].rstrip()
            cut.append(SnippetPart(text=f"{rest}…", is_match=is_match))
            break
        cut.append(SnippetPart(text=text, is_match=is_match))
        left -= len(text)
    return cut
