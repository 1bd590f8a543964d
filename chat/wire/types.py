"""The small types that all wire models are made of, and the one shape of an error."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Phase = Literal["queued", "routing", "loading", "connected", "prompt", "generating", "done", "stopped", "failed"]
PublicStatus = Literal["", "loading...", "connected...", "thinking...", "error"]
ReplyPhase = Literal["queued", "loading", "prompt", "generating", "done", "stopped", "failed", "interrupted"]
MessageStatus = Literal["sending", "delivered", "read", "error"]
RoomKind = Literal["public", "private", "direct"]
ReplyPolicy = Literal["mention", "always", "team", "off"]
StopPolicy = Literal["everybody", "asker"]
MemberRole = Literal["owner", "member"]
ServerRole = Literal["admin", "moderator", "member", "guest"]
ModelStage = Literal[
    "connecting", "initializing", "loading", "downloading", "finalizing", "complete", "failed", "cancelled"
]
PresenceStatus = Literal["online", "away", "offline"]
EndReason = Literal["signed_out", "ended", "revoked", "password_changed", "password_reset", "deactivated"]

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")]
Username = Annotated[str, StringConstraints(min_length=2, max_length=32, pattern=r"^[a-z0-9][a-z0-9._-]*$")]
Password = Annotated[str, StringConstraints(min_length=8, max_length=256)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Emoji = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=1_000_000)]
# A model that is asked for is shown as the reply's author, even if there is none of that name.
_MODEL = r"^[^\x00-\x1f\x7f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+$"
ModelName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_MODEL)]
# As backends name their models: segments with at most one tag. No address, no path that leads anywhere else.
_SEGMENT = r"[A-Za-z0-9][A-Za-z0-9._@+-]*"
ModelPath = Annotated[
    str, StringConstraints(max_length=200, pattern=rf"^{_SEGMENT}(/{_SEGMENT}){{0,3}}(:{_SEGMENT})?$")
]
Seq = Annotated[int, Field(ge=0, le=2**53)]


class In(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ErrorBody(Out):
    code: str
    message: str
    retry_after: float | None = None
    field: str | None = None
    request_id: str = ""


class ErrorAnswer(Out):
    error: ErrorBody
