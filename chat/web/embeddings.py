"""OpenAI's embeddings under `/v1`: official SDKs work with it unchanged."""

import base64
import struct
from dataclasses import dataclass

from chat import wire
from chat.jobs.embedding import Embedded, Embedder
from chat.jobs.request_job import RequestJobs
from chat.llm.base import EmbedRequest
from chat.rate_limits import RateLimits
from chat.web.api import Api, Operation, principal, user


@dataclass(frozen=True)
class EmbeddingRoutes:
    embedder: Embedder
    requests: RequestJobs
    limits: RateLimits

    def add_to(self, api: Api) -> None:
        create, answer = wire.CreateEmbedding, wire.EmbeddingsMade
        api.add(Operation("POST", "/v1/embeddings", self.embed, "Texts as vectors, as with OpenAI", create, answer))

    def embed(self, body: wire.CreateEmbedding) -> wire.EmbeddingsMade:
        self.limits.take("ask", user().id)
        texts = (body.input,) if isinstance(body.input, str) else tuple(body.input)
        request = EmbedRequest(body.model, texts, body.dimensions)
        asker = user().id
        made = self.requests.made_whole(lambda token: self.embedder.embed(request, asker, token), principal().token_id)
        return _answer(made, in_base64=body.encoding_format == "base64")


def _answer(made: Embedded, *, in_base64: bool) -> wire.EmbeddingsMade:
    tokens = made.prompt_tokens
    return wire.EmbeddingsMade(
        data=[
            wire.Embedding(index=index, embedding=_packed(vector) if in_base64 else vector)
            for index, vector in enumerate(made.vectors)
        ],
        model=made.model,
        usage=None if tokens is None else wire.EmbeddingUsage(prompt_tokens=tokens, total_tokens=tokens),
        backend=made.backend,
    )


def _packed(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
