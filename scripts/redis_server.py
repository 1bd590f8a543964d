"""Redis for the tests, which start a server of their own: the one that is there, or Debian's."""

from scripts.programs import Program, find

REDIS = Program(
    title="Redis",
    names=("redis-server", "valkey-server"),
    packages=("redis-server",),
    variable="REDIS_SERVER",
    how_to="""No Redis was found for the tests. Install one and run the same command again:
  Debian, Ubuntu   apt install redis-server
  Fedora           dnf install valkey
  macOS            brew install redis
or name the server that you have: REDIS_SERVER=/path/to/redis-server make test""",
)


def find_redis() -> str:
    """The path of a Redis server. Raises `SetupFailed` if none is there and none can be installed."""
    return find(REDIS)
