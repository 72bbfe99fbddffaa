"""Clients that ask without a pause while the program is exchanged, and count what they lost."""

import http.client
import itertools
import socket
import ssl
import subprocess
import threading

PATIENCE_S = 30


class Asker(threading.Thread):
    """Asks until told to stop. Lines of the answers that begin with `version ` are remembered."""

    def __init__(self, name):
        super().__init__()
        self.name, self.answered, self.lost, self.versions = name, 0, [], set()
        self.more = threading.Condition()
        self.is_done = False

    def read(self, line):
        if line.startswith("version "):
            self.versions.add(line.split()[1])

    def count(self, trouble):
        """Counts an answer, or what came instead of it."""
        with self.more:
            if trouble:
                self.lost.append(trouble)
            else:
                self.answered += 1
            self.more.notify()

    def wait_for_more(self, answers):
        """Waits until so many more requests were answered."""
        with self.more:
            wanted = self.answered + answers
            if not self.more.wait_for(lambda: self.answered >= wanted, PATIENCE_S):
                self.lost.append("no answer any more")

    def stop(self):
        self.is_done = True
        self.join()


class Client(Asker):
    """One kind of curl: on one connection, or on a new one for each request. It asks for `url` with a number at its end, and
    must get that status."""

    def __init__(self, name, url, is_kept, arguments, status="200"):
        super().__init__(f"{name}, {'kept' if is_kept else 'new'} connections")
        self.command = ["curl", "-sS", "--max-time", str(PATIENCE_S), "-w", "\n%{http_code} %{errormsg}\n", *arguments,
                        f"{url}[1-1000000]" if is_kept else f"{url}1"]
        self.is_kept, self.running, self.status = is_kept, None, status

    def run(self):
        while not self.is_done:
            with subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as self.running:
                for line in self.running.stdout:
                    if not line.endswith("\n"):
                        break  # curl was stopped while it wrote
                    self.read(line)
                    code = line.split(" ")[0]
                    if len(code) == 3 and code.isdigit():
                        self.count(None if code == self.status else line.strip())

    def stop(self):
        self.is_done = True
        if self.is_kept:
            self.running.terminate()
        self.join()


class StrictClient(Asker):
    """HTTP/1.1 on a connection that is kept, with no second try, where curl would make one without a word.

    A new connection is made only when the last answer said that the old one ends. It asks this machine for `path` with a
    number at its end, by TLS if there is an authority to trust; or sends a form to it, and must get that status.
    """

    def __init__(self, name, host, port, path, authority=None, form=None, status=200):
        super().__init__(f"{name}, kept connections, no second try")
        self.host, self.port, self.path, self.form, self.status = host, port, path, form, status
        self.tls = authority and ssl.create_default_context(cafile=authority)

    def connect(self):
        connection = http.client.HTTPConnection(self.host)
        connection.auto_open = False
        plain = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
        connection.sock = self.tls.wrap_socket(plain, server_hostname=self.host) if self.tls else plain
        return connection

    def run(self):
        connection = None
        for number in itertools.count():
            if self.is_done:
                break
            try:
                connection = connection or self.connect()
                connection.request("POST" if self.form else "GET", f"{self.path}{number}", self.form)
                answer = connection.getresponse()
                for line in answer.read().decode().splitlines():
                    self.read(line)
                if answer.will_close:
                    connection = None
                self.count(None if answer.status == self.status else str(answer.status))
            except (OSError, http.client.HTTPException) as error:
                connection = None
                self.count(repr(error))


def report(clients, what):
    """One line for each client; how many lost something."""
    for client in clients:
        say = "FAILED" if client.lost else "ok    "
        print(f"{say} {what}: {client.name}: {len(client.lost)} of {client.answered} lost {client.lost[:3]}")
    return sum(bool(client.lost) for client in clients)
