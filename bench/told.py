"""The application, which writes to a file where its built-in model listens, and for which key: `-m bench.told FILE`."""

import json
import sys
from pathlib import Path

import app
from chat.llm import embedded
from chat.llm.cancelling import CancelToken
from chat.llm.embedded_child import Child

ANSWER = Path(sys.argv[1])


class ToldChild(Child):
    """Says where it is the first time somebody waits for it; after that it is the product's own, step by step."""

    _is_told = False

    def wait_ready(self, cancel: CancelToken) -> str:
        url = super().wait_ready(cancel)
        if not self._is_told:
            self._is_told = True
            written = ANSWER.with_suffix(".part")
            written.write_text(json.dumps({"url": url, "key": self.api_key, "pid": self.pid}))
            written.replace(ANSWER)
        return url


if __name__ == "__main__":
    embedded.Child = ToldChild  # type: ignore[attr-defined]  # in the product nobody else may know the key
    sys.exit(app.main())
