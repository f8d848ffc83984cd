"""Hosts that are this machine: what goes to them leaves it nowhere, so it may go unencrypted."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
