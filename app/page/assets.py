"""The built files of the page, read and compressed once, with the headers that they are sent with.

But for the page itself their names hold a hash of what is in them: browsers keep those for good.
"""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from app.playground.assets import FRAMELESS
from app.request_headers import weights_in

INDEX = "index.html"
_BUILT = files("app.page") / "built"
_TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; font-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_UNUSED = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
_SAFE = {
    **FRAMELESS,
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "permissions-policy": ", ".join(f"{name}=()" for name in _UNUSED),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "vary": "accept-encoding",
}
_FOR_GOOD = "public, max-age=31536000, immutable"
ASK_ME = "no-cache"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: as it is, by gzip where that makes it smaller, and its headers but for those."""

    plain: bytes
    packed: bytes | None
    headers: Mapping[str, str]

    def sent(self, accept_encoding: str) -> tuple[bytes, dict[str, str]]:
        """The bytes and the headers for a browser that says so of itself."""
        if self.packed is None or not takes_gzip(accept_encoding):
            return self.plain, dict(self.headers)
        return self.packed, {**self.headers, "content-encoding": "gzip"}


def read_assets() -> dict[str, Asset]:
    """All files by name. Takes some ten milliseconds: not for the event loop."""
    return {
        file.name: asset(file.name, file.read_bytes())
        for file in sorted(_BUILT.iterdir(), key=lambda file: file.name)
    }


def asset(name: str, plain: bytes) -> Asset:
    """The file of that name and content."""
    compressor = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    packed = compressor.compress(plain) + compressor.flush()
    headers = {
        **_SAFE,
        "content-type": _TYPES[name.rpartition(".")[2]],
        "cache-control": ASK_ME if name == INDEX else _FOR_GOOD,
        # Weak: one tag for the bytes as they are and as they are compressed.
        "etag": f'W/"{hashlib.sha256(plain).hexdigest()[:20]}"',
    }
    return Asset(plain, packed if len(packed) < len(plain) else None, headers)


def takes_gzip(accept_encoding: str) -> bool:
    """Whether a browser that sends this header takes gzip (RFC 9110, 12.5.3)."""
    weights = weights_in(accept_encoding)
    return weights.get("gzip", weights.get("*", 0.0)) > 0
