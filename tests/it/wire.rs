//! A client that says exactly what a test wants said, byte by byte.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Longer than any limit that a test sets.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection of a test.
pub(crate) struct Wire(pub(crate) TcpStream);

impl Wire {
    /// Connects.
    pub(crate) fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("connected");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        stream.set_nodelay(true).expect("no delay");
        Self(stream)
    }

    /// Sends bytes; a server that has closed already is no failure of the sender.
    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.0.write_all(bytes.as_ref());
    }

    /// Whether the server has closed it; nothing was sent before that.
    pub(crate) fn has_ended(&self) -> bool {
        self.0.set_nonblocking(true).expect("looked at without waiting");
        let seen = self.0.peek(&mut [0]);
        self.0.set_nonblocking(false).expect("waited for again");
        seen.map_or_else(|error| error.kind() != ErrorKind::WouldBlock, |bytes| bytes == 0)
    }

    /// Everything until the server closes, as text.
    pub(crate) fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        // A reset ends it as well as a close.
        let _ = self.0.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// One answer with a length, without what comes after it: its first line, its headers, its body.
    pub(crate) fn answer(&mut self) -> (String, Vec<u8>) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            if self.0.read(&mut byte).expect("an answer in time") == 0 {
                break;
            }
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).expect("text");
        let length = field(&head, "content-length").map_or(0, |length| length.parse().expect("a number"));
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).expect("the whole body");
        (head, body)
    }

    /// How long the server keeps the connection while `trickle` is sent every now and then.
    pub(crate) fn kept_while(mut self, mut trickle: impl FnMut(&mut Self)) -> Duration {
        let begun = Instant::now();
        self.0.set_read_timeout(Some(Duration::from_millis(200))).expect("a time limit");
        while begun.elapsed() < PATIENCE {
            trickle(&mut self);
            match self.0.read(&mut [0; 1024]) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => break,
            }
        }
        begun.elapsed()
    }
}

/// The value of a header of an answer.
pub(crate) fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The status of an answer.
pub(crate) fn status(answer: &str) -> u16 {
    answer.split_whitespace().nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// What browsers must be told with every answer.
pub(crate) const RULES: [&str; 8] = [
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "permissions-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "cross-origin-embedder-policy",
];

/// What is answered to a request, with all that comes until the server closes.
pub(crate) fn ask(address: SocketAddr, request: impl AsRef<[u8]>) -> String {
    let mut wire = Wire::to(address);
    wire.send(request);
    let _ = wire.0.shutdown(std::net::Shutdown::Write);
    wire.rest()
}

/// The answer to a request for a path with some lines more in its header.
pub(crate) fn get(address: SocketAddr, path: &str, lines: &[&str]) -> String {
    let lines = lines.iter().fold(String::new(), |all, line| all + line + "\r\n");
    let host = if lines.to_ascii_lowercase().contains("host:") { "" } else { "Host: localhost\r\n" };
    ask(address, format!("GET {path} HTTP/1.1\r\n{host}{lines}Connection: close\r\n\r\n"))
}
