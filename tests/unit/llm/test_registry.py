"""Which models there are and which of them a name means."""

import random
from collections.abc import Callable

import pytest

from chat.errors import ModelNotFound, ModelUnreachable
from chat.llm.base import ModelFacts
from chat.llm.handles import base_of, handle_of
from chat.llm.registry import ModelEntry, Registry
from chat.llm.scripted import Scripted

DOWN = ModelUnreachable("Ollama is not running at http://127.0.0.1:11434. Start it with: ollama serve")


def ollama(*models: str | ModelFacts) -> Scripted:
    return Scripted(name="ollama", kind="ollama", models=models)


def embedded() -> Scripted:
    return Scripted(name="embedded", kind="embedded", models=["smollm2:135m"])


def registry(*backends: Scripted, default: str = "") -> Registry:
    made = Registry(backends, default)
    made.refresh()
    return made


def id_of(entry: ModelEntry | None) -> str | None:
    return entry.id if entry else None


def test_models_of_all_backends_are_listed_with_ids_and_handles() -> None:
    models = registry(ollama("llama3:latest", "Qwen3:8B"), embedded()).models()
    assert [(entry.id, entry.handle) for entry in models] == [
        ("ollama/llama3:latest", "llama3"),
        ("ollama/Qwen3:8B", "qwen3:8b"),
        ("embedded/smollm2:135m", "smollm2:135m"),
    ]


def test_a_handle_that_two_models_share_is_given_to_the_first_and_named_for_the_backend_of_the_second() -> None:
    found = registry(ollama("llama3:latest"), Scripted(name="LM Studio", models=["llama3"]))
    assert [entry.handle for entry in found.models()] == ["llama3", "llama3-lm-studio"]
    assert id_of(found.find_handle("llama3-lm-studio")) == "LM Studio/llama3"


NOMIC = ModelFacts("nomic-embed-text:latest", capabilities=("embedding",))


def test_models_that_only_embed_are_known_but_never_offered_for_a_chat() -> None:
    found = registry(ollama(NOMIC, "llama3"), default="nomic-embed-text")
    assert [entry.name for entry in found.models()] == ["llama3"]
    assert [(entry.name, entry.handle) for entry in found.embedders()] == [(NOMIC.name, "nomic-embed-text")]
    assert found.find_handle("nomic-embed-text") is None
    assert id_of(found.find_installed("nomic-embed-text")) == f"ollama/{NOMIC.name}"
    assert [entry.name for entry in found.candidates("auto")] == ["llama3"] == [found.resolve(None).name]
    with pytest.raises(ModelNotFound, match="only makes embeddings. Choose a model that writes"):
        found.resolve("nomic-embed-text")


def test_a_model_that_writes_keeps_its_handle_whatever_embeds_under_the_same_name() -> None:
    embeds = Scripted(name="other", models=[ModelFacts("llama3", capabilities=("embedding",))])
    found = registry(embeds, ollama("llama3"))
    assert [e.handle for e in (*found.models(), *found.embedders())] == ["llama3", "llama3-other"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("nomic-embed-text", ["ollama/nomic-embed-text:latest", "other/nomic-embed-text"]),
        ("auto", ["ollama/nomic-embed-text:latest", "other/nomic-embed-text"]),
        ("other/nomic-embed-text", ["other/nomic-embed-text"]),
        ("llama3", ["ollama/llama3"]),
    ],
)
def test_who_may_make_embeddings(wanted: str, expected: list[str]) -> None:
    warm = ModelFacts("nomic-embed-text", loaded=True, capabilities=("embedding",))
    found = registry(ollama("llama3", NOMIC), Scripted(name="other", models=[warm]), embedded())
    first, *others = [entry.id for entry in found.embedder_candidates(wanted)]
    assert sorted([first, *others]) == sorted(expected)
    if wanted == "auto":
        assert first == expected[0], "always the same one, even if another one is loaded"


def test_without_a_model_that_embeds_auto_says_how_to_get_one() -> None:
    found = registry(ollama("llama3"), embedded())
    with pytest.raises(ModelNotFound, match="for example with: ollama pull nomic-embed-text"):
        found.embedder_candidates("auto")
    with pytest.raises(ModelNotFound, match="Run: ollama pull bge-m3"):
        found.embedder_candidates("bge-m3")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("ollama/llama3:8b", "ollama/llama3:8b"),
        ("llama3:8b", "ollama/llama3:8b"),
        ("LLaMA3:8B", "ollama/llama3:8b"),
        ("llama3", "ollama/llama3:8b"),
        ("mistral", "ollama/mistral:latest"),
        ("mistral:latest", "ollama/mistral:latest"),
        ("ollama/mistral", "ollama/mistral:latest"),
        ("smollm2", "embedded/smollm2:135m"),
        ("auto", "ollama/llama3:8b"),
        (None, "ollama/llama3:8b"),
    ],
)
def test_a_model_is_found_by_every_name_it_goes_by(wanted: str | None, expected: str) -> None:
    assert registry(ollama("llama3:8b", "mistral:latest"), embedded()).resolve(wanted).id == expected


def test_of_several_that_match_a_loaded_one_is_taken() -> None:
    cold, warm = ModelFacts("llama3:8b", loaded=False), ModelFacts("llama3:70b", loaded=True)
    assert registry(ollama(cold, warm)).resolve("llama3").id == "ollama/llama3:70b"


def test_an_exact_name_goes_before_a_loaded_relative() -> None:
    cold, warm = ModelFacts("llama3:8b", loaded=False), ModelFacts("llama3:70b", loaded=True)
    assert registry(ollama(cold, warm)).resolve("llama3:8b").id == "ollama/llama3:8b"


@pytest.mark.parametrize(
    ("backends", "default", "expected"),
    [
        ([ollama("mistral", "llama3"), embedded()], "llama3", "ollama/llama3"),
        ([ollama("mistral"), embedded()], "llama3", "ollama/mistral"),
        ([ollama(ModelFacts("a", loaded=False), ModelFacts("b", loaded=True)), embedded()], "", "ollama/b"),
        ([ollama(), embedded()], "llama3", "embedded/smollm2:135m"),
        ([ollama("llama3"), embedded()], "smollm2:135m", "embedded/smollm2:135m"),
        ([ollama()], "llama3", None),
    ],
)
def test_the_default_is_the_configured_one_else_an_external_one_else_the_built_in(
    backends: list[Scripted], default: str, expected: str | None
) -> None:
    assert id_of(registry(*backends, default=default).default()) == expected


def test_while_no_backend_is_reachable_the_built_in_model_answers_for_the_default() -> None:
    down = ollama("llama3")
    down.failing = DOWN
    found = registry(down, embedded(), default="llama3:latest")
    for wanted in (None, "auto", "llama3", "llama3:latest", "ollama/llama3"):
        assert found.resolve(wanted).id == "embedded/smollm2:135m"
    assert id_of(found.find_handle("llama3")) == "embedded/smollm2:135m"


def test_the_built_in_model_answers_for_no_other_name() -> None:
    down = ollama("llama3")
    down.failing = DOWN
    found = registry(down, embedded(), default="llama3")
    assert found.find_handle("mistral") is None
    with pytest.raises(ModelUnreachable, match="ollama serve"):
        found.resolve("mistral")


def test_a_model_of_a_backend_that_went_away_is_unreachable_and_says_what_to_do() -> None:
    backend, other = ollama("llama3"), Scripted(name="other", models=["gemma"])
    found = registry(backend, other)
    backend.failing = DOWN
    found.refresh()
    assert [entry.name for entry in found.models()] == ["gemma"]
    with pytest.raises(ModelUnreachable, match="Start it with: ollama serve"):
        found.resolve("llama3")


def test_a_model_that_nobody_has_says_how_to_get_it() -> None:
    with pytest.raises(ModelNotFound) as caught:
        registry(ollama("llama3")).resolve("mistral")
    assert caught.value.message == "No backend has “mistral”. Run: ollama pull mistral"


def test_without_any_model_auto_says_how_to_get_one() -> None:
    with pytest.raises(ModelNotFound, match="ollama pull"):
        registry(ollama()).resolve("auto")


def test_backends_tell_whether_they_answer() -> None:
    down = ollama("llama3")
    down.failing = DOWN
    states = registry(down, embedded()).backends()
    assert [(state.name, state.reachable, state.error) for state in states] == [
        ("ollama", False, DOWN.message),
        ("embedded", True, None),
    ]


def test_a_backend_with_a_bug_hides_no_other() -> None:
    buggy = ollama("llama3")
    buggy.failing = ZeroDivisionError("oops")
    found = registry(buggy, embedded())
    assert [entry.name for entry in found.models()] == ["smollm2:135m"]
    assert "oops" in (found.backends()[0].error or "")


def test_a_change_is_told_once_and_only_when_something_changed() -> None:
    changes: list[int] = []
    backend = ollama("llama3")
    found = Registry([backend], on_change=lambda: changes.append(1))
    found.refresh()
    found.refresh()
    assert len(changes) == 1
    backend.set_loaded("llama3", False)
    found.refresh()
    assert len(changes) == 2
    backend.failing = DOWN
    found.refresh()
    assert len(changes) == 3


def test_closing_closes_all_backends() -> None:
    backends = [ollama("llama3"), embedded()]
    registry(*backends).close()
    assert [backend.closed for backend in backends] == [True, True]


@pytest.mark.parametrize("handle", ["", "  ", "@", "äöü"])
def test_what_is_no_handle_finds_nothing(handle: str) -> None:
    assert registry(ollama("llama3")).find_handle(handle) is None


def _one_by_one(entries: list[ModelEntry], wanted: str) -> ModelEntry | None:
    """What a name means, as the rule says it: the most exact way that matches at all, then loaded, then first."""
    ways: tuple[Callable[[ModelEntry], bool], ...] = (
        lambda e: e.id == wanted.strip(),
        lambda e: e.handle == wanted.strip(),
        lambda e: e.name == wanted.strip(),
        lambda e: e.handle == handle_of(wanted),
        lambda e: handle_of(e.name) == handle_of(wanted),
        lambda e: handle_of(e.id) == handle_of(wanted),
        lambda e: base_of(e.name) == handle_of(wanted),
        lambda e: base_of(e.id) == handle_of(wanted),
    )
    matching = next((found for way in ways if (found := [e for e in entries if way(e)])), [])
    return next((e for e in matching if e.facts.loaded), matching[0] if matching else None)


def test_looking_a_name_up_finds_what_comparing_it_with_every_model_would() -> None:
    dice = random.Random(8)
    backends = ["ollama", "Ollama", "LM Studio", "lm-studio", "a/b"]
    names = ["llama3", "llama3:latest", "LLaMA3:8b", "llama3:70b", "ollama/llama3", "a", "b/llama3", "Qwen 3", "latest"]
    for _ in range(300):
        scripted = [
            Scripted(
                name=name,
                models=[ModelFacts(m, loaded=dice.choice((True, False, None))) for m in dice.sample(names, 4)],
            )
            for name in dice.sample(backends, 3)
        ]
        found = registry(*scripted)
        entries = found.models()
        wanted = [*names, *backends, *(e.id for e in entries), *(e.handle for e in entries), "model", "?", " llama3 "]
        for name in [*wanted, *(f"{b}/{n}" for b in backends for n in names), *(w.upper() for w in wanted)]:
            assert id_of(found.find_handle(name)) == id_of(_one_by_one(entries, name)), name
