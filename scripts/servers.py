"""The servers that tests start beside ours: those that are there, or Debian's."""

from scripts.programs import Program

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
