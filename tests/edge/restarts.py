"""Exchanges the program under load over TLS and counts what clients lost: restarts.py PROGRAM CONFIG DATA AUTHORITY

The listening socket is held open here, as systemd holds it. Clients ask without a pause: on connections that are
kept and on new ones, by HTTP/1.1 and HTTP/2; some send forms, which nobody may send twice unasked (RFC 9110, 9.2.2). Every
request must be answered, whichever program answers it. At last one stop more is watched, which clients that say nothing
try to hold up.
"""

import itertools
import socket
import subprocess
import sys
import threading
import time

from clients import PATIENCE_S, Asker, Client, StrictClient, report
from peer import ACK, INITIAL_WINDOW_SIZE, PING, PREFACE, Peer, frame, settings, window_update

RESTARTS = 20
# Answers that each kind of client must get from every program.
ANSWERS = 5
# How long the silent may hold up a stop, seconds: a second for what is on its way, two for a handshake that has begun,
# two to say farewell, and something for a busy machine; front.limits.drain_s is ten.
STOP_S = 7
# A client that takes all that comes, as much as may be (RFC 9113, 6.9.1).
WITHOUT_WINDOWS = PREFACE + settings((INITIAL_WINDOW_SIZE, (1 << 31) - 1)) + window_update(0, (1 << 31) - (1 << 16))
PATH = "/api/v1/search?q=cola&n="
# The site takes no form yet: it reads this one to its end and says so. Larger than what comes with a header in one record.
FORM, FORM_PATH, FORM_STATUS = "q=" + "cola" * 10_000, "/search?n=", 405

PROGRAM, CONFIG, DATA, AUTHORITY = sys.argv[1:]
Peer.authority_file = AUTHORITY
BECOME = 'exec 3<&0 0</dev/null; export LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=https; exec "$@"'


def start(held):
    """The program on the held socket, ready."""
    command = ["sh", "-c", BECOME, "sh", PROGRAM, "serve", "--config", CONFIG, "--data-dir", DATA]
    process = subprocess.Popen(command, stdin=held, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "foodswap is at https://" in line:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process
    sys.exit("the program ended before it served")


class StrictHttp2Client(Asker):
    """HTTP/2 on a connection that is kept, several requests at once and no second try, where curl would make one without
    a word. A new connection is made only after a GOAWAY, and a request is only made again if that said that it will not
    be answered (RFC 9113, 6.8)."""

    AT_ONCE = 3

    def __init__(self, port):
        super().__init__("http2, kept connections, no second try")
        self.port = port

    def run(self):
        while not self.is_done:
            try:
                self.ask_until_told(Peer(self.port, f"localhost:{self.port}", first=WITHOUT_WINDOWS))
            except OSError as error:
                self.count(repr(error))

    def ask_until_told(self, peer):
        for first in itertools.count(1, 2 * self.AT_ONCE):
            if self.is_done or peer.last_stream is not None:
                break
            streams = range(first, first + 2 * self.AT_ONCE, 2)
            peer.send(*(peer.get(stream, path=f"{PATH}{stream}") for stream in streams))
            for stream in streams:
                self.count_answer(peer, stream)
        peer.socket.close()

    def count_answer(self, peer, stream):
        until = time.monotonic() + PATIENCE_S
        while stream not in peer.ended and not peer.is_closed and time.monotonic() < until:
            seen = len(peer.events)
            peer.read(1)
            for event in peer.events[seen:]:
                if event.startswith("PING") and not event.endswith("ACK"):
                    peer.send(frame(PING, ACK, 0, bytes.fromhex(event.split()[1])))
        if stream in peer.ended:
            self.count(None if peer.statuses.get(stream) == "200" else f"{peer.statuses.get(stream)} {peer.errors()}")
        elif peer.last_stream is None or stream <= peer.last_stream:
            self.count(f"no answer: {peer.errors()}")


def stop_beside_the_silent(process, port):
    """How long a stop takes beside a client of HTTP/2 that answers nothing, half a handshake, and none at all."""
    peer = Peer(port, f"localhost:{port}")
    peer.send(peer.get(1))
    assert peer.wait({"200"}), "the program answers"
    with (
        socket.create_connection(("127.0.0.1", port)),
        socket.create_connection(("127.0.0.1", port)) as half,
    ):
        half.sendall(bytes([22, 3, 1, 1, 244, 1, 0, 1, 240, 3, 3]))
        time.sleep(0.2)
        began = time.monotonic()
        process.terminate()
        return process.wait() == 0, time.monotonic() - began


def main():
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as held:
        port = held.getsockname()[1]
        process = start(held)
        url = f"https://localhost:{port}{PATH}"
        clients = [Client(version.strip("-"), url, is_kept, ["--cacert", AUTHORITY, version, "-o", "/dev/null"])
                   for version, is_kept in (("--http1.1", False), ("--http2", True), ("--http2", False))]
        clients.append(StrictClient("http1.1", "localhost", port, PATH, AUTHORITY))
        clients.append(StrictHttp2Client(port))
        sent = ["--cacert", AUTHORITY, "-o", "/dev/null", "-H", "expect:", "--data", FORM]
        clients += [Client(f"forms, {version.strip('-')}", f"https://localhost:{port}{FORM_PATH}", False, [version, *sent],
                           str(FORM_STATUS)) for version in ("--http1.1", "--http2")]
        clients.append(StrictClient("forms, http1.1", "localhost", port, FORM_PATH, AUTHORITY, FORM, FORM_STATUS))
        for client in clients:
            client.start()
        clean = 0
        for _ in range(RESTARTS):
            for client in clients:
                client.wait_for_more(ANSWERS)
            process.terminate()
            clean += process.wait() == 0
            process = start(held)
        for client in clients:
            client.wait_for_more(ANSWERS)
            client.stop()
        is_well, took_s = stop_beside_the_silent(process, port)
    failed = report(clients, f"{RESTARTS} restarts")
    print(f"{'ok    ' if clean == RESTARTS else 'FAILED'} {clean} of {RESTARTS} programs ended well")
    failed += clean != RESTARTS
    is_short = is_well and took_s < STOP_S
    print(f"{'ok    ' if is_short else 'FAILED'} who says nothing holds up no stop: {took_s:.1f} s")
    failed += not is_short
    print(f"{len(clients) + 2 - failed} passed, {failed} failed")


if __name__ == "__main__":
    main()
