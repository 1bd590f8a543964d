"""What is done once, before the first request."""

import gc
import weakref

from chat.launch import settle_memory


class Loop:
    """Refers to itself, so that only the collector ends it."""

    def __init__(self) -> None:
        self.me = self


def test_the_collector_leaves_alone_what_was_there_at_the_start_and_nothing_else() -> None:
    before, forgotten = Loop(), weakref.ref(Loop())
    try:
        settle_memory()
        assert forgotten() is None, "what nobody needs any more is not kept for ever"
        assert gc.get_freeze_count() > 0 and not any(kept is before for kept in gc.get_objects())
        later = weakref.ref(Loop())
        gc.collect()
        assert later() is None
    finally:
        gc.unfreeze()
