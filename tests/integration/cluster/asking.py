"""Asking for a long text in a room whose people are at several processes, and seeing it grow."""

from tests.people import Person
from tests.services.teams import until

LONG_TEXT = " ".join(f"word{number}" for number in range(2000))
LEASE = 45.0  # seconds, with the beat in which a dead process is noticed


def ask(person: Person, room: str, words: str = "tell me everything") -> str:
    """Gives the reply's id."""
    question = person.send(f"@llama3 {words}", room)["message"]["id"]
    return str(person.wait_reply(question)["id"])


def wait_for_text(person: Person, reply: str) -> None:
    person.wait_for("llm_chunk", lambda chunk: chunk["reply_id"] == reply)


def come_in_the_middle(ada: Person, mira: Person, room: str) -> None:
    """Mira opens the room while a reply is written that Ada has asked for: she has all of it, and hears what comes."""
    reply = ask(ada, room)
    wait_for_text(ada, reply)
    until(lambda: mira.join(room)["active_replies"][0]["text"])  # her process hears of it a moment after Ada
    (active,) = mira.join(room)["active_replies"]
    assert active["reply_id"] == reply and LONG_TEXT.startswith(active["text"]) and active["text"]
    assert active["status"]["phase"] == "generating"
    goes_on = mira.wait_for("llm_chunk", lambda c: c["reply_id"] == reply and c["offset"] >= len(active["text"]))
    assert LONG_TEXT[goes_on["offset"] :].startswith(goes_on["data"]["chunk"])
    mira.call("stop_reply", {"message": reply})
    ada.wait_closed(reply)
    assert mira.join(room)["active_replies"] == []
