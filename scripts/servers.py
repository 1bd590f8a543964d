"""The servers that tests start beside ours: those that are there, or Debian's."""

from pathlib import Path

from scripts.programs import Program, find

NGINX = Program(
    title="nginx",
    names=("nginx",),
    folders=("usr/sbin", "usr/local/sbin"),
    packages=("nginx",),
    variable="NGINX",
    how_to="""No nginx was found for the tests. Install it and run the same command again:
  Debian, Ubuntu   apt install nginx
  Fedora           dnf install nginx
  macOS            brew install nginx
or name the one that you have: NGINX=/path/to/nginx make test""",
)
CADDY = Program(
    title="Caddy",
    names=("caddy",),
    packages=("caddy",),
    variable="CADDY",
    how_to="""No Caddy was found for the tests. Install it and run the same command again:
  Debian, Ubuntu   apt install caddy
  Fedora           dnf install caddy
  macOS            brew install caddy
or name the one that you have: CADDY=/path/to/caddy make test""",
)
SYSTEMD_ANALYZE = Program(
    title="systemd",
    names=("systemd-analyze",),
    packages=("systemd",),
    variable="SYSTEMD_ANALYZE",
    how_to="No systemd-analyze was found, with which the tests check the systemd unit. On Debian: apt install systemd",
)
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
POSTGRESQL = Program(
    title="PostgreSQL",
    names=("initdb",),
    folders=("usr/lib/postgresql/*/bin",),  # of Debian, where each version has its own, and none is on PATH
    packages=("postgresql",),
    variable="INITDB",
    how_to="""No PostgreSQL was found for the tests. Install it and run the same command again:
  Debian, Ubuntu   apt install postgresql
  Fedora           dnf install postgresql-server
  macOS            brew install postgresql@17
or name the one that you have: INITDB=/path/to/initdb make test""",
)


def find_postgres() -> str:
    """The folder with PostgreSQL's programs. Raises `SetupFailed` if they are not there and cannot be installed."""
    return str(Path(find(POSTGRESQL)).resolve().parent)
