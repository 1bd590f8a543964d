"""Older messages that belong to a question are found by their meaning, once a room has outgrown its prompts."""

from chat import wire
from chat.errors import ModelUnreachable
from chat.services import prompts
from chat.services.changes import delete_message
from chat.services.passages import Passages
from tests.services.den import Den, job_of
from tests.services.noting import TOKENS, make, say_many, switch
from tests.services.seeker import Seeker


def _outgrown(den: Den) -> tuple[wire.Message, Seeker, Passages]:
    """The room has a message about a dog that no prompt holds any more."""
    dog = den.say(den.mira, "the puppy sleeps on the sofa")
    say_many(den)
    seeker = Seeker(den)
    return dog, seeker, Passages(den.db, seeker.mind, lambda work: work())


def _near(den: Den, passages: Passages, question: str = "where is the hound?") -> list[str]:
    _, reply = den.ask(den.ada, question)
    return passages.near(job_of(den.db, reply.id))


def test_what_belongs_to_the_question_is_read_again_though_it_is_old(den: Den) -> None:
    dog, seeker, passages = _outgrown(den)
    make(den, "They made remarks.")
    seeker.read_all()
    _, reply = den.ask(den.ada, "where is the hound?")
    job = job_of(den.db, reply.id)
    near = passages.near(job)
    assert near[0] == dog.id
    with den.db.read() as read:
        reading = prompts.build_prompt(read, job, TOKENS, near=near)
    recalled = reading.prompt.turns[1].content
    assert "Mira: the puppy sleeps on the sofa" in recalled[: recalled.index("</room-passages>")]
    assert dog.seq in [seq for seq, _ in reading.account["passages"]]
    delete_message(den.db, den.mira.id, dog.id)
    assert dog.id not in passages.near(job)


def test_nothing_is_looked_for_where_all_is_read_anyway_or_memory_is_off(den: Den) -> None:
    _, seeker, passages = _outgrown(den)
    seeker.read_all()
    assert _near(den, passages) == []
    make(den, "They made remarks.")
    assert _near(den, passages) != []
    switch(den, is_on=False)
    assert _near(den, passages) == []


def test_an_answer_does_without_where_the_model_for_it_is_away(den: Den) -> None:
    _, seeker, passages = _outgrown(den)
    make(den, "They made remarks.")
    seeker.read_all()
    seeker.mind.problem = ModelUnreachable("It is away.")
    assert _near(den, passages) == []
