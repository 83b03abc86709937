"""Tests of one connection, parted by what is sent on it."""
