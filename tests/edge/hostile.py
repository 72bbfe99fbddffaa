"""What clients get that mean harm over HTTP/2 and TLS: they are let go, and everybody else is served meanwhile.

tests/edge/hostile.py PORT AUTHORITY_FILE: one line per case, then `N passed, N failed`. The limits are those that
tests/edge/run configures.
"""

import socket
import ssl
import sys
import time

from peer import *

PORT = int(sys.argv[1])
Peer.authority_file = sys.argv[2]
AUTHORITY = f"localhost:{PORT}"
# As tests/edge/run configures them, seconds; and how much later the end may come, on a busy machine.
HANDSHAKE_S, HEADER_S, IDLE_S, BODY_S, WRITE_S = 2, 3, 4, 2, 2
SLACK_S = 3
ANSWERS = 1_000
# front.limits.idle_bytes, and how much more may be on its way in the buffers of both systems, bytes.
IDLE_BYTES = 256 << 10
BUFFERS = 8 << 20
# front.limits.handshake_bytes
HANDSHAKE_BYTES = 8 << 10


def flood(peer, parts, bytes_max):
    """Sends parts until the connection ends; how many bytes that took, or None if it never did."""
    sent = 0
    for part in parts:
        if sent > bytes_max:
            return None
        if not peer.send(part):
            break
        sent += len(part)
        while peer.read(0.0):
            pass
        if peer.is_closed:
            break
    peer.wait({"closed"})
    return sent if peer.is_closed else None


def floods_end(parts, bytes_max=IDLE_BYTES + BUFFERS):
    peer = Peer(PORT, AUTHORITY)
    sent = flood(peer, parts(peer), bytes_max)
    return sent is not None, f"{sent} bytes, {peer.errors()}"


def rapid_reset(peer):
    for n in range(2_000):
        yield peer.get(2 * n + 1) + frame(RST_STREAM, 0, 2 * n + 1, bytes([0, 0, 0, 8]))


def rapid_reset_is_ended():
    peer = Peer(PORT, AUTHORITY)
    sent = 0
    for part in rapid_reset(peer):
        if not peer.send(part):
            break
        sent += 1
        peer.read(0.0)
        if peer.is_closed:
            break
    # Well before the two thousand: the limit is 100 requests taken back, and some are in the buffers.
    calm = peer.wait({"GOAWAY ENHANCE_YOUR_CALM", "closed"})
    return calm is not None, f"{sent} sent, {calm}"


def a_burst_of_resets_is_ended():
    """All in one write, so that no answer can come between."""
    peer = Peer(PORT, AUTHORITY)
    peer.send(*rapid_reset(peer))
    calm = peer.wait({"GOAWAY ENHANCE_YOUR_CALM", "closed"})
    answered = peer.events.count("200")
    return calm is not None and answered < 200, f"{calm}, {answered} answered"


def continuations(peer):
    yield frame(HEADERS, END_STREAM, 1, peer.encoder.encode(peer.request()))
    while True:
        yield frame(CONTINUATION, 0, 1, peer.encoder.encode([("x-more", "~" * 8_000)], huffman=False))


def empty_continuations(peer):
    yield frame(HEADERS, END_STREAM, 1, peer.encoder.encode(peer.request()))
    while True:
        yield frame(CONTINUATION, 0, 1) * 500


def endless(part):
    def parts(_):
        while True:
            yield part

    return parts


def empty_data(peer):
    yield peer.headers(1, peer.request(method="POST", path="/api/v1/products"), END_HEADERS)
    while True:
        yield frame(DATA, 0, 1) * 500


def header_bomb(peer):
    """One large field in the table, and then a thousand references to it (RFC 7541, 7.3)."""
    yield frame(HEADERS, 1, 1, peer.encoder.encode(peer.request() + [("x-large", "~" * 3_900)], huffman=False))
    while True:
        yield frame(CONTINUATION, 0, 1, b"\xbe" * 8_000)


def ends_within(peer, seconds):
    began = time.monotonic()
    peer.wait({"closed"}, seconds + SLACK_S)
    return peer.is_closed, f"after {time.monotonic() - began:.1f} s, {peer.events}"


def a_window_of_nothing_is_not_waited_for():
    peer = Peer(PORT, AUTHORITY, first=PREFACE + settings((INITIAL_WINDOW_SIZE, 0)))
    peer.send(peer.get(1))
    return ends_within(peer, WRITE_S)


def a_window_of_a_byte_at_a_time_is_not_waited_for():
    peer = Peer(PORT, AUTHORITY, first=PREFACE + settings((INITIAL_WINDOW_SIZE, 0)))
    peer.send(peer.get(1))
    began = time.monotonic()
    while not peer.is_closed and time.monotonic() - began < WRITE_S + 3 * SLACK_S:
        peer.send(window_update(1, 1))
        peer.read(0.0)
        time.sleep(0.1)
    taken = sum(map(len, peer.data.values()))
    return peer.is_closed, f"after {time.monotonic() - began:.1f} s and {taken} bytes, {peer.errors()}"


def answers_that_all_leave_unread_are_bounded(window):
    """Every connection asks for a hundred answers and takes almost nothing of them: those beyond the limit of all end."""
    first = PREFACE + settings((INITIAL_WINDOW_SIZE, window))
    little = Peer(PORT, AUTHORITY, first=first)
    little.send(*(little.get(2 * n + 1) for n in range(4)))
    many = [Peer(PORT, AUTHORITY, first=first) for _ in range(ANSWERS // 100 + 4)]
    for peer in many:
        peer.send(*(peer.get(2 * n + 1) for n in range(100)))
    for peer in [little, *many]:
        peer.wait({"closed"}, 0.1)
    ended = sum(peer.is_closed for peer in many)
    is_spared = not little.is_closed
    for peer in [little, *many]:
        peer.close()
    return 1 <= ended < len(many) and is_spared, f"{ended} of {len(many)} connections ended"


def a_header_never_ended_is_not_waited_for():
    peer = Peer(PORT, AUTHORITY)
    peer.send(frame(HEADERS, END_STREAM, 1, peer.encoder.encode(peer.request())))
    return ends_within(peer, HEADER_S)


def silence_after_the_handshake_is_not_waited_for():
    return ends_within(Peer(PORT, AUTHORITY, first=b""), HEADER_S)


def nothing_more_is_not_waited_for():
    peer = Peer(PORT, AUTHORITY)
    peer.send(peer.get(1))
    peer.wait({"200"})
    began = time.monotonic()
    said = peer.wait({"GOAWAY NO_ERROR"}, IDLE_S + SLACK_S)
    # It says that whatever is on its way will be answered (RFC 9113, 6.8).
    peer.send(peer.get(3))
    peer.wait({"closed"}, 2 * SLACK_S)
    took = time.monotonic() - began
    return said and peer.statuses.get(3) == "200" and peer.is_closed, f"after {took:.1f} s, {peer.events}"


def a_request_may_come_with_the_end_of_the_handshake():
    """The last message of the handshake and a whole record of a request in one write."""
    context = ssl.create_default_context(cafile=Peer.authority_file)
    answered = 0
    for _ in range(20):
        came, goes = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = context.wrap_bio(came, goes, server_hostname="localhost")
        with socket.create_connection(("127.0.0.1", PORT), 10) as plain:
            while True:
                try:
                    client.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    plain.sendall(goes.read())
                    came.write(plain.recv(1 << 16))
            head = f"POST /search HTTP/1.1\r\nHost: {AUTHORITY}\r\nContent-Length: 30000\r\nConnection: close\r\n\r\n"
            client.write(head.encode() + bytes(30_000))
            plain.sendall(goes.read())
            try:
                # What comes first may be tickets alone.
                while received := plain.recv(1 << 16):
                    came.write(received)
                    try:
                        answered += client.read(100).startswith(b"HTTP/1.1 405")
                        break
                    except ssl.SSLWantReadError:
                        pass
            except OSError:
                pass
    return answered == 20, f"{answered} of 20 answered"


def a_body_that_does_not_come_is_refused():
    peer = Peer(PORT, AUTHORITY)
    peer.send(peer.headers(1, peer.request(("content-length", "1000"), method="POST", path="/search"), END_HEADERS))
    began = time.monotonic()
    refused = peer.wait({"408", "closed"}, BODY_S + SLACK_S)
    return refused == "408", f"{refused} after {time.monotonic() - began:.1f} s"


def a_long_handshake_is_ended():
    """A ClientHello that says to be as long as one may be (RFC 8446, 4), in whole records: long before its end."""
    hello = bytes([1, 0, 255, 255, 3, 3]) + bytes(65_530)
    sent = 0
    with socket.create_connection(("127.0.0.1", PORT)) as plain:
        plain.settimeout(0.2)
        for at in range(0, len(hello), 4096):
            part = hello[at : at + 4096]
            try:
                plain.sendall(bytes([22, 3, 1]) + len(part).to_bytes(2, "big") + part)
                sent += len(part)
                if not plain.recv(4096):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
    return HANDSHAKE_BYTES - 4096 <= sent <= HANDSHAKE_BYTES + 12_288, f"{sent} bytes"


def tcp_ends_within(first, seconds, again=b""):
    """Plain TCP to the port of TLS: these bytes, then one more every half second."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", PORT)) as plain:
        plain.settimeout(0.5)
        plain.sendall(first)
        while time.monotonic() - began < seconds + SLACK_S:
            try:
                if not plain.recv(4096):
                    break
            except TimeoutError:
                if again:
                    plain.sendall(again)
            except OSError:
                break
        else:
            return False, "still open"
    return True, f"after {time.monotonic() - began:.1f} s"


# The header of a TLS record that holds a ClientHello of 500 bytes, of which the first ten follow.
HALF_HELLO = bytes([22, 3, 1, 1, 244, 1, 0, 1, 240, 3, 3]) + bytes(5)

CASES = [
    ("rapid reset, 2,000 of them, is ended (CVE-2023-44487)", rapid_reset_is_ended),
    ("rapid reset in one write is ended", a_burst_of_resets_is_ended),
    ("a flood of CONTINUATION is ended (CVE-2024-27316)", lambda: floods_end(continuations)),
    ("a flood of empty CONTINUATION is ended", lambda: floods_end(empty_continuations)),
    ("a bomb of references to one field is ended", lambda: floods_end(header_bomb)),
    ("a flood of PING is ended (CVE-2019-9512)", lambda: floods_end(endless(frame(PING, 0, 0, bytes(8)) * 200))),
    (
        "a flood of SETTINGS is ended (CVE-2019-9515)",
        lambda: floods_end(endless(settings((INITIAL_WINDOW_SIZE, 65_535)) * 200)),
    ),
    ("a flood of empty DATA is ended (CVE-2019-9518)", lambda: floods_end(empty_data)),
    (
        "a flood of PRIORITY is ended (CVE-2019-9513)",
        lambda: floods_end(endless(frame(PRIORITY, 0, 1, bytes([0, 0, 0, 0, 1])) * 200)),
    ),
    ("a flood of unknown frames is ended", lambda: floods_end(endless(frame(0xFA, 0, 0) * 500))),
    ("a flood of WINDOW_UPDATE is ended", lambda: floods_end(endless(window_update(0, 1) * 200))),
    ("a window of nothing is not waited for (CVE-2019-9517)", a_window_of_nothing_is_not_waited_for),
    ("a window of a byte at a time is not waited for (CVE-2019-9511)", a_window_of_a_byte_at_a_time_is_not_waited_for),
    ("answers of which nothing is taken are bounded in all", lambda: answers_that_all_leave_unread_are_bounded(0)),
    ("answers of which one byte is taken are bounded in all", lambda: answers_that_all_leave_unread_are_bounded(1)),
    ("a header never ended is not waited for", a_header_never_ended_is_not_waited_for),
    ("silence after the handshake is not waited for", silence_after_the_handshake_is_not_waited_for),
    ("nothing more after an answer is not waited for", nothing_more_is_not_waited_for),
    ("a request may come with the end of the handshake", a_request_may_come_with_the_end_of_the_handshake),
    ("a body that does not come is refused in time", a_body_that_does_not_come_is_refused),
    ("a handshake longer than any needs is ended", a_long_handshake_is_ended),
    ("silence instead of a handshake is not waited for", lambda: tcp_ends_within(b"", HANDSHAKE_S)),
    ("half a ClientHello is not waited for", lambda: tcp_ends_within(HALF_HELLO, HANDSHAKE_S)),
    ("a ClientHello byte by byte is not waited for", lambda: tcp_ends_within(HALF_HELLO, HANDSHAKE_S, b"\0")),
    ("what is no TLS is refused", lambda: tcp_ends_within(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", HANDSHAKE_S)),
]


def another_is_served():
    peer = Peer(PORT, AUTHORITY)
    peer.send(peer.get(1))
    return peer.wait({"200"}) is not None


def main():
    failed = 0
    for claim, run in CASES:
        began = time.monotonic()
        holds, what = run()
        what += f" ({time.monotonic() - began:.1f} s)"
        served = another_is_served()
        failed += not (holds and served)
        print(
            f"{'ok    ' if holds and served else 'FAILED'} {claim}: {what}{'' if served else '; another was not served'}"
        )
    print(f"{len(CASES) - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
