"""Two people and a model in one room, over real sockets."""

from collections.abc import Callable

from tests.people import Person, new_key

Newcomer = Callable[[], Person]


def test_what_one_says_the_other_hears_once(newcomer: Newcomer) -> None:
    ada, mira = newcomer(), newcomer()
    ada.join()
    mira.join()
    sent = ada.send("Hello **Mira**")
    assert sent["ok"] and sent["message"]["status"] == "delivered"
    heard = mira.wait_for("message", lambda m: m["id"] == sent["message"]["id"])
    assert heard == sent["message"]
    assert [m["id"] for m in mira.seen("message")].count(heard["id"]) == 1
    assert heard["content"] == "Hello **Mira**" and heard["author"]["handle"] == ada.username


def test_a_mention_is_answered_live_and_stored(newcomer: Newcomer) -> None:
    ada, mira = newcomer(), newcomer()
    ada.join()
    mira.join()
    question = ada.send("@echo say it back")["message"]
    reply = mira.wait_reply(question["id"])
    assert reply["llm"]["phase"] == "queued" and reply["content"] == ""
    closed = mira.wait_closed(reply["id"])
    assert closed["content"].startswith("You said:") and closed["llm"]["finish"] == "stop"
    mira.wait_for("llm_chunk", lambda c: c["reply_id"] == reply["id"] and c["data"]["is_final"])
    mira.wait_for("llmStatus", lambda s: s["reply_id"] == reply["id"] and s["phase"] == "done")
    chunks = [c for c in mira.seen("llm_chunk") if c["reply_id"] == reply["id"]]
    assert "".join(c["data"]["chunk"] for c in chunks) == closed["content"]
    assert [c["data"]["is_final"] for c in chunks][-1] is True
    offsets = [c["offset"] for c in chunks]
    assert offsets == [sum(len(c["data"]["chunk"]) for c in chunks[:n]) for n in range(len(chunks))]
    phases = [s["phase"] for s in mira.seen("llmStatus") if s["reply_id"] == reply["id"]]
    assert phases[0] == "queued" and phases[-1] == "done" and "generating" in phases
    stored = {m["id"]: m for m in ada.history()}
    assert stored[reply["id"]] == closed
    assert stored[reply["id"]]["seq"] == question["seq"] + 1


def test_the_same_key_gives_the_same_message(newcomer: Newcomer) -> None:
    ada = newcomer()
    key = new_key()
    first = ada.send("once", client_id=key)
    again = ada.send("once", client_id=key)
    assert first["message"] == again["message"]
    over_http = ada.post("/api/chat/message", room="general", content="once", client_id=key)
    assert over_http.status_code == 200 and over_http.json()["message"] == first["message"]
    other = ada.send("another text", client_id=key)
    assert other["error"]["code"] == "conflict"
