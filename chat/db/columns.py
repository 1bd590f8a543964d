"""The columns that many tables have. Times are milliseconds since 1970 UTC; ids are 26-character strings (db/ids)."""

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> Column[str]:
    return Column("id", String(26), primary_key=True)


def time_column(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def user_column(name: str = "user_id", *, nullable: bool = False, **kwargs: Any) -> Column[str]:
    return Column(name, String(26), ForeignKey("users.id", ondelete="CASCADE"), nullable=nullable, **kwargs)


def room_column(**kwargs: Any) -> Column[str]:
    return Column("room_id", String(26), ForeignKey("rooms.id", ondelete="CASCADE"), nullable=False, **kwargs)


# Only an INTEGER counts by itself in SQLite.
Number = BigInteger().with_variant(Integer, "sqlite")


def index_of_some(where: str, name: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))
