"""A real PostgreSQL on a loopback port, in a folder that goes with it."""

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self
from uuid import uuid4

import asyncpg

from tests.support.ports import free_port

DEADLINE_S = 60.0
USER = "tester"
PASSWORD = "pass word/1"
"""It has to be quoted in an address."""
_ACCOUNTS = ("postgres", "nobody")


class PostgresServer:
    """Runs PostgreSQL while the `with` block lasts; as another account where we are root."""

    def __init__(self) -> None:
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="rag-stream-postgres-"))
        self._log = self._folder / "postgres.log"
        self._account = _account()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._make()
            self.start()
        except BaseException:
            self.stop()
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def database(self) -> str:
        """The address of a new, empty database, as people write it."""
        name = f"test_{uuid4().hex[:12]}"
        asyncio.run(self._execute(f"CREATE DATABASE {name} STRATEGY file_copy"))
        return self.address(name)

    def address(self, name: str) -> str:
        """The address of a database."""
        return f"postgresql://{USER}:pass%20word%2F1@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start it, on the same port as before, and wait until it answers."""
        options = ("fsync=off", "full_page_writes=off", "shared_buffers=16MB")
        command = [
            *(_program("postgres"), "-D", str(self._folder / "data")),
            *("-h", "127.0.0.1", "-p", str(self.port), "-k", ""),
            *(part for option in options for part in ("-c", option)),
        ]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **self._account,
            )
        end = monotonic() + DEADLINE_S
        while not self._answers():
            if self._process.poll() is not None or monotonic() > end:
                raise RuntimeError(f"postgres did not start:\n{self._log.read_text()[-4000:]}")
            sleep(0.02)

    def stop(self) -> None:
        """End it at once, with its connections; nothing if it does not run."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(20)
            self._process = None

    def _make(self) -> None:
        self._folder.chmod(0o755)
        password = self._folder / "password"
        password.write_text(f"{PASSWORD}\n")
        data = self._folder / "data"
        data.mkdir(0o700)
        for path in (data, password):
            shutil.chown(path, self._account.get("user"), self._account.get("group"))
        command = [
            *(_program("initdb"), "-D", str(data), "-U", USER, "--no-sync", "--auth=scram-sha-256"),
            *(f"--pwfile={password}", "--encoding=UTF8", "--locale=C"),
        ]
        done = subprocess.run(
            command, cwd=self._folder, capture_output=True, text=True, **self._account
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stderr[-4000:]}")

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.address("postgres"), timeout=10)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            asyncio.run(self._execute("SELECT 1"))
        except (OSError, asyncpg.PostgresError):
            return False  # it listens before it lets anybody in
        return True


def _account() -> dict[str, str | int | list[str]]:
    """Who runs it: it refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError(f"expected one of the accounts {', '.join(_ACCOUNTS)} for postgres")


def _program(name: str) -> str:
    """Debian has them in no PATH, each version in a folder of its own."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    if found:
        return str(found[-1])
    path = shutil.which(name)
    if path is None:
        raise RuntimeError(f"expected PostgreSQL's {name}: see tests/prepare")
    return path


def _version(path: Path) -> float:
    return float(path.parts[-3])
