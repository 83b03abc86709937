"""Encoded events on their way from a run to a connection, several at a time."""


class Batch(list[bytes]):
    """Encoded events that belong on the wire together, in their order."""

    __slots__ = ()


class EarlyBatch(Batch):
    """They may wait: until the model has accepted the request, a failure is an HTTP error."""

    __slots__ = ()


class LastBatch(Batch):
    """Nothing follows them."""

    __slots__ = ()
