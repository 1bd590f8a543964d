"""The parts of webhooks, wired: what comes in by them, where rooms post to, and who does that."""

from collections.abc import Callable
from dataclasses import dataclass

from chat.background import Background
from chat.config import Config
from chat.db.unit_of_work import Database
from chat.jobs.hook_sender import HookSender
from chat.outward.allowed import AllowedHosts, Target, numbers_of
from chat.services.incoming_hooks import IncomingHooks
from chat.services.outgoing_hooks import OutgoingHooks
from chat.services.secret_hashes import SecretHashes


@dataclass(frozen=True)
class Hooks:
    incoming: IncomingHooks
    outgoing: OutgoingHooks
    sender: HookSender


def build_hooks(
    config: Config, db: Database, background: Background, run_blocking: Callable[[Callable[[], Target]], Target]
) -> Hooks:
    hosts = AllowedHosts(config.webhook_hosts, numbers_of)
    incoming = IncomingHooks(db, SecretHashes(config.secret_key), config.max_message_chars)
    outgoing = OutgoingHooks(db, config.secret_key, hosts.require if config.webhook_hosts else None)
    return Hooks(incoming, outgoing, HookSender(db, hosts, outgoing.key_of, background, run_blocking))
