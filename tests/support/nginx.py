"""A real nginx as reverse proxy, as it comes: nothing is set but where it listens and leads.

Unless it is to pass offers to upgrade on, by the lines that are usual for WebSockets.
"""

import os
import shutil
import subprocess
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self

import httpx

from tests.support.ports import free_port

# Temporary paths, because the packaged ones belong to the machine's own nginx.
_CONFIG = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass {target}; {more} }}
    }}
}}
"""

WEBSOCKETS = (
    "proxy_http_version 1.1; "
    "proxy_set_header Upgrade $http_upgrade; "
    'proxy_set_header Connection "upgrade";'
)


class Nginx:
    """Leads to `target` while the `with` block lasts."""

    def __init__(self, target: str, folder: Path, more: str = "") -> None:
        self.port = free_port()
        self._folder = folder
        self._log = folder / "nginx.log"
        # Root's workers would run as somebody who may not write to the folder.
        user = "user root;" if os.geteuid() == 0 else ""
        self._config = folder / "nginx.conf"
        self._config.write_text(
            _CONFIG.format(user=user, folder=folder, port=self.port, target=target, more=more)
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def output(self) -> str:
        return self._log.read_text("utf-8", errors="replace")

    def __enter__(self) -> Self:
        # Debian has it where only root's PATH leads.
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [program, "-p", str(self._folder), "-c", str(self._config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = monotonic() + 10
        while not self._listens():
            assert self._process.poll() is None, self.output()
            assert monotonic() < deadline, self.output()
            sleep(0.02)
        return self

    def _listens(self) -> bool:
        try:
            httpx.get(f"{self.url}/healthz", trust_env=False)
        except httpx.TransportError:
            return False
        return True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()  # with its workers, at once
        self._process.wait(10)
