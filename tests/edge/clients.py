"""Clients that ask without a pause while the program is exchanged, and count what they lost."""

import subprocess
import threading

PATIENCE_S = 30


class Client(threading.Thread):
    """One kind of client, asking until told to stop: curl on one connection, or on a new one for each request.

    It asks for `url` with a number at its end. Lines of the answers that begin with `version ` are remembered.
    """

    def __init__(self, name, url, is_kept, arguments):
        super().__init__()
        self.name = f"{name}, {'kept' if is_kept else 'new'} connections"
        self.command = ["curl", "-sS", "--max-time", str(PATIENCE_S), "-w", "\n%{http_code} %{errormsg}\n", *arguments,
                        f"{url}[1-1000000]" if is_kept else f"{url}1"]
        self.is_kept, self.answered, self.lost, self.versions = is_kept, 0, [], set()
        self.more = threading.Condition()
        self.is_done, self.running = False, None

    def run(self):
        while not self.is_done:
            with subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as self.running:
                for line in self.running.stdout:
                    if not line.endswith("\n"):
                        break  # curl was stopped while it wrote
                    self.read(line)

    def read(self, line):
        if line.startswith("version "):
            self.versions.add(line.split()[1])
        code = line.split(" ")[0]
        if len(code) != 3 or not code.isdigit():
            return
        with self.more:
            if code == "200":
                self.answered += 1
            else:
                self.lost.append(line.strip())
            self.more.notify()

    def wait_for_more(self, answers):
        """Waits until so many more requests were answered."""
        with self.more:
            wanted = self.answered + answers
            if not self.more.wait_for(lambda: self.answered >= wanted, PATIENCE_S):
                self.lost.append("no answer any more")

    def stop(self):
        self.is_done = True
        if self.is_kept:
            self.running.terminate()
        self.join()


def report(clients, what):
    """One line for each client; how many lost something."""
    for client in clients:
        say = "FAILED" if client.lost else "ok    "
        print(f"{say} {what}: {client.name}: {len(client.lost)} of {client.answered} lost {client.lost[:3]}")
    return sum(bool(client.lost) for client in clients)
