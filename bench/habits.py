"""What people in a room do all day: send, type, read, ask a model, come and go."""

import http.client
import time
from collections.abc import Callable
from itertools import cycle

from bench.crowd import Crowd
from bench.frames import new_key
from bench.loads import TEXT


class Habits:
    """Done by the crowd's members in turns. `sent` and `answered` count events, `came` those who left and came back."""

    def __init__(self, crowd: Crowd, messages_per_second: float) -> None:
        self._crowd, self._room = crowd, crowd.server.room
        self.sent = self.answered = self.came = 0
        self._person = cycle(range(len(crowd.members)))
        self._per_second: dict[Callable[[int], None], float] = {
            self._send: messages_per_second,
            self._come_again: 2.0,
            self._type: 1.0,
            self._mark_read: 1.0,
            self._read_history: 0.5,
            self._ask: 0.2,
        }
        self._due = dict.fromkeys(self._per_second, time.perf_counter())

    def live(self, seconds: float) -> None:
        """Returns when that time is over and everything that was sent is answered."""
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end:
            for habit, per_second in self._per_second.items():
                while self._due[habit] <= now:
                    habit(next(self._person))
                    self._due[habit] += 1 / per_second
            self._crowd.loop.turn(max(0.0, min(self._due.values()) - time.perf_counter()))
        self._crowd.loop.until(lambda: self.answered == self.sent)
        pause = time.perf_counter() - end
        self._due = {habit: due + pause for habit, due in self._due.items()}

    def _send(self, person: int) -> None:
        self._say(person, TEXT.format(self.sent))

    def _ask(self, person: int) -> None:
        self._say(person, f"@echo {TEXT.format(self.sent)}")

    def _say(self, person: int, content: str) -> None:
        self._call(person, "send_message", content=content, client_id=new_key())

    def _type(self, person: int) -> None:
        self._call(person, "typing", is_typing=True)

    def _mark_read(self, person: int) -> None:
        self._call(person, "mark_read", seq=self.answered)

    def _come_again(self, person: int) -> None:
        """Closes the tab and opens another one, unless something is still on its way."""
        if self._crowd.members[person].is_idle:
            self._crowd.members[person].close()
            member = self._crowd.members[person] = self._crowd.open(person)
            member.on_ready = lambda: self._call(person, "join_room", after=self.answered)
            self.came += 1

    def _read_history(self, person: int) -> None:
        server = self._crowd.server
        connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=30)
        connection.request("GET", f"/api/chat/history?room={self._room}", headers={"Cookie": server.cookies[person]})
        assert connection.getresponse().status == 200
        connection.close()

    def _call(self, person: int, event: str, **data: object) -> None:
        """Whoever is just connecting does nothing yet."""
        member = self._crowd.members[person]
        if member.is_ready:
            self.sent += 1
            member.call(event, {"room": self._room, **data}, self._heard)

    def _heard(self, _: bytes) -> None:
        self.answered += 1
