"""A certificate for localhost that nobody has signed."""

import subprocess
from pathlib import Path


def certificate_of_localhost(folder: Path) -> tuple[Path, Path]:
    """Make it and its key in `folder`."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
        f"-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout {key} -out {cert}"
    )
    subprocess.run(command.split(), check=True, capture_output=True)
    return cert, key
