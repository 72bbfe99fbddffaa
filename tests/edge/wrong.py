"""Wrong frames, each with its section of RFC 9113, and what may happen to it.

Where the RFC leaves a choice, any of the outcomes that it allows passes: a stream error may be raised to a connection
error (5.4.2), and a malformed request may be answered 400 (8.1.1). The library that the server reads frames with (h2
0.4.20) has one code for every connection error of its decoder, PROTOCOL_ERROR. Where the RFC names a narrower one the
connection must still end: such cases are held in GENERAL_CODE, each of which must go when it is mended.
"""

from peer import *

# Where a body is waited for before anything is answered.
FORM = "/api/v1/products"


def connection(*codes):
    return {f"GOAWAY {code}" for code in codes}


def stream(*codes):
    return {f"RST {code}" for code in codes} | connection(*codes)


MALFORMED = stream("PROTOCOL_ERROR") | {"400"}
# Cases in which the connection ends, with PROTOCOL_ERROR for the code that the RFC names (hyperium/h2, pull request 900).
GENERAL_CODE = {
    "a header block that is no HPACK",
    "an index that the table does not have",
    "the index 0",
    "a table larger than was allowed",
    "HPACK strings cut off",
    "DATA after END_STREAM",
    "PRIORITY of another length than 5",
    "RST_STREAM of another length than 4",
    "an acknowledgement of SETTINGS with content",
    "SETTINGS of a length that 6 does not divide",
    "INITIAL_WINDOW_SIZE = 2^31",
    "PING of another length than 8",
    "WINDOW_UPDATE of another length than 4",
}
OPEN = END_HEADERS  # a request whose body is still to come


def opened(peer, *frames, **pseudo):
    """A request whose body is still to come, then these frames."""
    return [peer.headers(1, peer.request(**pseudo), OPEN), *frames]


# Section, claim, what is sent after the preface and SETTINGS, what may happen.
WRONG = [
    (
        "4.2",
        "a DATA frame above MAX_FRAME_SIZE",
        lambda p: opened(p, frame(DATA, 0, 1, bytes(16_385))),
        stream("FRAME_SIZE_ERROR"),
    ),
    (
        "4.2",
        "a HEADERS frame above MAX_FRAME_SIZE",
        lambda p: [frame(HEADERS, 5, 1, bytes(16_385))],
        connection("FRAME_SIZE_ERROR"),
    ),
    (
        "4.2",
        "a SETTINGS frame above MAX_FRAME_SIZE",
        lambda p: [frame(SETTINGS, 0, 0, bytes(16_386))],
        connection("FRAME_SIZE_ERROR"),
    ),
    (
        "4.3",
        "a header block that is no HPACK",
        lambda p: [frame(HEADERS, 5, 1, b"\xff\xff\xff\xff\xff\xff\xff\xff")],
        connection("COMPRESSION_ERROR"),
    ),
    (
        "4.3",
        "an index that the table does not have",
        lambda p: [frame(HEADERS, 5, 1, b"\x82\x84\x87\xfe")],
        connection("COMPRESSION_ERROR"),
    ),
    ("4.3", "the index 0", lambda p: [frame(HEADERS, 5, 1, b"\x80")], connection("COMPRESSION_ERROR")),
    (
        "4.3.1",
        "a table larger than was allowed",
        lambda p: [frame(HEADERS, 5, 1, b"\x3f\xe1\xff\x03\x82\x84\x87")],
        connection("COMPRESSION_ERROR"),
    ),
    (
        "4.3",
        "HPACK strings cut off",
        lambda p: [frame(HEADERS, 5, 1, b"\x82\x84\x87\x40\x0aab")],
        connection("COMPRESSION_ERROR"),
    ),
    ("5.1", "DATA before HEADERS", lambda p: [frame(DATA, 1, 1, b"x")], stream("PROTOCOL_ERROR", "STREAM_CLOSED")),
    (
        "5.1",
        "RST_STREAM of an idle stream",
        lambda p: [frame(RST_STREAM, 0, 1, bytes(4))],
        connection("PROTOCOL_ERROR"),
    ),
    ("5.1", "WINDOW_UPDATE of an idle stream", lambda p: [window_update(1, 1)], connection("PROTOCOL_ERROR")),
    ("5.1", "DATA after END_STREAM", lambda p: [p.get(1), frame(DATA, 1, 1, b"x")], stream("STREAM_CLOSED")),
    ("5.1", "HEADERS after END_STREAM", lambda p: [p.get(1), p.get(1)], stream("STREAM_CLOSED", "PROTOCOL_ERROR")),
    ("5.1.1", "an even stream id", lambda p: [p.get(2)], connection("PROTOCOL_ERROR")),
    (
        "5.1.1",
        "a stream id lower than the last",
        lambda p: [p.get(5), p.get(3)],
        connection("PROTOCOL_ERROR", "STREAM_CLOSED"),
    ),
    (
        "5.5",
        "an unknown frame within a header block",
        lambda p: [p.headers(1, p.request(), 1), frame(0xFA, 0, 0)],
        connection("PROTOCOL_ERROR"),
    ),
    ("6.1", "DATA on stream 0", lambda p: [frame(DATA, 0, 0, b"x")], connection("PROTOCOL_ERROR")),
    (
        "6.1",
        "DATA whose padding is longer than itself",
        lambda p: opened(p, frame(DATA, PADDED | END_STREAM, 1, b"\x09xx")),
        connection("PROTOCOL_ERROR"),
    ),
    ("6.2", "HEADERS on stream 0", lambda p: [p.get(0)], connection("PROTOCOL_ERROR")),
    (
        "6.2",
        "HEADERS whose padding is longer than itself",
        lambda p: [frame(HEADERS, PADDED | 5, 1, b"\x40\x82\x84\x87")],
        connection("PROTOCOL_ERROR"),
    ),
    (
        "6.2",
        "PING within a header block",
        lambda p: [p.headers(1, p.request(), 1), frame(PING, 0, 0, bytes(8))],
        connection("PROTOCOL_ERROR"),
    ),
    (
        "6.2",
        "HEADERS of another stream within a header block",
        lambda p: [p.headers(1, p.request(), 1), p.get(3)],
        connection("PROTOCOL_ERROR"),
    ),
    ("6.3", "PRIORITY on stream 0", lambda p: [frame(PRIORITY, 0, 0, bytes(5))], connection("PROTOCOL_ERROR")),
    (
        "6.3",
        "PRIORITY of another length than 5",
        lambda p: [frame(PRIORITY, 0, 1, bytes(4))],
        stream("FRAME_SIZE_ERROR"),
    ),
    ("6.4", "RST_STREAM on stream 0", lambda p: [frame(RST_STREAM, 0, 0, bytes(4))], connection("PROTOCOL_ERROR")),
    (
        "6.4",
        "RST_STREAM of another length than 4",
        lambda p: opened(p, frame(RST_STREAM, 0, 1, bytes(3))),
        connection("FRAME_SIZE_ERROR"),
    ),
    ("6.5", "SETTINGS on a stream", lambda p: [frame(SETTINGS, 0, 1)], connection("PROTOCOL_ERROR")),
    (
        "6.5",
        "an acknowledgement of SETTINGS with content",
        lambda p: [frame(SETTINGS, ACK, 0, bytes(6))],
        connection("FRAME_SIZE_ERROR"),
    ),
    (
        "6.5",
        "SETTINGS of a length that 6 does not divide",
        lambda p: [frame(SETTINGS, 0, 0, bytes(5))],
        connection("FRAME_SIZE_ERROR"),
    ),
    ("6.5.2", "ENABLE_PUSH = 2", lambda p: [settings((ENABLE_PUSH, 2))], connection("PROTOCOL_ERROR")),
    (
        "6.5.2",
        "INITIAL_WINDOW_SIZE = 2^31",
        lambda p: [settings((INITIAL_WINDOW_SIZE, 1 << 31))],
        connection("FLOW_CONTROL_ERROR"),
    ),
    ("6.5.2", "MAX_FRAME_SIZE = 16,383", lambda p: [settings((MAX_FRAME_SIZE, 16_383))], connection("PROTOCOL_ERROR")),
    ("6.5.2", "MAX_FRAME_SIZE = 2^24", lambda p: [settings((MAX_FRAME_SIZE, 1 << 24))], connection("PROTOCOL_ERROR")),
    (
        "6.6",
        "PUSH_PROMISE by a client",
        lambda p: [p.get(1), frame(PUSH_PROMISE, END_HEADERS, 1, bytes([0, 0, 0, 2]) + b"\x82\x84\x87")],
        connection("PROTOCOL_ERROR"),
    ),
    ("6.7", "PING on a stream", lambda p: [frame(PING, 0, 1, bytes(8))], connection("PROTOCOL_ERROR")),
    ("6.7", "PING of another length than 8", lambda p: [frame(PING, 0, 0, bytes(6))], connection("FRAME_SIZE_ERROR")),
    ("6.8", "GOAWAY on a stream", lambda p: [frame(GOAWAY, 0, 1, bytes(8))], connection("PROTOCOL_ERROR")),
    ("6.9", "WINDOW_UPDATE of 0 for the connection", lambda p: [window_update(0, 0)], connection("PROTOCOL_ERROR")),
    ("6.9", "WINDOW_UPDATE of 0 for a stream", lambda p: opened(p, window_update(1, 0)), stream("PROTOCOL_ERROR")),
    (
        "6.9",
        "WINDOW_UPDATE of another length than 4",
        lambda p: [frame(WINDOW_UPDATE, 0, 0, bytes(3))],
        connection("FRAME_SIZE_ERROR"),
    ),
    (
        "6.9.1",
        "a window of the connection above 2^31-1",
        lambda p: [window_update(0, (1 << 31) - 1)] * 2,
        connection("FLOW_CONTROL_ERROR"),
    ),
    (
        "6.9.1",
        "a window of a stream above 2^31-1",
        lambda p: opened(p, *[window_update(1, (1 << 31) - 1)] * 2),
        stream("FLOW_CONTROL_ERROR"),
    ),
    (
        "6.9.1",
        "more DATA than the window of the stream holds",
        lambda p: opened(p, *[frame(DATA, 0, 1, bytes(16_000))] * 20, method="POST", path=FORM),
        stream("FLOW_CONTROL_ERROR"),
    ),
    (
        "6.9.2",
        "a setting that lifts an open window above 2^31-1",
        lambda p: opened(p, window_update(1, (1 << 31) - 65_536), settings((INITIAL_WINDOW_SIZE, (1 << 31) - 1))),
        connection("FLOW_CONTROL_ERROR"),
    ),
    (
        "6.10",
        "CONTINUATION without HEADERS",
        lambda p: [frame(CONTINUATION, END_HEADERS, 1, b"\x82\x84\x87")],
        connection("PROTOCOL_ERROR"),
    ),
    (
        "6.10",
        "CONTINUATION after END_HEADERS",
        lambda p: opened(p, frame(CONTINUATION, END_HEADERS, 1, b"\x82")),
        connection("PROTOCOL_ERROR"),
    ),
    (
        "6.10",
        "CONTINUATION on stream 0",
        lambda p: [p.headers(1, p.request(), 1), frame(CONTINUATION, END_HEADERS, 0)],
        connection("PROTOCOL_ERROR"),
    ),
    (
        "6.10",
        "CONTINUATION of another stream",
        lambda p: [p.headers(1, p.request(), 1), frame(CONTINUATION, END_HEADERS, 3)],
        connection("PROTOCOL_ERROR"),
    ),
    (
        "6.10",
        "DATA within a header block",
        lambda p: [p.headers(1, p.request(), 0), frame(DATA, 1, 1, b"x")],
        connection("PROTOCOL_ERROR"),
    ),
    (
        "8.1",
        "trailers without END_STREAM",
        lambda p: opened(p, p.headers(1, [("x-more", "1")], END_HEADERS), method="POST"),
        MALFORMED,
    ),
    (
        "8.1.1",
        "a content-length above the content",
        lambda p: [
            p.headers(1, p.request(("content-length", "5"), method="POST"), OPEN),
            frame(DATA, END_STREAM, 1, b"abc"),
        ],
        MALFORMED,
    ),
    (
        "8.1.1",
        "a content-length below the content",
        lambda p: [
            p.headers(1, p.request(("content-length", "1"), method="POST"), OPEN),
            frame(DATA, END_STREAM, 1, b"abc"),
        ],
        MALFORMED,
    ),
    ("8.2.1", "an upper-case name", lambda p: [p.get(1, ("X-Test", "1"))], MALFORMED),
    ("8.2.1", "a space in a name", lambda p: [p.get(1, ("x test", "1"))], MALFORMED),
    ("8.2.1", "a colon in a name", lambda p: [p.get(1, ("x:test", "1"))], MALFORMED),
    ("8.2.1", "an empty name", lambda p: [p.get(1, ("", "1"))], MALFORMED),
    ("8.2.1", "NUL in a value", lambda p: [p.get(1, ("x-test", "a\0b"))], MALFORMED),
    ("8.2.1", "a line feed in a value", lambda p: [p.get(1, ("x-test", "a\nb: c"))], MALFORMED),
    ("8.2.1", "a carriage return in a value", lambda p: [p.get(1, ("x-test", "a\rb"))], MALFORMED),
    *(
        (
            "8.2.2",
            f"the field `{name}: {value}`",
            lambda p, name=name, value=value: [p.get(1, (name, value))],
            MALFORMED,
        )
        for name, value in [
            ("connection", "close"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "close"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("te", "gzip"),
        ]
    ),
    ("8.3", "an unknown pseudo field", lambda p: [p.headers(1, p.request() + [(":test", "1")])], MALFORMED),
    ("8.3", "the pseudo field of answers", lambda p: [p.headers(1, p.request() + [(":status", "200")])], MALFORMED),
    ("8.3", "a pseudo field after another field", lambda p: [p.headers(1, [("x-test", "1")] + p.request())], MALFORMED),
    *(
        ("8.3.1", f"no :{name}", lambda p, name=name: [p.get(1, **{name: None})], MALFORMED)
        for name in ("method", "scheme", "path")
    ),
    *(
        ("8.3.1", f"a second {field[0]}", lambda p, field=field: [p.headers(1, p.request()[:4] + [field])], MALFORMED)
        for field in [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "localhost")]
    ),
    ("8.3.1", "an empty :path", lambda p: [p.get(1, path="")], MALFORMED),
    ("8.3.1", "neither :authority nor host", lambda p: [p.get(1, authority=None)], MALFORMED),
    *(
        ("8.3.1", f"the :path {path!r}", lambda p, path=path: [p.get(1, path=path)], MALFORMED)
        for path in ("about", "http://localhost/", "/a b", "/a\0b")
    ),
    ("8.3.1", "a user in :authority", lambda p: [p.get(1, authority=f"somebody@{p.authority}")], MALFORMED),
    ("8.3.1", "two hosts", lambda p: [p.get(1, ("host", p.authority), ("host", p.authority))], MALFORMED),
    ("8.3.1", "a host that is not :authority", lambda p: [p.get(1, ("host", "evil.example"))], MALFORMED),
    ("8.2.1", "a value that begins with a space", lambda p: [p.get(1, ("x-a", " b"))], MALFORMED),
    ("8.2.1", "a value that ends with a tab", lambda p: [p.get(1, ("x-a", "b\t"))], MALFORMED),
    ("8.3.1", "a space in :method", lambda p: [p.get(1, method="G T")], MALFORMED),
    ("8.5", "CONNECT", lambda p: [p.get(1, method="CONNECT", scheme=None, path=None)], MALFORMED | {"405", "501"}),
    (
        "8.5",
        "CONNECT for another protocol (RFC 8441), which was not offered",
        lambda p: [p.headers(1, p.request(method="CONNECT") + [(":protocol", "websocket")])],
        MALFORMED,
    ),
    ("8.5", "CONNECT with :scheme and :path", lambda p: [p.get(1, method="CONNECT")], MALFORMED | {"405", "501"}),
    (
        "10.5.1",
        "a header larger than was announced",
        lambda p: big_header(p),
        MALFORMED | stream("ENHANCE_YOUR_CALM", "REFUSED_STREAM") | {"431"},
    ),
]


def big_header(peer):
    block = peer.encoder.encode(peer.request(*((f"x-{n}", "~" * 1000) for n in range(60))), huffman=False)
    parts = [block[at : at + 16_000] for at in range(0, len(block), 16_000)]
    yield frame(HEADERS, END_STREAM, 1, parts[0])
    for part in parts[1:-1]:
        yield frame(CONTINUATION, 0, 1, part)
    yield frame(CONTINUATION, END_HEADERS, 1, parts[-1])
