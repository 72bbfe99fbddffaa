"""A client of HTTP/2 that says whatever it is told to, right or wrong, and writes down what comes back."""

import socket
import ssl
import time

from h2.errors import ErrorCodes
from hpack import Decoder, Encoder
from hyperframe.frame import Frame

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# Types of frames (RFC 9113, 6)
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
# Flags; what END_STREAM is to DATA and HEADERS, ACK is to SETTINGS and PING.
END_STREAM = ACK = 0x1
END_HEADERS = 0x4
PADDED = 0x8
# Settings (RFC 9113, 6.5.2)
HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE = (
    range(1, 7)
)
# How long an answer may take, seconds; every limit of the server that is tried here is shorter or has its own time.
PATIENCE_S = 6


def frame(kind, flags, stream, payload=b""):
    """One frame, with a header that tells the truth about its length and about nothing else."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def settings(*pairs):
    return frame(SETTINGS, 0, 0, b"".join(key.to_bytes(2, "big") + value.to_bytes(4, "big") for key, value in pairs))


def window_update(stream, increment):
    return frame(WINDOW_UPDATE, 0, stream, increment.to_bytes(4, "big"))


class Peer:
    """One connection. `events` is what the server did: `GOAWAY code`, `RST code`, `200`, `closed`, and so on."""

    def __init__(self, port, authority, first=None):
        self.authority = authority
        context = ssl.create_default_context(cafile=Peer.authority_file)
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self.socket = context.wrap_socket(plain, server_hostname="localhost")
        assert self.socket.selected_alpn_protocol() == "h2", "the server does not speak HTTP/2"
        self.encoder, self.decoder = Encoder(), Decoder()
        self.received, self.events, self.data, self.is_closed, self.settings = b"", [], {}, False, {}
        # By stream: what was answered, and whether to its end. The last stream that a GOAWAY leaves to be answered.
        self.statuses, self.ended, self.last_stream = {}, set(), None
        self.send(PREFACE + settings() if first is None else first)

    authority_file = None

    def send(self, *parts):
        """Whether it could be sent: the server may have closed the connection already."""
        try:
            self.socket.sendall(b"".join(parts))
        except TimeoutError:
            return False
        except OSError:
            self.close()
            return False
        return True

    def close(self):
        if not self.is_closed:
            self.is_closed = True
            self.events.append("closed")

    def request(self, *more, **pseudo):
        """The fields of a request for a page: `path=None` leaves `:path` out; `more` follow."""
        given = {"method": "GET", "scheme": "https", "authority": self.authority, "path": "/about"} | pseudo
        return [(f":{name}", value) for name, value in given.items() if value is not None] + list(more)

    def headers(self, stream, fields, flags=END_STREAM | END_HEADERS):
        return frame(HEADERS, flags, stream, self.encoder.encode(fields))

    def get(self, stream, *more, **pseudo):
        return self.headers(stream, self.request(*more, **pseudo))

    def read(self, seconds):
        """Takes what comes next; false if nothing came in time or the connection ended."""
        if self.is_closed:
            return False
        self.socket.settimeout(max(seconds, 0.001))
        try:
            received = self.socket.recv(1 << 16)
        except TimeoutError:
            return False
        except OSError:
            received = b""
        finally:
            self.socket.settimeout(PATIENCE_S)
        if not received:
            self.close()
            return False
        received, at = memoryview(self.received + received), 0
        while len(received) >= at + 9:
            came, length = Frame.parse_frame_header(received[at : at + 9])
            if len(received) < at + 9 + length:
                break
            came.parse_body(received[at + 9 : at + 9 + length])
            self.note(came)
            at += 9 + length
        self.received = bytes(received[at:])
        return True

    def note(self, came):
        name = type(came).__name__
        if "END_STREAM" in came.flags:
            self.ended.add(came.stream_id)
        if name == "GoAwayFrame":
            self.last_stream = came.last_stream_id
            self.events.append(f"GOAWAY {ErrorCodes(came.error_code).name}")
        elif name == "RstStreamFrame":
            self.events.append(f"RST {ErrorCodes(came.error_code).name}")
        elif name == "HeadersFrame":
            assert "END_HEADERS" in came.flags, "the answers of this server fit one frame"
            status = dict(self.decoder.decode(came.data)).get(":status")
            self.events.append(status or "trailers")
            if status:
                self.statuses[came.stream_id] = status
        elif name == "DataFrame":
            self.data[came.stream_id] = self.data.get(came.stream_id, b"") + bytes(came.data)
            self.events.append("DATA")
        elif name == "PingFrame":
            self.events.append(f"PING {came.opaque_data.hex()}{' ACK' if 'ACK' in came.flags else ''}")
        elif name == "SettingsFrame":
            self.settings |= came.settings
            self.events.append("SETTINGS ACK" if "ACK" in came.flags else "SETTINGS")
        else:
            self.events.append(name)

    def wait(self, wanted, seconds=PATIENCE_S):
        """Reads until one of the wanted events came; which it was, or None."""
        until, seen = time.monotonic() + seconds, 0
        while True:
            for event in self.events[seen:]:
                if event in wanted:
                    return event
            seen = len(self.events)
            left = until - time.monotonic()
            if self.is_closed or left <= 0:
                return None
            self.read(left)

    def errors(self):
        return [event for event in self.events if event == "closed" or event.startswith(("GOAWAY", "RST"))]
