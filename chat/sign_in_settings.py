"""The settings of signing in: by password, and by an OpenID provider."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from chat.backend_settings import is_web_address
from chat.settings_reader import ConfigError, SettingsReader

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class OidcSetting:
    """`allowed_…` let only those of them in; empty: everybody whom the provider knows.

    `admin_groups` make whoever is in one of them an admin, and nobody else; empty: admins are made here.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    creates_accounts: bool
    allowed_domains: tuple[str, ...]
    groups_claim: str
    allowed_groups: tuple[str, ...]
    admin_groups: tuple[str, ...]


@dataclass(frozen=True)
class SignInSetting:
    """`passwords`: whether anybody may sign in or register with one."""

    session_days: int
    passwords: bool
    provider: OidcSetting | None


def parse_sign_in(read: SettingsReader) -> SignInSetting:
    """Raises `ConfigError`."""
    days = read.whole("SESSION_DAYS", 30, 1, 365)
    found = SignInSetting(days, read.switch("PASSWORD_SIGN_IN", "on"), _parse_provider(read))
    if not found.passwords and found.provider is None:
        raise ConfigError("PASSWORD_SIGN_IN=off needs OIDC_ISSUER, or nobody could sign in.")
    return found


def _parse_provider(read: SettingsReader) -> OidcSetting | None:
    issuer = read.text("OIDC_ISSUER")
    if not issuer:
        return None
    if not _is_private(issuer):
        raise ConfigError(f"OIDC_ISSUER={issuer!r} must be an https:// URL; http:// is for this machine itself alone.")
    if not read.text("OIDC_CLIENT_ID"):
        raise ConfigError("OIDC_CLIENT_ID is missing: the provider of OIDC_ISSUER gives one to each of its clients.")
    return OidcSetting(
        issuer=issuer,
        client_id=read.text("OIDC_CLIENT_ID"),
        client_secret=read.text("OIDC_CLIENT_SECRET"),
        name=read.text("OIDC_NAME", "single sign-on"),
        creates_accounts=read.switch("OIDC_CREATE_ACCOUNTS", "on"),
        allowed_domains=tuple(name.lower().lstrip("@") for name in read.names("OIDC_ALLOWED_DOMAINS")),
        groups_claim=read.text("OIDC_GROUPS_CLAIM", "groups"),
        allowed_groups=read.names("OIDC_ALLOWED_GROUPS"),
        admin_groups=read.names("OIDC_ADMIN_GROUPS"),
    )


def _is_private(issuer: str) -> bool:
    """Whether nobody on the way can read what is sent there."""
    parts = urlsplit(issuer) if is_web_address(issuer) else None
    return parts is not None and (parts.scheme == "https" or parts.hostname in LOOPBACK)
