"""A lock for a few lines that never wait.

Green threads replace the locks of `threading` by queues written in Python. Where nothing inside gives way to another
green thread, only native threads have to be kept out: the system's lock does that at a hundredth of the cost.
"""

from _thread import RLock as ShortLock  # neither eventlet nor gevent replaces it; one thread may take it twice

__all__ = ["ShortLock"]
