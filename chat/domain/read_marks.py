"""What the reading marks of a room say about its messages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadMarks:
    """The two highest reading marks of a room as (user id, seq), highest first; fewer in a smaller room.

    Two are enough for every author: the highest of somebody else is the first, or the second if the first is their own.
    """

    highest: tuple[tuple[str, int], ...]

    def read_by_others(self, author_id: str) -> int:
        """Up to which seq somebody else than the author has read; 0 if nobody has."""
        return next((seq for user_id, seq in self.highest if user_id != author_id), 0)
