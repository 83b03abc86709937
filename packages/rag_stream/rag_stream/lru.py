"""A cache that keeps what was used last."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


def _one(value: Any) -> int:
    return 1


class LRU(Generic[Key, Value]):
    """Keeps values up to a size; those not used for longest make room.

    `size_of` says what a value counts, without it each counts one. For one thread at a time.
    """

    def __init__(self, size: int, size_of: Callable[[Value], int] = _one) -> None:
        self._most = size
        self._size_of = size_of
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._size = 0

    def get(self, key: Key) -> Value | None:
        """The value, which thereby is the one used last; None where there is none."""
        value = self._kept.get(key)
        if value is not None:
            self._kept.move_to_end(key)
        return value

    def put(self, key: Key, value: Value) -> None:
        """Keep a value, the one used last; one that is larger than all there is room for, not."""
        old = self._kept.pop(key, None)
        if old is not None:
            self._size -= self._size_of(old)
        if self._size_of(value) > self._most:
            return
        self._kept[key] = value
        self._size += self._size_of(value)
        while self._size > self._most:
            _, gone = self._kept.popitem(last=False)
            self._size -= self._size_of(gone)

    def clear(self) -> None:
        self._kept.clear()
        self._size = 0

    @property
    def size(self) -> int:
        """What is kept counts, all together."""
        return self._size

    def __contains__(self, key: Key) -> bool:
        """Whether it is kept; looking does not count as use."""
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)
