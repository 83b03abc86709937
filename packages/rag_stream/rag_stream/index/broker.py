"""Who may talk to the index server: connections to it are handed out over a Unix socket.

The server's own port lets in nobody but us (`signed_port.py`). A process of the same account,
which alone can reach the socket (0600, in a folder of its own, 0700), is handed a connection
that is open already, as a file descriptor. From then on it talks to the server directly.

Without secrets, shutil and tempfile: what they import takes 30 ms of a start.
"""

import errno
import os
import socket
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

from rag_stream.index import signed_port
from rag_stream.index.connections import answered, is_of_account

POLL_S = 0.0005
CONNECT_TIMEOUT_S = 5.0
_TRIAL_S = 0.002
_LONGEST_PATH = 90
_SOCKET = "socket"
_PREFIX = "rag-stream-index-"


class Broker:
    """Stands before the server that this process runs at `server`."""

    def __init__(self, folder: Path) -> None:
        """`folder`: where the socket lies if no other place can be written to. Raises OSError."""
        self.server = _free_address()
        self._key: bytes | None = signed_port.new_key()
        self._place = _place(folder)
        self.path = str(self._place / _SOCKET)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        os.chmod(self.path, 0o600)  # noqa: PTH101

    def open(self, within_s: float) -> bool:
        """Wait until the server listens, close its port to others, begin to hand out."""
        deadline = time.monotonic() + within_s
        while not self._guard():
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_S)
        with closing(self._connection()) as first:
            if not answered(first, within_s):
                return False
            self._end_earlier(first.getsockname())
        self._listener.listen()
        threading.Thread(target=self._hand_out, daemon=True).start()
        return True

    @property
    def is_closed(self) -> bool:
        """Whether the server's port is closed to others: not every system can do that."""
        return self._key is not None

    def is_there(self) -> bool:
        """Whether the socket can still be found: temporary folders are swept now and then."""
        return os.path.exists(self.path)  # noqa: PTH110

    def remove(self) -> None:
        """Take the socket away, so that nobody comes any more."""
        self._listener.close()
        _remove(self._place)

    def _guard(self) -> bool:
        """Close the server's port to others, once it is there."""
        if sys.platform != "linux":
            self._key = None
            return signed_port.is_open(self.server, CONNECT_TIMEOUT_S)
        for held in signed_port.sockets_at(self.server):
            with closing(held):
                if not signed_port.is_listening(held) or self._key is None:
                    continue
                try:
                    signed_port.sign(held, self._key)
                except OSError:
                    self._key = None
            # Chroma first tries whether it may listen there, and gives that one up again.
            time.sleep(_TRIAL_S)
            return signed_port.count_at(self.server) > 0
        return False

    def _end_earlier(self, ours: signed_port.Address) -> None:
        """End what was opened to the server before its port was closed."""
        if self._key is None:
            return
        # The server has answered ours, so it has taken in all that came earlier.
        for held in signed_port.sockets_at(self.server):
            with closing(held), suppress(OSError):
                if not signed_port.is_listening(held) and held.getpeername() != ours:
                    held.shutdown(socket.SHUT_RDWR)

    def _connection(self) -> socket.socket:
        """A new connection to the server. Raises OSError."""
        link = socket.socket()
        try:
            link.settimeout(CONNECT_TIMEOUT_S)
            if self._key is not None:
                signed_port.sign(link, self._key)
            link.connect(self.server)
        except BaseException:
            link.close()
            raise
        return link

    def _hand_out(self) -> None:
        while True:
            try:
                with closing(self._listener.accept()[0]) as user:
                    user.settimeout(CONNECT_TIMEOUT_S)
                    if is_of_account(user, {os.geteuid(), 0}):
                        with closing(self._connection()) as link:
                            socket.send_fds(user, [b"1"], [link.fileno()])
            except OSError as error:
                if self._listener.fileno() < 0:
                    return
                # Of this user, or of too many open files: the next one may have more luck.
                print(f"no connection could be handed out: {error}", file=sys.stderr, flush=True)
                time.sleep(1 if error.errno in (errno.EMFILE, errno.ENFILE) else POLL_S)


def remove_left(path: str) -> None:
    """Remove the socket that a killed broker has left, and its folder."""
    folder = Path(path).parent
    if folder.name.startswith(_PREFIX):
        _remove(folder)


def _remove(place: Path) -> None:
    with suppress(OSError):
        (place / _SOCKET).unlink(missing_ok=True)
        place.rmdir()


def _place(folder: Path) -> Path:
    """A new folder for the socket, whose path is not too long for one. Raises OSError."""
    for base in filter(None, (os.environ.get("TMPDIR"), "/tmp", str(folder))):  # noqa: S108
        place = Path(base, f"{_PREFIX}{os.urandom(8).hex()}").absolute()
        if len(os.fsencode(place)) < _LONGEST_PATH:
            with suppress(OSError):
                place.mkdir(mode=0o700)  # which nobody else has made, or it fails
                return place
    raise OSError("expected a temporary folder that can be written to, got none")


def _free_address() -> signed_port.Address:
    """Where nobody listens. On Linux any address of 127/8 will do, and is hard to guess."""
    host = "127.0.0.1"
    if sys.platform == "linux":
        host = ".".join(["127", *(str(1 + byte % 254) for byte in os.urandom(3))])
    with socket.socket() as probe:
        probe.bind((host, 0))
        return host, int(probe.getsockname()[1])
