"""What embedding models want to have before a text: they were trained to tell what is looked for from where it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prefixes:
    query: str = ""
    passage: str = ""


# By a part of the model's name, the first that fits; most others want nothing.
_BY_NAME = (
    ("nomic-embed", Prefixes("search_query: ", "search_document: ")),
    ("e5", Prefixes("query: ", "passage: ")),
    ("embeddinggemma", Prefixes("task: search result | query: ", "title: none | text: ")),
    ("mxbai-embed", Prefixes("Represent this sentence for searching relevant passages: ")),
    ("arctic-embed2", Prefixes("query: ")),
    ("arctic-embed", Prefixes("Represent this sentence for searching relevant passages: ")),
    ("bge-m3", Prefixes()),
    ("bge-", Prefixes("Represent this sentence for searching relevant passages: ")),
    (
        "qwen3-embedding",
        Prefixes("Instruct: Given a question, retrieve chat messages that answer it\nQuery: "),
    ),
)


def prefixes_of(model: str) -> Prefixes:
    name = model.lower()
    return next((prefixes for part, prefixes in _BY_NAME if part in name), Prefixes())
