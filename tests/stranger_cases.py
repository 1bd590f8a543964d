"""What a stranger tries: every event and every HTTP operation, with what it needs in a room of somebody else's."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from tests.people import PASSWORD, Person, new_key
from tests.running_server import RunningServer

KINDS = ("private", "direct", "public")
REFUSAL = {"private": "not_found", "direct": "not_found", "public": "not_allowed"}
STATUS = {"not_found": 404, "not_allowed": 403, "not_signed_in": 401}
EMBEDDER = "nomic-embed-text"
SECRET = "the treasure is under the oak"
TEMPLATE = {"title": "Ours", "body": f"{SECRET}: {{{{ content }}}}"}


@dataclass
class Scene:
    """A room of two people with a question and its reply; `stranger` is not in it.

    The owner has a program, too, whose `conversation` is remembered. The room has an `agent`, which has worked in a
    `run`; a direct one can have none.
    """

    kind: str
    owner: Person
    friend: Person
    stranger: Person
    room: str
    message: str
    reply: str
    session: str
    key: str
    conversation: str
    agent: str
    run: str
    template: str

    def state(self) -> list[Any]:
        """All that the owner can see of the room."""
        room = next(r for r in self.owner.get("/api/rooms").json()["rooms"] if r["id"] == self.room)
        members = self.owner.get(f"/api/rooms/{self.room}/members").json()["members"]
        conversations = self.owner.get("/api/conversations").json()
        templates = self.owner.get("/api/templates", room=self.room).json()
        agents = self.owner.get(f"/api/rooms/{self.room}/agents").json()["agents"]
        people = sorted((m["id"], m["role"]) for m in members)
        memory = self.owner.get(f"/api/rooms/{self.room}/memory").json()
        return [room, people, self.owner.history(self.room), conversations, agents, templates, memory]


def make_scene(server: RunningServer, kind: str) -> Scene:
    owner, friend, stranger = (Person(server.url, f"p{new_key()[:12]}").register().connect() for _ in range(3))
    made = owner.post("/api/rooms", name=f"r {new_key()}", kind=kind, members=[friend.username])
    room = made.json()["room"]["id"]
    question = owner.send(f"@echo {SECRET}", room)["message"]
    reply = owner.wait_reply(question["id"])
    owner.wait_closed(reply["id"])
    session = owner.get("/api/auth/sessions").json()["sessions"][0]["id"]
    key = owner.post("/api/keys", name="mine").json()["id"]
    owner.http.post(
        f"{owner.url}/api/llm/generate",
        json={"prompt": SECRET, "model": "echo"},
        headers={"X-Conversation-ID": "chat-1"},
        timeout=30,
    )
    conversation = owner.get("/api/conversations").json()["conversations"][0]["id"]
    # A direct room has no owner, and so no templates: there it is one of the person's own.
    place = {} if kind == "direct" else {"room": room}
    template = owner.post("/api/templates", **TEMPLATE, **place).json()["template"]["id"]
    made = owner.post(f"/api/rooms/{room}/agents", handle=f"a{new_key()[:12]}", name="Critic", system=SECRET)
    agent = made.json()["agent"]["id"] if kind != "direct" else "nonsense"
    owner.request("PUT", f"/api/rooms/{room}/memory", text=SECRET, version=0)
    ids = (room, question["id"], reply["id"], session, key, conversation, agent, _run(owner, room, kind), template)
    return Scene(kind, owner, friend, stranger, *ids)


def _run(owner: Person, room: str, kind: str) -> str:
    """In a direct room there are no agents to do anything."""
    if kind == "direct":
        return "nonsense"
    question = owner.send(f"@team {SECRET}", room)["message"]
    run: str = owner.wait_closed(owner.wait_reply(question["id"])["id"])["llm"]["run"]
    return run


EVENTS: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "join_room": lambda s: {"room": s.room, "after": 0},
    "leave_room": lambda s: {"room": s.room},
    "send_message": lambda s: {"room": s.room, "content": "let me in", "client_id": new_key()},
    "edit_message": lambda s: {"message": s.message, "content": "they never said so"},
    "delete_message": lambda s: {"message": s.message},
    "react": lambda s: {"message": s.message, "emoji": "👍"},
    "pin_message": lambda s: {"message": s.message, "is_pinned": True},
    "typing": lambda s: {"room": s.room, "is_typing": True},
    "llm_request": lambda s: {"room": s.room, "content": "what did they say?"},
    "stop_reply": lambda s: {"message": s.reply},
    "regenerate": lambda s: {"message": s.reply},
    "continue_reply": lambda s: {"message": s.reply},
    "mark_read": lambda s: {"room": s.room, "seq": 1},
    "mark_unread": lambda s: {"room": s.room, "seq": 1},
    "set_presence": lambda s: {"status": "online"},
    "watch_queue": lambda s: {"is_on": True},
}
ABOUT_ONESELF = ("set_presence", "watch_queue")


@dataclass(frozen=True)
class Case:
    """`own`: about oneself, allowed to anybody signed in; `room`: refused by the room's rule; `theirs`: not found.

    `admin`: for nobody else. `nobody`: the address itself is the key, and is not found without it. `off`: not set up.
    """

    rule: Literal["public", "own", "room", "theirs", "admin", "nobody", "off"]
    body: Callable[[Scene], dict[str, Any]] = lambda s: {}
    query: Callable[[Scene], dict[str, str]] = lambda s: {}


OPERATIONS: dict[str, Case] = {
    "GET /api/openapi.json": Case("public"),
    "POST /api/auth/register": Case("public", lambda s: {"username": f"p{new_key()[:12]}", "password": PASSWORD}),
    "POST /api/auth/login": Case("public", lambda s: {"username": s.stranger.username, "password": PASSWORD}),
    "POST /api/auth/logout": Case("own"),
    "GET /api/auth/me": Case("own"),
    "PATCH /api/auth/me": Case("own", lambda s: {"display_name": "Mine"}),
    "POST /api/auth/password": Case("own", lambda s: {"current_password": PASSWORD, "new_password": PASSWORD}),
    "GET /api/auth/ways": Case("public"),
    "GET /api/auth/identities": Case("own"),
    "POST /api/auth/identities": Case("admin"),  # for nobody: no provider is set up here
    "DELETE /api/auth/identities": Case("theirs"),
    "GET /api/auth/oidc/start": Case("off"),
    "GET /api/auth/oidc/callback": Case("off"),
    "GET /api/auth/sessions": Case("own"),
    "DELETE /api/auth/sessions/{session}": Case("theirs"),
    "GET /api/keys": Case("own"),
    "POST /api/keys": Case("own", lambda s: {"name": "mine"}),
    "DELETE /api/keys/{key}": Case("theirs"),
    "GET /api/rooms": Case("own"),
    "POST /api/rooms": Case("own", lambda s: {"name": "mine"}),
    "PATCH /api/rooms/{room}": Case("room", lambda s: {"topic": "they never said so"}),
    "DELETE /api/rooms/{room}": Case("room"),
    "DELETE /api/rooms/{room}/members/{user}": Case("room"),
    "PATCH /api/rooms/{room}/members/{user}": Case("room", lambda s: {"role": "owner"}),
    "PUT /api/rooms/{room}/archive": Case("room"),
    "DELETE /api/rooms/{room}/archive": Case("room"),
    "PUT /api/rooms/{room}/mute": Case("room"),
    "DELETE /api/rooms/{room}/mute": Case("room"),
    "POST /api/rooms/{room}/join": Case("room"),
    "POST /api/rooms/{room}/leave": Case("room"),
    "POST /api/rooms/{room}/invite": Case("room", lambda s: {"user": s.stranger.username}),
    "GET /api/rooms/{room}/members": Case("room"),
    "GET /api/chat/history": Case("room", query=lambda s: {"room": s.room}),
    "GET /api/chat/search": Case("room", query=lambda s: {"q": SECRET, "room": s.room}),
    "POST /api/chat/message": Case("room", EVENTS["send_message"]),
    "GET /api/chat/message/{message}": Case("room"),
    "GET /api/chat/message/{message}/context": Case("room"),
    "PATCH /api/chat/message/{message}": Case("room", lambda s: {"content": "they never said so"}),
    "DELETE /api/chat/message/{message}": Case("room"),
    "PUT /api/chat/message/{message}/reactions/{emoji}": Case("room"),
    "DELETE /api/chat/message/{message}/reactions/{emoji}": Case("room"),
    "PUT /api/chat/message/{message}/pin": Case("room"),
    "DELETE /api/chat/message/{message}/pin": Case("room"),
    "GET /api/rooms/{room}/pins": Case("room"),
    "GET /api/rooms/{room}/memory": Case("room"),
    "PUT /api/rooms/{room}/memory": Case("room", lambda s: {"text": "they never said so", "version": 0}),
    "DELETE /api/rooms/{room}/memory": Case("room"),
    "GET /api/rooms/{room}/context": Case("room"),
    "GET /api/rooms/{room}/hooks": Case("room"),
    "POST /api/rooms/{room}/hooks": Case("room", lambda s: {"name": "Mine"}),
    "DELETE /api/rooms/{room}/hooks/{hook}": Case("room"),
    "GET /api/rooms/{room}/outgoing-hooks": Case("room"),
    "POST /api/rooms/{room}/outgoing-hooks": Case("room", lambda s: {"name": "Mine", "url": "http://ci.test/"}),
    "DELETE /api/rooms/{room}/outgoing-hooks/{hook}": Case("room"),
    "PUT /api/rooms/{room}/outgoing-hooks/{hook}/enabled": Case("room"),
    "POST /api/hooks/{secret}": Case("nobody", lambda s: {"text": "let me in"}),
    "GET /api/agents": Case("own"),
    "POST /api/agents": Case("admin", lambda s: {"handle": f"a{new_key()[:12]}", "name": "Mine"}),
    "PATCH /api/agents/{agent}": Case("room", lambda s: {"system": "Tell everybody."}),
    "DELETE /api/agents/{agent}": Case("room"),
    "GET /api/rooms/{room}/agents": Case("room"),
    "POST /api/rooms/{room}/agents": Case("room", lambda s: {"handle": f"a{new_key()[:12]}", "name": "Mine"}),
    "PUT /api/rooms/{room}/agents/{agent}": Case("room"),
    "DELETE /api/rooms/{room}/agents/{agent}": Case("room"),
    "GET /api/rooms/{room}/runs/{run}": Case("room"),
    "GET /api/conversations": Case("own"),
    "GET /api/conversations/{conversation}": Case("theirs"),
    "DELETE /api/conversations/{conversation}": Case("theirs"),
    "GET /api/llm/models": Case("own"),
    "GET /api/llm/status": Case("own"),
    "GET /api/llm/history": Case("own"),
    "GET /api/llm/queue": Case("own"),
    "GET /api/llm/cache": Case("admin"),
    "DELETE /api/llm/cache": Case("admin"),
    "GET /api/admin/people": Case("admin"),
    "PATCH /api/admin/people/{user}": Case("admin", lambda s: {"role": "admin", "is_active": False}),
    "POST /api/admin/people/{user}/password": Case("admin"),
    "POST /api/admin/bots": Case("admin", lambda s: {"name": "Mine"}),
    "POST /api/admin/bots/{user}/keys": Case("admin"),
    "GET /api/admin/rooms": Case("admin"),
    "GET /api/admin/backends": Case("admin"),
    "GET /api/admin/limits": Case("admin"),
    "GET /api/admin/audit": Case("admin"),
    "GET /metrics": Case("admin"),
    "POST /api/llm/load": Case("own", lambda s: {"model": "echo"}),
    "GET /api/llm/load_stream": Case("own", query=lambda s: {"model": "echo"}),
    "POST /api/llm/unload": Case("admin", lambda s: {"model": "echo"}),
    "POST /api/llm/pull": Case("admin", lambda s: {"model": "echo"}),
    "GET /api/llm/pull_stream": Case("admin", query=lambda s: {"model": "echo"}),
    "DELETE /api/llm/models/{model}": Case("admin"),
    "GET /api/llm/loads": Case("own"),
    "DELETE /api/llm/loads/{load}": Case("theirs"),
    "GET /api/templates": Case("room", query=lambda s: {"room": s.room}),
    "POST /api/templates": Case("room", lambda s: {"title": "Mine", "body": "{{ content }}", "room": s.room}),
    "POST /api/templates/check": Case("own", lambda s: {"template": {"title": "Mine", "body": "{{ content }}"}}),
    "GET /api/templates/{template}": Case("theirs"),
    "PUT /api/templates/{template}": Case("theirs", lambda s: {"title": "Mine", "body": "{{ content }}"}),
    "DELETE /api/templates/{template}": Case("theirs"),
    "GET /api/templates/{template}/versions": Case("theirs"),
    "GET /api/templates/{template}/versions/{version}": Case("theirs"),
    "POST /api/templates/{template}/versions/{version}": Case("theirs"),
    "POST /api/llm/generate": Case("own", lambda s: {"prompt": "hello", "model": "echo"}),
    "POST /v1/chat/completions": Case(
        "own", lambda s: {"messages": [{"role": "user", "content": "hello"}], "model": "echo"}
    ),
    "POST /v1/embeddings": Case("own", lambda s: {"input": "hello", "model": EMBEDDER}),
    "GET /v1/models": Case("own"),
    "GET /v1/models/{model}": Case("own"),
}
