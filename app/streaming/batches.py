"""Events on their way from a run to a connection, several at a time."""


class Events(list[bytes]):
    """Encoded events that belong on the wire together, in their order."""

    __slots__ = ()


class Early(Events):
    """They may wait: until the model has accepted the request, a failure is an HTTP error."""

    __slots__ = ()


class Last(Events):
    """Nothing follows them."""

    __slots__ = ()
