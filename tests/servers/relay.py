"""A TCP relay on loopback that cuts a connection in mid-answer, as a failover or a firewall does.

It is a process of its own: connectorx holds Python's lock while it connects, and no thread here could serve.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from contextlib import suppress


class Relay:
    """Leads to a local port; the first connection whose answers pass `cut_after` bytes is ended, no other."""

    def __init__(self, port: int, cut_after: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(port), str(cut_after)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout
        self.port = int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class _Wires:
    def __init__(self, port: int, cut_after: int) -> None:
        self._port, self._cut_after = port, cut_after

    def serve(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            client, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", self._port))
            for ends in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(65536):
                passed += len(data)
                if answers and 0 < self._cut_after < passed:
                    self._cut_after = 0
                    break
                sink.sendall(data)
        # not closed: the other direction may wait on the descriptor, whose number would be given out again
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    _Wires(int(sys.argv[1]), int(sys.argv[2])).serve()
