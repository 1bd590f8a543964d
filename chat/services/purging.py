"""Forgets what nobody needs any more, so that the database does not grow by itself."""

import logging

from sqlalchemy import delete, select

from chat.db.ids import now_ms
from chat.db.tables import audit, jobs, model_loads, sessions
from chat.db.unit_of_work import Database
from chat.services.model_loads import KEPT

DAY_MS = 86_400_000
log = logging.getLogger(__name__)


def purge(db: Database, audit_days: int, job_days: int) -> None:
    """Expired sessions, jobs that ended long ago, load times past the newest few hundred, old entries of the log."""
    now = now_ms()
    kept_loads = select(model_loads.c.id).order_by(model_loads.c.id.desc()).limit(KEPT)
    with db.write() as uow:
        gone = (
            uow.execute(delete(sessions).where(sessions.c.expires_at <= now)).rowcount,
            uow.execute(delete(jobs).where(jobs.c.ended_at < now - job_days * DAY_MS)).rowcount,
            uow.execute(delete(model_loads).where(model_loads.c.id.not_in(kept_loads))).rowcount,
            uow.execute(delete(audit).where(audit.c.created_at < now - audit_days * DAY_MS)).rowcount,
        )
    if any(gone):
        log.info("forgot %d expired sessions, %d old jobs, %d old load times, %d entries of the audit log", *gone)
