"""A room written to a file and read again elsewhere."""

from pathlib import Path

from tests.people import PASSWORD, Person
from tests.running_server import LIMITS, RunningServer
from tests.typed import flask, run_flask


def test_a_room_moves_to_another_server(server: RunningServer, tmp_path: Path) -> None:
    ada, mira = (Person(server.url, name).register().connect() for name in ("ada", "mira"))
    room = ada.post("/api/rooms", name="Attic", kind="private", members=["mira"]).json()["room"]
    first = mira.send("hello @ada", room["id"])["message"]
    ada.send("well", room["id"], reply_to=first["id"])
    ada.call("react", {"message": first["id"], "emoji": "👍", "is_on": True})
    hook = ada.post(f"/api/rooms/{room['id']}/hooks", name="CI").json()
    assert ada.post(hook["path"], text="green", username="Builds").ok
    target = tmp_path / "attic.jsonl"
    assert "3 messages" in flask(server.data_dir, "export-room", room["slug"], str(target))
    assert target.stat().st_mode & 0o077 == 0
    shown = ada.history(room["id"])
    for person in (ada, mira):
        person.disconnect()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with RunningServer(elsewhere, **LIMITS) as other:
        again = Person(other.url, "ada").register()
        stranger = Person(other.url, "eve").register()
        assert "#attic is here with 3 messages" in flask(elsewhere, "import", str(target))
        assert [(m["content"], m["seq"], m["rev"], m["author"]["handle"]) for m in again.history(room["id"])] == [
            (m["content"], m["seq"], m["rev"], m["author"]["handle"]) for m in shown
        ]
        moved = again.history(room["id"])
        assert moved[0]["reactions"][0]["emoji"] == "👍" and moved[1]["quote"]["content"] == "hello @ada"
        assert moved[0]["author"]["deactivated"], "she has no account there yet"
        assert (moved[2]["author"]["kind"], moved[2]["author"]["name"]) == ("bot", "Builds")
        assert stranger.get("/api/chat/history", room=room["id"]).status_code == 404
        assert (
            again.post("/api/chat/message", room=room["id"], content="on", client_id="k").json()["message"]["seq"] == 4
        )
        twice = run_flask(elsewhere, "import", str(target))
        assert twice.returncode == 1 and "here already" in twice.stderr
    assert "ok" in flask(elsewhere, "check", LLM_SCRIPTED="on", EMBEDDING_MODEL="off")


def test_half_a_file_is_not_imported(server: RunningServer, tmp_path: Path) -> None:
    ada = Person(server.url, "ada").register().connect()
    room = ada.post("/api/rooms", name="Attic").json()["room"]
    ada.send("hello", room["id"])
    ada.disconnect()
    target = tmp_path / "attic.jsonl"
    flask(server.data_dir, "export-room", "attic", str(target))
    lines = target.read_text().splitlines(keepends=True)
    elsewhere = tmp_path / "elsewhere"
    flask(elsewhere, "create-admin", "root", typed=f"{PASSWORD}\n")
    whole = "".join(lines)
    renamed = whole.replace('"content"', '"contents"')
    for text in ("", "{}", whole[:-20], "".join(lines[:-1]), "".join(lines[:-2] + lines[-1:]), renamed):
        target.write_text(text)
        ended = run_flask(elsewhere, "import", str(target))
        assert ended.returncode == 1 and ended.stderr.startswith("Error: ") and "Traceback" not in ended.stderr, text
    target.write_text(whole)
    assert "1 messages" in flask(elsewhere, "import", str(target))
