"""Reads what LM Studio says of a download that it was asked for; it knows itself when it will be complete."""

from datetime import UTC, datetime
from typing import Any

from chat.errors import ModelError
from chat.llm.base import PullChunk
from chat.llm.http_errors import Refused
from chat.llm.json_values import whole
from chat.llm.shown import shown

DOWNLOAD = "/api/v1/models/download"
LOOK_AT_DOWNLOAD = 0.5  # seconds
_COMPLETE = ("completed", "already_downloaded")


def told(answer: Any) -> dict[str, Any]:
    """The object that was answered. Wrong routes get a 200, too, with `error` as a string: then raises Refused."""
    if not isinstance(answer, dict) or isinstance(answer.get("error"), str):
        raise Refused(502, shown(str(answer.get("error"))) if isinstance(answer, dict) else "the answer is no object")
    return answer


def is_complete(job: dict[str, Any], model: str) -> bool:
    """Raises `ModelError` when it has failed."""
    if job.get("status") == "failed":
        raise ModelError(f"LM Studio could not download “{model}”. Its window says why; check the name and the disk.")
    return job.get("status") in _COMPLETE


def download_chunk(job: dict[str, Any]) -> PullChunk:
    speed, done, total = (job.get(name) for name in ("bytes_per_second", "downloaded_bytes", "total_size_bytes"))
    return PullChunk(
        shown(str(job.get("status") or "downloading")),
        whole(done),
        whole(total),
        float(speed) if isinstance(speed, int | float) and speed > 0 else None,
        _seconds_until(job.get("estimated_completion")),
    )


def _seconds_until(moment: Any) -> float | None:
    """`estimated_completion` is a moment, ISO 8601; without a zone it would be UTC."""
    try:
        end = datetime.fromisoformat(moment) if isinstance(moment, str) else None
    except ValueError:
        end = None
    if end is None:
        return None
    left = (end if end.tzinfo else end.replace(tzinfo=UTC)) - datetime.now(UTC)
    return round(max(0.0, left.total_seconds()), 1)
