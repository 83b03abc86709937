"""Fixtures of these tests."""

import pytest

from app.lifecycle.admission import Admission
from app.lifecycle.limits import Limits


@pytest.fixture
def admission() -> Admission:
    return Admission(lambda: Limits.to(2))
