"""Exchanges the program under load over TLS and counts what clients lost: restarts.py PROGRAM CONFIG DATA AUTHORITY

The listening socket is held open here, as systemd holds it. curl asks without a pause: on connections that are kept and
on new ones, by HTTP/1.1 and HTTP/2. Every request must be answered, whichever program answers it.
"""

import socket
import subprocess
import sys
import threading

RESTARTS = 20
# Answers that each kind of client must get from every program.
ANSWERS = 5
PATIENCE_S = 30

PROGRAM, CONFIG, DATA, AUTHORITY = sys.argv[1:]
BECOME = 'exec 3<&0 0</dev/null; export LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=https; exec "$@"'


class Client(threading.Thread):
    """One kind of client, asking until told to stop."""

    def __init__(self, port, version, is_kept):
        super().__init__()
        self.name = f"{version.strip('-')}, {'kept' if is_kept else 'new'} connections"
        many = f"https://localhost:{port}/api/v1/search?q=cola&n=[1-1000000]"
        one = f"https://localhost:{port}/api/v1/search?q=cola"
        self.command = ["curl", "-sS", "--max-time", str(PATIENCE_S), "--cacert", AUTHORITY, version, "-o", "/dev/null",
                        "-w", "%{http_code} %{errormsg}\n", many if is_kept else one]
        self.is_kept, self.answered, self.lost = is_kept, 0, []
        self.more = threading.Condition()
        self.is_done, self.running = False, None

    def run(self):
        while not self.is_done:
            with subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as self.running:
                for line in self.running.stdout:
                    if not line.endswith("\n"):
                        break  # curl was stopped while it wrote
                    with self.more:
                        if line.startswith("200"):
                            self.answered += 1
                        else:
                            self.lost.append(line.strip())
                        self.more.notify()

    def wait_for_more(self):
        with self.more:
            wanted = self.answered + ANSWERS
            if not self.more.wait_for(lambda: self.answered >= wanted, PATIENCE_S):
                self.lost.append("no answer any more")

    def stop(self):
        self.is_done = True
        if self.is_kept:
            self.running.terminate()
        self.join()


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
        clients = [Client(port, version, is_kept) for version in ("--http1.1", "--http2") for is_kept in (True, False)]
        for client in clients:
            client.start()
        clean = 0
        for _ in range(RESTARTS):
            for client in clients:
                client.wait_for_more()
            process.terminate()
            clean += process.wait() == 0
            process = start(held)
        for client in clients:
            client.wait_for_more()
            client.stop()
        process.terminate()
        process.wait()
    failed = 0
    for client in clients:
        failed += bool(client.lost)
        say = "FAILED" if client.lost else "ok    "
        print(f"{say} {RESTARTS} restarts: {client.name}: {len(client.lost)} of {client.answered} lost {client.lost[:3]}")
    print(f"{'ok    ' if clean == RESTARTS else 'FAILED'} {clean} of {RESTARTS} programs ended well")
    failed += clean != RESTARTS
    print(f"{len(clients) + 1 - failed} passed, {failed} failed")


if __name__ == "__main__":
    main()
