"""Asking for a long text in a room whose people are at several processes, waiting for it, and seeing it grow."""

from typing import Any

from tests.fakes.ollama import FakeOllama
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


def wait_for_place(person: Person, reply: str, number: int) -> None:
    """Until this person has seen the reply there in line."""
    person.wait_for("llmStatus", lambda s: s["reply_id"] == reply and s["queue_position"] == number)


def outcomes(ollama: FakeOllama) -> list[str]:
    """How questions ended, in the order in which they came; without those that only load."""
    return [seen.outcome for seen in ollama.seen if seen.path == "/api/chat" and seen.body["messages"]]


def in_line(event: dict[str, Any], field: str) -> list[Any]:
    """That field of all who are in line, in the order of their places."""
    entries = [entry for line in event["queues"] for entry in line["entries"]]
    assert [entry["position"] for entry in entries] == list(range(len(entries)))
    return [entry[field] for entry in entries]


def wait_in_one_line(ada: Person, mira: Person, room: str, ollama: FakeOllama) -> None:
    """They ask in turns, at two processes: both see where everybody stands, before and after somebody has left."""

    def both_see(replies: list[str]) -> None:
        for person in (ada, mira):
            person.wait_for("queue_changed", lambda event: in_line(event, "reply") == replies)

    for person in (ada, mira):
        person.call("watch_queue", {"is_on": True})
    line = [ask(ada, room, "first")]
    wait_for_text(mira, line[0])
    for place, person in enumerate((mira, ada, mira), start=1):
        line.append(ask(person, room, f"question {place}"))
        wait_for_place(ada, line[place], place)
        wait_for_place(mira, line[place], place)
    both_see(line)
    assert outcomes(ollama).count("open") == 1, "no more at once than the backend serves"
    leaves = line.pop(2)
    assert ada.call("stop_reply", {"message": leaves})["ok"]
    assert mira.wait_closed(leaves)["llm"]["phase"] == "stopped"
    wait_for_place(ada, line[2], 2)
    both_see(line)
    for reply in reversed(line):
        mira.call("stop_reply", {"message": reply})
        ada.wait_closed(reply)


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
