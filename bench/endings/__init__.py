"""How streams end, measured: leaks, cancelling, resuming, shutting down, overload, attacks.

`python -m bench.endings` drives a real `python -m app`, with one and with two workers, and
holds what it sees against figures to reach. The model that goes wrong on request and the
Redis of two workers are those of the tests (`tests.support`): one of each is enough.
"""
