"""Restarts and upgrades the service of a box under load and counts what visitors lost.

usage: load.py AUTHORITY NAME RESTARTS RESTART UPGRADE VERSION VERSION

It runs in the network of the box. RESTART and UPGRADE are commands. Clients ask without a pause meanwhile, of the plain
port and of the TLS port, on connections that are kept and on new ones. Every request must be answered; who asks for the
version must have seen both.
"""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "edge"))
from clients import Client, StrictClient, report  # noqa: E402

# Answers that each kind of client must get between two restarts.
ANSWERS = 5

AUTHORITY, NAME, RESTARTS, RESTART, UPGRADE, BEFORE, AFTER = sys.argv[1:]


def clients():
    """Six kinds ask which version answers, two ask for what the site is there for."""
    trust = ["--cacert", AUTHORITY, "--resolve", f"{NAME}:443:127.0.0.1"]
    search = f"https://{NAME}/api/v1/search?q=cola&n="
    yield StrictClient("plain HTTP/1.1", "localhost", 80, "/healthz?n=")
    yield StrictClient("TLS HTTP/1.1", NAME, 443, "/healthz?n=", AUTHORITY)
    yield Client("plain HTTP/1.1", "http://localhost/healthz?n=", False, ["--http1.1"])
    yield Client("TLS HTTP/1.1", f"https://{NAME}/healthz?n=", False, [*trust, "--http1.1"])
    for is_kept in (True, False):
        yield Client("TLS HTTP/2", f"https://{NAME}/healthz?n=", is_kept, [*trust, "--http2"])
        yield Client("searches, TLS HTTP/2", search, is_kept, [*trust, "--http2", "-o", "/dev/null"])


def main():
    asking = list(clients())
    for client in asking:
        client.start()
    done = 0
    for command in [RESTART] * int(RESTARTS) + [UPGRADE]:
        for client in asking:
            client.wait_for_more(ANSWERS)
        said = subprocess.run(command, shell=True, capture_output=True, text=True)
        done += said.returncode == 0
        if said.returncode != 0:
            print(said.stdout[-2000:], said.stderr[-2000:])
    for client in asking:
        client.wait_for_more(ANSWERS)
        client.stop()
    failed = report(asking, f"{RESTARTS} restarts and an upgrade")
    tellers = [client for client in asking if not client.name.startswith("searches")]
    blind = [f"{client.name}: {sorted(client.versions)}" for client in tellers if client.versions != {BEFORE, AFTER}]
    print(f"{'FAILED' if blind else 'ok    '} both versions were seen, {BEFORE} and {AFTER} {blind}")
    whole = done == int(RESTARTS) + 1
    print(f"{'ok    ' if whole else 'FAILED'} {done} of {int(RESTARTS) + 1} restarts and upgrades were done")
    failed += bool(blind) + (not whole)
    print(f"{len(asking) + 2 - failed} passed, {failed} failed")


if __name__ == "__main__":
    main()
