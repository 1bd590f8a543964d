"""A room with agents and a model that works for them, and the jobs that run there."""

import time
from collections.abc import Callable

from sqlalchemy import select

from chat import wire
from chat.db.ids import new_id
from chat.db.tables import messages as rows
from chat.events import AgentActed
from chat.jobs.recovery import Recovery
from chat.jobs.reply_job import ReplyJobs
from chat.jobs.status_feed import StatusFeed
from chat.jobs.team_run import Bounds
from chat.llm.scripted import Scripted
from chat.llm.status import StatusBoard
from chat.publishing import Publisher
from chat.services import agents, messages
from chat.services.addressees import AskRules
from chat.services.run_steps import get_run
from tests.fakes.engine import BACKGROUND, Engine
from tests.fakes.team import TeamScript
from tests.services.den import MODEL, Den, job_of

RULES = AskRules(
    find_model=lambda handle: MODEL if handle == "m" else None, default=lambda: MODEL, take=lambda user_id: None
)


def until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    give_up = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < give_up
        time.sleep(0.01)


class Team:
    """`jobs` are this process's; `restart` is a new process after the old one was killed.

    `near` are the older messages (ids) that are found for any question.
    """

    def __init__(self, den: Den, script: TeamScript, bounds: Bounds = Bounds(seconds=20.0)) -> None:  # noqa: B008  it is frozen
        self.den, self.script, self.bounds = den, script, bounds
        self.backend = Scripted(script, models=("m",))
        self.near: list[str] = []
        self.processes: list[ReplyJobs] = []
        self.jobs = self._process()

    def __enter__(self) -> "Team":
        return self

    def __exit__(self, *_: object) -> None:
        """Waits for all threads, also of dead processes: they use the database."""
        self.script.release()
        until(lambda: not any(process.running() for process in self.processes))

    def _process(self) -> ReplyJobs:
        asker = Engine(self.backend).asker
        publisher = Publisher()
        self.feed = StatusFeed(StatusBoard(), publisher, BACKGROUND, asker.programs)
        jobs = ReplyJobs(self.den.db, asker, self.feed, publisher, BACKGROUND, self.bounds, near=lambda job: self.near)
        self.processes.append(jobs)
        return jobs

    def bound(self, bounds: Bounds) -> None:
        """A process of other settings."""
        self.bounds = bounds
        self.jobs = self._process()

    def restart(self) -> None:
        """Nothing of the old process writes any more, as after kill -9: its threads are left at their gates."""
        self.jobs = self._process()
        Recovery(self.den.db, self.jobs, BACKGROUND, lambda model: False).begin()

    def add(self, *handles: str, **more: object) -> None:
        for handle in handles:
            draft = {"handle": handle, "name": handle.title(), "system": f"Your handle is {handle} .", **more}
            made = wire.CreateAgent.model_validate(draft)
            agents.create_room_agent(self.den.db, lambda name: False, self.den.ada, self.den.room, made)

    def send(self, content: str, person: wire.User | None = None, **more: object) -> messages.Posted:
        sent = wire.SendMessage.model_validate(
            {"room": self.den.room, "content": content, "client_id": new_id(), **more}
        )
        posted = messages.send_message(self.den.db, RULES, person or self.den.ada, sent, max_chars=10_000)
        for reply in posted.replies:
            self.begin(reply)
        return posted

    def begin(self, reply: wire.Message) -> None:
        self.jobs.begin(job_of(self.den.db, reply.id).id)

    def ask(self, content: str = "@team is it so?", **more: object) -> wire.Message:
        reply = self.send(content, **more).reply
        assert reply
        return reply

    def ended(self, reply: wire.Message, seconds: float = 20.0) -> wire.Message:
        until(lambda: self.den.shown(reply).status != "sending" and not self.jobs.running(), seconds)
        return self.den.shown(reply)

    def actions(self, reply: wire.Message) -> list[tuple[str, str]]:
        """Who did what, as it can be read afterwards."""
        return [(one.agent, one.action) for one in self.run(reply).actions]

    def run(self, reply: wire.Message) -> wire.RunAnswer:
        with self.den.db.read() as read:
            run = read.scalar(select(rows.c.reply).where(rows.c.id == reply.id))["run"]
            return get_run(read, self.den.ada.id, self.den.room, run)

    def detail(self, reply: wire.Message, agent: str, action: str) -> str:
        return next(one.detail for one in self.run(reply).actions if (one.agent, one.action) == (agent, action))

    def told(self) -> list[wire.AgentAction]:
        """What the room has heard."""
        return [event.action for event in self.den.heard if isinstance(event, AgentActed)]
