"""The search as each database does it. Whoever searches asks `search_engine_of` and knows of none of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chat.db import meaning_blocks, meaning_search, message_index, message_search
from chat.db.meaning_index import Add, MeaningModel
from chat.db.meaning_search import Near, Question
from chat.db.message_search import Page, Wanted
from chat.db.postgres import meaning_codes
from chat.db.postgres import message_index as postgres_index
from chat.db.postgres import message_search as postgres_search
from chat.db.prepared import Record
from chat.db.unit_of_work import Database, Reader, UnitOfWork


@dataclass(frozen=True, slots=True)
class SearchEngine:
    """What SQLite's functions of these names do, see there; `find` and `find_near` raise `TookTooLong`."""

    index_changes: Callable[[UnitOfWork], bool]
    clean: Callable[[Database], None]
    find: Callable[[Reader, str, Wanted, Page], Sequence[Record]]
    find_near: Callable[[Reader, str, Wanted, Question], list[Near]]
    add_meanings: Add
    has_leftovers: Callable[[Reader, MeaningModel], bool]
    tidy: Callable[[UnitOfWork, MeaningModel], None]


_ENGINES = {
    "sqlite": SearchEngine(
        message_index.index_changes,
        message_index.clean,
        message_search.find,
        meaning_search.find_near,
        meaning_blocks.add,
        meaning_blocks.has_leftovers,
        meaning_blocks.tidy,
    ),
    "postgresql": SearchEngine(
        postgres_index.index_changes,
        postgres_index.clean,
        postgres_search.find,
        meaning_codes.find_near,
        meaning_codes.add,
        meaning_codes.has_leftovers,
        meaning_codes.tidy,
    ),
}


def search_engine_of(database: Database | Reader) -> SearchEngine:
    return _ENGINES[database.dialect]
