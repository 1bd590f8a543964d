"""All that a client sends or sees, as pydantic models. OpenAPI and the front end's types are made from them.

Times are ISO 8601 UTC with milliseconds, durations name their unit, ids are strings. Input ignores unknown fields and
never converts types; output has exactly the fields written here.
"""

from chat.wire.admin import *  # noqa: F403  one vocabulary, read as wire.Message
from chat.wire.agents import *  # noqa: F403  the same
from chat.wire.answers import *  # noqa: F403  the same
from chat.wire.completions import *  # noqa: F403  the same
from chat.wire.contexts import *  # noqa: F403  the same
from chat.wire.conversations import *  # noqa: F403  the same
from chat.wire.embeddings import *  # noqa: F403  the same
from chat.wire.events import *  # noqa: F403  the same
from chat.wire.hooks import *  # noqa: F403  the same
from chat.wire.inputs import *  # noqa: F403  the same
from chat.wire.memories import *  # noqa: F403  the same
from chat.wire.queues import *  # noqa: F403  the same
from chat.wire.sampling import *  # noqa: F403  the same
from chat.wire.sign_ins import *  # noqa: F403  the same
from chat.wire.templates import *  # noqa: F403  the same
from chat.wire.types import *  # noqa: F403  the same
from chat.wire.values import *  # noqa: F403  the same
