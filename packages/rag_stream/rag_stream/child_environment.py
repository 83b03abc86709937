"""Letting a Python process of ours run the code that started it.

`python -P -m ...` looks neither in the current folder nor where its parent was told to look, so
a checkout that is not installed would not be found, and beside one that is installed the other
would be.
"""

import os
import site
import sys
from collections.abc import Mapping
from pathlib import Path


def with_code_of(environment: Mapping[str, str], *packages: str) -> dict[str, str]:
    """`environment`, in which a child imports these packages from where this process did."""
    folders = dict.fromkeys(
        str(Path(sys.modules[package].__path__[0]).absolute().parent) for package in packages
    )
    # What is installed is found by itself; named here, all beside it would stand in for
    # modules of the standard library.
    installed = {*site.getsitepackages(), site.getusersitepackages()}
    places = [folder for folder in folders if folder not in installed]
    if not places:
        return dict(environment)
    if named := environment.get("PYTHONPATH"):  # an empty one would mean the current folder
        places.append(named)
    return {**environment, "PYTHONPATH": os.pathsep.join(places)}
