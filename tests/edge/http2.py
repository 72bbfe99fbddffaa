"""What RFC 9113 says must happen to each wrong frame, and that right ones are not taken for wrong.

tests/edge/http2.py PORT AUTHORITY_FILE: one line per case, then `N passed, N failed`.
"""

import sys

from peer import *
from wrong import FORM, GENERAL_CODE, OPEN, WRONG, connection, opened, stream

PORT = int(sys.argv[1])
Peer.authority_file = sys.argv[2]
AUTHORITY = f"localhost:{PORT}"


def split_header(peer):
    block = peer.encoder.encode(peer.request())
    return [
        frame(HEADERS, END_STREAM, 1, block[:5]),
        frame(CONTINUATION, 0, 1, block[5:9]),
        frame(CONTINUATION, END_HEADERS, 1, block[9:]),
    ]


def padded(peer):
    return [frame(HEADERS, PADDED | 5, 1, b"\x07" + peer.encoder.encode(peer.request()) + bytes(7))]


# Section, claim, what is sent; the page must come, and no error with it.
RIGHT = [
    (
        "4.1",
        "unknown frames are ignored",
        lambda p: [frame(0xFA, 0xFF, 0, b"x" * 99), frame(0xFB, 0, 1, b"x"), p.get(1)],
    ),
    (
        "4.1",
        "undefined flags are ignored",
        lambda p: [frame(PING, 0xFE, 0, bytes(8)), p.headers(1, p.request(), 0xD1 | END_HEADERS & ~PADDED)],
    ),
    ("4.1", "the reserved bit is ignored", lambda p: [frame(HEADERS, 5, 1 | 1 << 31, p.encoder.encode(p.request()))]),
    (
        "5.3.2",
        "PRIORITY is ignored, also of idle streams",
        lambda p: [frame(PRIORITY, 0, 9, bytes([0, 0, 0, 7, 255])), p.get(1)],
    ),
    (
        "6.1",
        "empty and padded DATA is taken",
        lambda p: opened(p, frame(DATA, 0, 1), frame(DATA, PADDED | END_STREAM, 1, b"\x03" + bytes(3))),
    ),
    ("6.2", "padded HEADERS are taken", padded),
    (
        "6.4",
        "a request taken back does not hold up the next",
        lambda p: [
            p.headers(1, p.request(method="POST"), OPEN),
            frame(RST_STREAM, 0, 1, bytes([0, 0, 0, 8])),
            p.get(3),
        ],
    ),
    ("6.5.2", "unknown settings are ignored", lambda p: [settings((0xF00D, 7), (0, 1)), p.get(1)]),
    (
        "6.5.3",
        "one setting twice: the last counts",
        lambda p: [settings((INITIAL_WINDOW_SIZE, 0), (INITIAL_WINDOW_SIZE, 65_535)), p.get(1)],
    ),
    (
        "6.8",
        "after GOAWAY by the client what it asked is answered",
        lambda p: [p.get(1), frame(GOAWAY, 0, 0, bytes(8))],
    ),
    ("6.10", "a header in three frames is put together", split_header),
    ("8.1", "trailers are taken", lambda p: opened(p, frame(DATA, 0, 1, b""), p.headers(1, [("x-checksum", "1")]))),
    ("8.2.2", "`te: trailers` is taken", lambda p: [p.get(1, ("te", "trailers"))]),
    ("8.2.3", "a cookie in crumbs is taken", lambda p: [p.get(1, ("cookie", "a=b"), ("cookie", "c=d"))]),
    ("8.3.1", "host stands for :authority", lambda p: [p.get(1, ("host", AUTHORITY), authority=None)]),
]


def preface_is_checked():
    peer = Peer(PORT, AUTHORITY, first=b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")
    return peer.wait(connection("PROTOCOL_ERROR") | {"closed"}), peer.events


def settings_come_first():
    peer = Peer(PORT, AUTHORITY, first=PREFACE + frame(PING, 0, 0, bytes(8)))
    return peer.wait(connection("PROTOCOL_ERROR") | {"closed"}), peer.events


def head_has_no_body():
    peer = Peer(PORT, AUTHORITY)
    peer.send(peer.get(1, method="HEAD", path="/.well-known/acme-challenge/none"), peer.get(3, method="HEAD", authority="evil.example"))
    peer.wait({"421"})
    peer.wait({"DATA"}, 1)
    return {"404", "421"} <= set(peer.events) and "DATA" not in peer.events, peer.events


def settings_are_acknowledged():
    peer = Peer(PORT, AUTHORITY)
    return peer.wait({"SETTINGS ACK"}) and "SETTINGS" in peer.events, peer.events


def ping_is_answered_with_its_bytes():
    peer = Peer(PORT, AUTHORITY)
    peer.send(frame(PING, 0, 0, b"foodswap"))
    return peer.wait({f"PING {b'foodswap'.hex()} ACK"}), peer.events


def an_answered_ping_is_not_answered():
    peer = Peer(PORT, AUTHORITY)
    peer.send(frame(PING, ACK, 0, b"answered"), frame(PING, 0, 0, b"question"))
    came = peer.wait({f"PING {b'question'.hex()} ACK"})
    return came and not any(b"answered".hex() in event for event in peer.events), peer.events


def a_stream_above_the_announced_number_is_refused():
    peer = Peer(PORT, AUTHORITY)
    peer.wait({"SETTINGS"})
    announced = peer.settings.get(MAX_CONCURRENT_STREAMS)
    if announced is None or announced > 200:
        return False, [f"announced: {announced}"]
    # Requests for which a body is yet to come stay open.
    asked = [peer.headers(2 * n + 1, peer.request(method="POST", path=FORM), OPEN) for n in range(announced + 1)]
    peer.send(*asked)
    return peer.wait(stream("REFUSED_STREAM", "PROTOCOL_ERROR")), peer.events


def an_answer_may_come_before_the_body():
    peer = Peer(PORT, AUTHORITY)
    peer.send(peer.headers(1, peer.request(("content-length", "99999999"), method="POST", path=FORM), OPEN))
    return peer.wait({"RST NO_ERROR"}) and "413" in peer.events and peer.data.get(1), peer.events


def the_window_of_a_stream_is_kept_to():
    peer = Peer(PORT, AUTHORITY, first=PREFACE + settings((INITIAL_WINDOW_SIZE, 1)))
    peer.send(peer.get(1))
    peer.wait({"DATA"})
    peer.read(0.3)
    return len(peer.data.get(1, b"")) == 1, peer.events


def a_window_raised_later_lets_the_rest_through():
    peer = Peer(PORT, AUTHORITY, first=PREFACE + settings((INITIAL_WINDOW_SIZE, 0)))
    peer.send(peer.get(1))
    if not peer.wait({"200"}) or peer.data:
        return False, peer.events
    peer.send(settings((INITIAL_WINDOW_SIZE, 100)), window_update(1, 50))
    peer.wait({"DATA"})
    peer.read(0.3)
    return len(peer.data.get(1, b"")) == 150, peer.events


def a_window_made_negative_is_waited_for():
    peer = Peer(PORT, AUTHORITY, first=PREFACE + settings((INITIAL_WINDOW_SIZE, 100)))
    peer.send(peer.get(1))
    peer.wait({"DATA"})
    peer.send(settings((INITIAL_WINDOW_SIZE, 0)), window_update(1, 100))  # -100 + 100 = 0: nothing may follow
    peer.read(0.3)
    before = len(peer.data[1])
    peer.send(window_update(1, 10))
    while peer.read(0.3):
        pass
    return (before, len(peer.data[1])) == (100, 110), peer.events


OTHER = [
    ("3.4", "a wrong preface ends the connection", preface_is_checked),
    ("3.4", "the first frame must be SETTINGS", settings_come_first),
    ("5.1.2", "a stream above the announced number is refused", a_stream_above_the_announced_number_is_refused),
    ("6.5.3", "SETTINGS are acknowledged", settings_are_acknowledged),
    ("6.7", "PING is answered with its own bytes", ping_is_answered_with_its_bytes),
    ("6.7", "an acknowledgement of PING is not answered", an_answered_ping_is_not_answered),
    ("8.1", "a body too large is answered 413 before it came, and then called off", an_answer_may_come_before_the_body),
    ("8.1.1", "an answer to HEAD has no body, refusals neither", head_has_no_body),
    ("6.9.1", "the window of a stream is kept to", the_window_of_a_stream_is_kept_to),
    ("6.9.2", "a window raised later lets the rest through", a_window_raised_later_lets_the_rest_through),
    ("6.9.2", "a window made negative is waited for", a_window_made_negative_is_waited_for),
]


def is_refused(what, allowed):
    peer = Peer(PORT, AUTHORITY)
    peer.send(*what(peer))
    came = peer.wait(allowed)
    # An error of the connection ends it (5.4.1).
    ends = came is not None and (not came.startswith("GOAWAY") or peer.wait({"closed"}))
    return ends, peer.events


def is_answered(what):
    peer = Peer(PORT, AUTHORITY)
    peer.send(*what(peer))
    came = peer.wait({"200"})
    # Whoever says goodbye may hear it too.
    return came and not [event for event in peer.errors() if event not in ("closed", "GOAWAY NO_ERROR")], peer.events


def refusal(claim, what, allowed):
    if claim not in GENERAL_CODE:
        return f"{claim} is refused", lambda: is_refused(what, allowed)
    missed = ", ".join(sorted(code.split()[1] for code in allowed if code.startswith("GOAWAY")))
    # Only the general code is taken: a narrower one means that the case belongs among the others again.
    return f"{claim} ends the connection (PROTOCOL_ERROR for {missed})", lambda: is_refused(
        what, connection("PROTOCOL_ERROR")
    )


def main():
    cases = [(section, *refusal(claim, what, allowed)) for section, claim, what, allowed in WRONG]
    cases += [(section, claim, lambda w=what: is_answered(w)) for section, claim, what in RIGHT]
    cases += OTHER
    failed = 0
    for section, claim, run in cases:
        holds, events = run()
        failed += not holds
        print(
            f"{'ok    ' if holds else 'FAILED'} RFC 9113, {section}: {claim}" + ("" if holds else f"; it got {events}")
        )
    print(f"{len(cases) - failed} passed, {failed} failed")
    return failed > 0


sys.exit(main())
