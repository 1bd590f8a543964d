"""One's own remembered conversations over HTTP."""

from dataclasses import dataclass

from chat import wire
from chat.db.unit_of_work import Database
from chat.services.conversations import delete_conversation, get_conversation, list_conversations
from chat.web.api import Api, Operation
from chat.web.api import user as caller

_QUERY = {"conversation": str, "project": str, "user": str, "before": str, "limit": int}


@dataclass(frozen=True)
class ConversationRoutes:
    db: Database

    def add_to(self, api: Api) -> None:
        one = "/api/conversations/{conversation}"
        for operation in (
            Operation(
                "GET",
                "/api/conversations",
                self.list,
                "My remembered conversations",
                answer=wire.Conversations,
                query=_QUERY,
            ),
            Operation("GET", one, self.show, "What one of them remembers", answer=wire.ConversationAnswer),
            Operation("DELETE", one, self.forget, "Forget one of them", status=204),
        ):
            api.add(operation)

    def list(
        self,
        conversation: str | None = None,
        project: str | None = None,
        user: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> wire.Conversations:
        called = {"conversation": conversation, "project": project, "user": user}
        with self.db.read() as read:
            return list_conversations(read, caller().id, **called, before=before, limit=limit)

    def show(self, conversation: str) -> wire.ConversationAnswer:
        with self.db.read() as read:
            return get_conversation(read, caller().id, conversation)

    def forget(self, conversation: str) -> None:
        delete_conversation(self.db, caller().id, conversation)
