"""Runs that go on without their client, and the log of their events."""
