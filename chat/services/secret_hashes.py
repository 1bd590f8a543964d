"""How secrets that open something are stored: as a keyed hash, which is of no use without the server's own secret."""

import hmac


class SecretHashes:
    """Changing `secret` makes every session, key and address invalid."""

    def __init__(self, secret: str) -> None:
        self._keyed = hmac.new(secret.encode(), digestmod="sha256")

    def of(self, token: str) -> str:
        hashed = self._keyed.copy()  # with the key in it already
        hashed.update(token.encode())
        return hashed.hexdigest()
