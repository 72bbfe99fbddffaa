"""Exchanges the program under load over TLS and counts what clients lost: restarts.py PROGRAM CONFIG DATA AUTHORITY

The listening socket is held open here, as systemd holds it. Clients ask without a pause: on connections that are
kept and on new ones, by HTTP/1.1 and HTTP/2. Every request must be answered, whichever program answers it.
"""

import socket
import subprocess
import sys
import threading

from clients import Client, StrictClient, report

RESTARTS = 20
# Answers that each kind of client must get from every program.
ANSWERS = 5

PROGRAM, CONFIG, DATA, AUTHORITY = sys.argv[1:]
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


def main():
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as held:
        port = held.getsockname()[1]
        process = start(held)
        url = f"https://localhost:{port}/api/v1/search?q=cola&n="
        clients = [Client(version.strip("-"), url, is_kept, ["--cacert", AUTHORITY, version, "-o", "/dev/null"])
                   for version, is_kept in (("--http1.1", False), ("--http2", True), ("--http2", False))]
        clients.append(StrictClient("http1.1", "localhost", port, "/api/v1/search?q=cola&n=", AUTHORITY))
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
        process.terminate()
        process.wait()
    failed = report(clients, f"{RESTARTS} restarts")
    print(f"{'ok    ' if clean == RESTARTS else 'FAILED'} {clean} of {RESTARTS} programs ended well")
    failed += clean != RESTARTS
    print(f"{len(clients) + 1 - failed} passed, {failed} failed")


if __name__ == "__main__":
    main()
