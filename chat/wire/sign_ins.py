"""Ways of signing in."""

from chat.wire.types import In, Out


class Provider(Out):
    """A sign-in provider outside; `name` stands on its button, `path` begins the sign-in."""

    name: str
    path: str


class SignInWays(Out):
    """`passwords`: whether user name and password are taken, and accounts made with them."""

    passwords: bool
    provider: Provider | None


class Identity(Out):
    """A sign-in at a provider that opens one's account."""

    issuer: str
    created_at: str
    last_used_at: str


class Identities(Out):
    """`has_password`: whether one may sign in without it as well."""

    identities: list[Identity]
    has_password: bool


class LinkIdentity(In):
    """`path` is the page of this server to come back to."""

    path: str = "/"


class LinkBegun(Out):
    """Where the provider asks who one is; the browser that asked for this has to go there."""

    address: str
