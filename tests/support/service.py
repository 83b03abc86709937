"""A server command in a process of its own: started, waited for, logged, ended."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self

import httpx

from rag_stream import catalog
from tests.support.paths import ROOT
from tests.support.ports import free_port

APP = (sys.executable, "-m", "app")
OURS = ("RAG_", "OPENAI_", "LANGCHAIN_", "LANGSMITH_", "UVICORN_")
OURS_TOO = {
    *("HOST", "PORT", "WEB_CONCURRENCY"),
    *(name for provider in catalog.INTEGRATIONS for name in catalog.variables(provider)),
}


def clean_environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment without settings of the service, plus the changes."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(OURS) and name not in OURS_TOO
    }
    # Modules of the checkout are found from any working directory.
    paths = [str(ROOT), *filter(None, [kept.get("PYTHONPATH")])]
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONUNBUFFERED": "1",
        "ANONYMIZED_TELEMETRY": "False",
        "LANGCHAIN_TRACING_V2": "false",
        "NO_COLOR": "1",
        **(changes or {}),
    }


class Service:
    """Runs a server while the `with` block lasts; {port} in the command is filled in.

    Its working directory and its Chroma folder are temporary unless given, so that a
    developer's own .env and data are neither read nor written.
    """

    def __init__(
        self,
        command: Sequence[str] = APP,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        ready: str = "/readyz",
        deadline: float = 90.0,
        port: int | None = None,
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = Path(tempfile.mkdtemp(prefix="rag-stream-test-"))
        self.log = self.folder / "service.log"
        self.environment = clean_environment(
            {
                "HOST": "127.0.0.1",
                "PORT": str(self.port),
                "RAG_CHROMA_PATH": str(self.folder / "chroma"),
                **(env or {}),
            }
        )
        self._command = [part.replace("{port}", str(self.port)) for part in command]
        self._cwd = cwd or self.folder
        self._ready = ready
        self._deadline = deadline

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self._command,
                cwd=self._cwd,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # its workers are ended with it
            )
        try:
            self.wait_ready()
        except BaseException:
            self.kill()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            self.terminate()
        finally:
            self.kill()
            if error is not None:
                error.add_note(f"log of {self._command}:\n{self.output()[-8000:]}")
            shutil.rmtree(self.folder, ignore_errors=True)

    def wait_ready(self) -> None:
        """Wait for all workers and a 2xx from the readiness path; raise with the log in vain."""
        end = monotonic() + self._deadline
        with httpx.Client(base_url=self.url, trust_env=False, timeout=5) as client:
            while self.process.poll() is None and monotonic() < end:
                try:
                    if client.get(self._ready).is_success and self._all_workers_are_up():
                        return
                except httpx.HTTPError:
                    pass  # not listening yet
                sleep(0.05)
        code = self.process.poll()
        why = "is not ready in time" if code is None else f"ended with code {code}"
        raise RuntimeError(f"{self._command} {why}:\n{self.output()[-8000:]}")

    def _all_workers_are_up(self) -> bool:
        """The first of them answers before the others listen."""
        workers = int(self.environment.get("WEB_CONCURRENCY", "1"))
        return workers == 1 or self.output().count("Application startup complete.") >= workers

    def output(self) -> str:
        """Return what the server has written to stdout and stderr so far."""
        return self.log.read_text("utf-8", errors="replace")

    def terminate(self, timeout: float = 15.0) -> int:
        """Send SIGTERM where it still runs; return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            message = f"{self._command} ignores SIGTERM:\n{self.output()[-8000:]}"
            raise RuntimeError(message) from None

    def kill(self) -> None:
        """End the process and its whole group, at once."""
        with suppress(ProcessLookupError):  # none of them is left
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


def ingest(
    env: Mapping[str, str], *arguments: str | Path, cwd: Path | None = None, timeout: float = 120.0
) -> subprocess.CompletedProcess[str]:
    """Run the ingest command to its end; the caller looks at its exit code."""
    return subprocess.run(
        [sys.executable, "-m", "ingest", *map(str, arguments)],
        cwd=cwd or tempfile.gettempdir(),
        env=clean_environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
