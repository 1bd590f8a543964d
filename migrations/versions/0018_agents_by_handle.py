"""What agents said is found by their handle.

Revision: 0018, after 0017.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Who wrote it: a person's id or the model, one word whatever signs there are in its name. Of an agent's, behind that
# the agent's id, and its handle as it was then.
_MODEL = "coalesce({row}.author_id, hex(lower({row}.model)))"
_AGENT = """
    || coalesce(' ' || json_extract({row}.reply, '$.agent.id'), '')
    || coalesce(' ' || hex(json_extract({row}.reply, '$.agent.handle')), '')
"""
_WORDS = """
    {row}.content,
    {row}.room_id,
    {author},
    CASE WHEN {row}.content GLOB '*`*`*' THEN 'code ' ELSE '' END
    || CASE WHEN {row}.content LIKE '%http://%' OR {row}.content LIKE '%https://%' THEN 'link' ELSE '' END
"""
_COLUMNS = "rowid, content, room, author, traits"


def upgrade() -> None:
    _index_by(_MODEL + _AGENT)


def downgrade() -> None:
    _index_by(_MODEL)


def _index_by(author: str) -> None:
    """Writes the words of what agents said anew; those of all other messages stay the same."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in ("changed", "deleted"):
        op.execute(f"DROP TRIGGER message_search_{name}")
    op.execute(f"INSERT INTO message_search (message_search, {_COLUMNS}) SELECT 'delete', {_OF_AGENTS}")
    op.execute("DROP VIEW message_search_source")
    op.execute(
        "CREATE VIEW message_search_source (number, content, room, author, traits) AS"
        f" SELECT search_documents.number, {_words('messages', author)}"
        " FROM search_documents JOIN messages ON messages.id = search_documents.message_id"
        " WHERE search_documents.is_indexed"
    )
    op.execute(f"INSERT INTO message_search ({_COLUMNS}) SELECT {_OF_AGENTS}")
    for trigger in _triggers(_words("old", author)):
        op.execute(trigger)


_OF_AGENTS = """
    * FROM message_search_source WHERE number IN (
        SELECT number FROM messages JOIN search_documents ON search_documents.message_id = messages.id
        WHERE model IS NOT NULL AND json_extract(reply, '$.agent.id') IS NOT NULL
    ) ORDER BY number
"""


def _words(row: str, author: str) -> str:
    return _WORDS.format(row=row, author=author.format(row=row))


def _triggers(words: str) -> tuple[str, str]:
    """FTS5 has to be told the words that are to go, and here alone are they still known."""
    take_out = f"""
    INSERT INTO message_search (message_search, {_COLUMNS})
    SELECT 'delete', number, {words} FROM search_documents WHERE message_id = old.id AND is_indexed;
    INSERT INTO search_removals (number) SELECT number FROM search_documents WHERE message_id = old.id AND is_indexed;
    """
    changed = f"""
    CREATE TRIGGER message_search_changed AFTER UPDATE OF content, reply_phase, deleted_at ON messages
    WHEN old.content IS NOT new.content OR old.reply_phase IS NOT new.reply_phase
        OR old.deleted_at IS NOT new.deleted_at
    BEGIN {take_out}
        UPDATE search_documents SET is_indexed = 0 WHERE message_id = old.id AND is_indexed;
    END
    """
    deleted = f"""
    CREATE TRIGGER message_search_deleted BEFORE DELETE ON messages
    BEGIN {take_out}
        DELETE FROM search_documents WHERE message_id = old.id;
    END
    """
    return changed, deleted
