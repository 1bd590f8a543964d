"""The headers by which a program has its conversation remembered."""

import re

from flask import Response

from chat.errors import InvalidInput
from chat.services.conversations import ConversationName
from chat.web.lean import this_request

CONVERSATION, PROJECT, USER, MEMORY = "X-Conversation-ID", "X-Project", "X-User-ID", "X-Enable-Memory"
MEMORY_HEADERS = {
    CONVERSATION: "Name of a conversation: what was said in it goes along with the question",
    PROJECT: "Another conversation for each project",
    USER: "Another conversation for each person who uses the program",
    MEMORY: "“false”: neither remember nor keep anything",
}
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_LABEL = re.compile(r"[\x20-\x7e]{0,128}")


def named_conversation(user_id: str) -> ConversationName | None:
    """The conversation that the request names; None where nothing is to be remembered. Raises `InvalidInput`."""
    name, is_wanted = this_request().headers.get(CONVERSATION), _is_wanted()
    if name is None and is_wanted:
        raise InvalidInput(f"{MEMORY} needs a conversation to remember: send {CONVERSATION}, too.", field=CONVERSATION)
    if name is None or is_wanted is False:
        return None
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"{CONVERSATION}: 1 to 64 letters, digits or any of _ . : -", field=CONVERSATION)
    return ConversationName(user_id, name, _label(PROJECT), _label(USER))


def with_conversation(answer: Response, conversation: ConversationName | None) -> Response:
    """Says in the answer that it belongs to a conversation."""
    if conversation:
        answer.headers[CONVERSATION] = conversation.name
    return answer


def _is_wanted() -> bool | None:
    told = this_request().headers.get(MEMORY)
    if told is not None and told.lower() not in ("true", "false"):
        raise InvalidInput(f"{MEMORY} is “true” or “false”.", field=MEMORY)
    return None if told is None else told.lower() == "true"


def _label(header: str) -> str:
    told = this_request().headers.get(header, "")
    if not _LABEL.fullmatch(told):
        raise InvalidInput(f"{header}: at most 128 characters, plain ASCII.", field=header)
    return told
