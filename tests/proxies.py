"""nginx and Caddy as real processes, each with the configuration of `deploy/`, on ports of their own.

Nothing of it is replaced but what stands for one's own place: names, ports, and where certificates and logs are. The
environment says where the programs are (ROUNDTABLE_NGINX, ROUNDTABLE_CADDY).
"""

import os
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import trustme

from tests.running_server import ROOT, free_port

DEPLOY = ROOT / "deploy"
NAME = "localhost"
CERTIFICATES = ("REQUESTS_CA_BUNDLE", "WEBSOCKET_CLIENT_CA_BUNDLE")  # where the clients of the tests look
START_SECONDS = 20.0


class Proxy(ABC):
    """In front of the servers at `upstreams` (host:port), at `url`. A context manager.

    `certificates` is the file with the authority to trust.
    """

    def __init__(self, folder: Path, *upstreams: str) -> None:
        self.folder = folder
        self.port, self.plain_port = free_port(), free_port()
        self.address = f"{NAME}:{self.port}"
        self.url, self.plain_url = f"https://{self.address}", f"http://{NAME}:{self.plain_port}"
        self.upstreams: Sequence[str] = upstreams
        self.certificates = folder / "authority.pem"
        self.log_path = folder / "proxy.log"
        self._process: subprocess.Popen[bytes] | None = None
        _write_certificates(folder)

    @abstractmethod
    def configure(self) -> None:
        """Writes its files, with the upstreams as they are now."""

    @abstractmethod
    def command(self) -> list[str]:
        """Stays in the foreground."""

    def variables(self) -> dict[str, str]:
        """Of its environment, beside those of the tests."""
        return {}

    @abstractmethod
    def check(self) -> subprocess.CompletedProcess[str]:
        """What the program itself says of the configuration."""

    def __enter__(self) -> Self:
        self.configure()
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(self.command(), env=self.environment(), stdout=log, stderr=log)
        until = time.monotonic() + START_SECONDS
        while not (_listens(self.port) and _listens(self.plain_port)):
            if time.monotonic() > until or self._process.poll() is not None:
                self.__exit__()
                raise AssertionError(f"it did not start:\n{self.log()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.variables()}

    def reload(self) -> None:
        """Takes up its files anew, as after a new certificate."""
        assert self._process
        self._process.send_signal(signal.SIGHUP)

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True, check=False)

    def log(self) -> str:
        """What went wrong, and what was asked for where that is written down."""
        return self.log_path.read_text(errors="replace")


class Nginx(Proxy):
    """Its workers run as whoever runs the tests, as they write into folders of theirs."""

    def configure(self) -> None:
        (self.folder / "conf.d").mkdir(exist_ok=True)
        whole = (DEPLOY / "nginx" / "nginx.conf").read_text()
        (self.folder / "nginx.conf").write_text(_replaced(whole, {"/var/log/nginx/access.log": "access.log"}))
        site = (DEPLOY / "nginx" / "roundtable.conf.template").read_text()
        (line,) = [line for line in site.splitlines(keepends=True) if "${UPSTREAM}" in line]
        servers = "".join(line.replace("${UPSTREAM}", upstream) for upstream in self.upstreams)
        own = {
            line: servers,
            "${SERVER_NAME}": NAME,
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "/var/log/nginx/error.log": str(self.log_path),
        }
        (self.folder / "conf.d" / "roundtable.conf").write_text(_replaced(site, own))
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{kind}_temp_path {self.folder}/{kind};\n" for kind in kinds)
        (self.folder / "conf.d" / "temporary.conf").write_text(temporary)

    def log(self) -> str:
        return super().log() + (self.folder / "access.log").read_text()

    def command(self) -> list[str]:
        return [*self._program(), "-g", f"daemon off; pid {self.folder}/nginx.pid;{self._user()}"]

    def check(self) -> subprocess.CompletedProcess[str]:
        self.configure()
        return self._run(*self._program(), "-g", f"pid {self.folder}/nginx.pid;{self._user()}", "-t")

    def _program(self) -> list[str]:
        place = f"{self.folder}/"
        return [os.environ["ROUNDTABLE_NGINX"], "-p", place, "-c", f"{place}nginx.conf", "-e", str(self.log_path)]

    def _user(self) -> str:
        return " user root;" if os.geteuid() == 0 else ""


class Caddy(Proxy):
    """Its administration is off: it would be at the same port for all that run here."""

    def configure(self) -> None:
        text = (DEPLOY / "caddy" / "Caddyfile").read_text()
        own = {"\n{\n": f"\n{{\n\tadmin off\n\thttp_port {self.plain_port}\n"}
        (self.folder / "Caddyfile").write_text(_replaced(text, own))

    def command(self) -> list[str]:
        return [*self._program("run"), "--config", str(self.folder / "Caddyfile"), "--adapter", "caddyfile"]

    def variables(self) -> dict[str, str]:
        tls = self.folder / "tls"
        homes = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")
        return {
            **dict.fromkeys(homes, str(self.folder)),
            "SERVER_NAME": self.address,
            "UPSTREAM": " ".join(self.upstreams),
            "TLS_OPTIONS": f"tls {tls}/fullchain.pem {tls}/privkey.pem",
        }

    def check(self) -> subprocess.CompletedProcess[str]:
        self.configure()
        place = ["--config", str(self.folder / "Caddyfile"), "--adapter", "caddyfile"]
        return self._run(*self._program("validate"), *place)

    def format(self) -> str:
        """The file as Caddy itself would lay it out."""
        return self._run(*self._program("fmt"), str(DEPLOY / "caddy" / "Caddyfile")).stdout

    def _program(self, word: str) -> list[str]:
        return [os.environ["ROUNDTABLE_CADDY"], word]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _replaced(text: str, own: dict[str, str]) -> str:
    for theirs, ours in own.items():
        assert theirs in text, f"{theirs!r} stands nowhere any more"
        text = text.replace(theirs, ours)
    return text


def _write_certificates(folder: Path) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert(NAME)
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    (folder / "tls").mkdir(exist_ok=True)
    certificate.private_key_pem.write_to_path(str(folder / "tls" / "privkey.pem"))
    for number, part in enumerate(certificate.cert_chain_pems):
        part.write_to_path(str(folder / "tls" / "fullchain.pem"), append=number > 0)
