"""Models that are loaded before anybody has asked them."""

from chat.jobs.model_tasks import ModelTasks
from chat.jobs.preloading import Preloading
from chat.jobs.upkeep import Upkeep
from chat.jobs.watchdog import Patience, Watchdog
from chat.llm.base import ModelFacts
from chat.llm.scripted import Scripted
from chat.publishing import Publisher
from tests.fakes.engine import BACKGROUND, Engine


def test_what_the_setting_names_waits_until_its_backend_says_whether_it_is_in_memory() -> None:
    """While Ollama is at work it may not say so for a while, just after both were started."""
    model = Scripted(models=[ModelFacts("llama3", loaded=None)])
    engine = Engine(model)
    tasks = ModelTasks(Publisher(), BACKGROUND, after_end=lambda _: None)
    upkeep = Upkeep(engine.registry, engine.warmth, Watchdog(Patience(30, 30, 30), BACKGROUND), tasks)
    preloading = Preloading(engine.registry, engine.scheduler, upkeep, ("llama3",))
    preloading.look()
    assert tasks.list() == []
    model.models = [ModelFacts("llama3", loaded=False)]
    for _ in range(2):
        engine.registry.refresh()
        preloading.look()
    assert [task.model for task in tasks.list()] == ["llama3"], "once"
