"""A program that uses a running server with an API key, in a conversation that is remembered."""

from dataclasses import dataclass
from typing import Any

import requests
from openai import OpenAI

from tests.fakes.ollama import FakeOllama
from tests.people import Person


@dataclass
class Program:
    """One API key, one conversation."""

    person: Person
    key: str
    ollama: FakeOllama
    headers: dict[str, str]

    def named(self, **headers: str | None) -> "Program":
        names = {"id": "X-Conversation-ID", "project": "X-Project", "user": "X-User-ID", "memory": "X-Enable-Memory"}
        changed = {names[name]: value for name, value in headers.items()}
        kept = {name: value for name, value in {**self.headers, **changed}.items() if value is not None}
        return Program(self.person, self.key, self.ollama, kept)

    def generate(self, text: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}", **self.headers}
        body = {"prompt": text, **more} if "messages" not in more else more
        return requests.post(f"{self.person.url}/api/llm/generate", json=body, headers=headers, timeout=30)

    def ask(self, text: str, **more: Any) -> str:
        answer = self.generate(text, **more)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["text"])

    def asked(self) -> list[str]:
        """What the model was given to read last."""
        chats = [seen for seen in self.ollama.chats() if seen.path == "/api/chat" and seen.body["messages"]]
        return [f"{turn['role']}: {turn['content']}" for turn in chats[-1].body["messages"]]

    def conversations(self) -> Any:
        return self.person.get("/api/conversations").json()["conversations"]

    def turns(self) -> list[str]:
        """What is kept of the only conversation that there is."""
        (one,) = self.conversations()
        shown = self.person.get(f"/api/conversations/{one['id']}").json()
        assert len(shown["turns"]) == one["turns"]
        return [f"{turn['role']}: {turn['content']}" for turn in shown["turns"]]

    def sdk(self) -> OpenAI:
        url = f"{self.person.url}/v1"
        return OpenAI(api_key=self.key, base_url=url, max_retries=0, timeout=20, default_headers=self.headers)
