//! The bytes of a connection: counted for its pace, encrypted or not, written to the socket once per turn.
//!
//! A response of HTTP/2 is many small frames. Written one by one each would become a TLS record and a system call; so
//! small ones are joined to fill a record, and the connection flushes when it has nothing more to do.

use std::io::{self, IoSlice, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::StatusCode;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::pace::Pace;

/// Plain bytes that may wait for a flush; more would only grow the process.
const UNFLUSHED_MAX: usize = 128 << 10;
/// The same while all connections together have too much of them.
const UNFLUSHED_IN_A_CROWD: usize = 16 << 10;
/// What a record of TLS holds (RFC 8446, 5.1). One costs about the same whether it holds a byte or a kilobyte.
const RECORD_BYTES: usize = 16 << 10;
/// Writes up to this size are copied, to share a record with the next.
const JOINED_MAX: usize = 12 << 10;
/// What the parser says of the body of its own answers, as HTTP/1 writes it.
const EMPTY_LINE: &[u8] = b"\r\ncontent-length: 0\r\n";
/// What every answer of the service has in its head, as HTTP/1 writes it.
const ID_LINE: &[u8] = b"\r\nx-request-id: ";
/// How long the rest of a body that was refused is read and thrown away, so that its sender gets to read why.
const LINGER: Duration = Duration::from_secs(2);
/// How much of it.
const LINGER_BYTES: u64 = 16 << 20;

/// A socket that tells its pace what goes through.
#[derive(Debug)]
pub(super) struct Socket {
    tcp: TcpStream,
    /// What was read too far, before what is read next.
    ahead: Vec<u8>,
    pace: Arc<Pace>,
}

impl Socket {
    /// A socket of which some bytes were read already.
    pub(super) fn new(tcp: TcpStream, ahead: Vec<u8>, pace: Arc<Pace>) -> Self {
        Self { tcp, ahead, pace }
    }
}

impl AsyncRead for Socket {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if self.ahead.is_empty() {
            ready!(Pin::new(&mut self.tcp).poll_read(cx, buffer))?;
        } else {
            let bytes = self.ahead.len().min(buffer.remaining());
            buffer.put_slice(&self.ahead[..bytes]);
            self.ahead.drain(..bytes);
        }
        let bytes = buffer.filled().len() - before;
        let is_too_much = bytes > 0 && self.pace.read(bytes).is_err();
        Poll::Ready(if is_too_much { Err(io::ErrorKind::InvalidData.into()) } else { Ok(()) })
    }
}

impl Socket {
    fn written(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => self.pace.wrote(bytes),
            Poll::Pending => self.pace.is_blocked(),
            Poll::Ready(Err(_)) => {}
        }
        written
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write(cx, bytes);
        self.written(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.tcp).poll_write_vectored(cx, slices);
        self.written(written)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

/// A connection's bytes, encrypted or not.
#[derive(Debug)]
pub(super) enum Wire {
    /// Plain HTTP.
    Plain(Socket),
    /// HTTPS.
    Tls(Box<TlsStream<Socket>>),
}

#[derive(Debug)]
struct Channel {
    wire: Wire,
    unflushed: usize,
    /// What was written and waits for the rest of its record; a part of what is unflushed.
    held: Vec<u8>,
    /// How many bytes all connections may have unflushed before this one keeps to less.
    crowd_bytes: usize,
    /// What the parser said of a request that it could not read, instead of sending it.
    refused: Option<StatusCode>,
    pace: Arc<Pace>,
}

impl Channel {
    fn flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.unflushed > 0
            && let Wire::Tls(tls) = &mut self.wire
        {
            release(tls, &mut self.held)?;
            ready!(Pin::new(tls).poll_flush(cx))?;
            self.unflushed = 0;
            self.pace.flushed();
        }
        Poll::Ready(Ok(()))
    }

    fn write(&mut self, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        if let Some(status) = slices.iter().find(|slice| !slice.is_empty()).and_then(|head| refusal_of_parser(head)) {
            self.refused = Some(status);
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        if self.unflushed >= self.unflushed_max() {
            ready!(self.flush(cx))?;
        }
        let tls = match &mut self.wire {
            Wire::Plain(socket) => return Pin::new(socket).poll_write_vectored(cx, slices),
            Wire::Tls(tls) => tls,
        };
        let mut bytes = slices.iter().map(|slice| slice.len()).sum();
        let is_joined = bytes <= JOINED_MAX || !self.held.is_empty();
        if is_joined && self.held.len() + bytes <= RECORD_BYTES {
            for slice in slices {
                self.held.extend_from_slice(slice);
            }
        } else {
            release(tls, &mut self.held)?;
            bytes = tls.get_mut().1.writer().write_vectored(slices)?;
        }
        self.unflushed += bytes;
        self.pace.encrypted(self.unflushed);
        Poll::Ready(Ok(bytes))
    }

    fn shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.flush(cx))?;
        match &mut self.wire {
            Wire::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Wire::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }

    fn unflushed_max(&self) -> usize {
        if self.pace.crowd().has_unsent(self.crowd_bytes) { UNFLUSHED_IN_A_CROWD } else { UNFLUSHED_MAX }
    }
}

/// Encrypts what was held. It keeps no memory: most connections wait.
fn release(tls: &mut TlsStream<Socket>, held: &mut Vec<u8>) -> io::Result<()> {
    tls.get_mut().1.writer().write_all(&std::mem::take(held))
}

/// The status, if what is about to be written is what the parser of HTTP/1 says by itself of a request that it could
/// not read: a head with nothing in it but a length of zero, and without an id.
fn refusal_of_parser(head: &[u8]) -> Option<StatusCode> {
    let rest = head.strip_prefix(b"HTTP/1.1 4").or_else(|| head.strip_prefix(b"HTTP/1.0 4"))?;
    let has = |line: &[u8]| head.windows(line.len()).any(|window| window == line);
    let is_bare = head.ends_with(b"\r\n\r\n") && has(EMPTY_LINE) && !has(ID_LINE);
    if is_bare { StatusCode::from_bytes(&[b'4', *rest.first()?, *rest.get(1)?]).ok() } else { None }
}

/// A connection as HTTP sees it; the connection keeps a second handle, to flush it.
#[derive(Debug, Clone)]
pub(super) struct Stream(Arc<Mutex<Channel>>);

impl Stream {
    /// The stream over a wire.
    pub(super) fn new(wire: Wire, pace: Arc<Pace>, crowd_bytes: usize) -> Self {
        Self(Arc::new(Mutex::new(Channel { wire, unflushed: 0, held: Vec::new(), crowd_bytes, refused: None, pace })))
    }

    fn channel(&self) -> MutexGuard<'_, Channel> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what was written.
    pub(super) fn flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.channel().flush(cx)
    }

    /// What the parser said of a request that it could not read, if there was one. Then nothing was sent of it.
    pub(super) fn refused(&self) -> Option<StatusCode> {
        self.channel().refused
    }

    /// Sends the last answer of a connection that HTTP has let go, and says that it is the last.
    pub(super) async fn say(&mut self, answer: &[u8]) -> io::Result<()> {
        self.channel().refused = None;
        self.write_all(answer).await?;
        std::future::poll_fn(|cx| Self::flush(self, cx)).await?;
        self.shutdown().await
    }

    /// Reads and throws away for a while what is still coming: closing a socket with unread bytes would tear the
    /// answer out of its reader's hands (RFC 9112, 9.6).
    pub(super) async fn linger(self) {
        let Some(channel) = Arc::into_inner(self.0) else { return };
        let wire = channel.into_inner().unwrap_or_else(PoisonError::into_inner).wire;
        let tcp = match wire {
            Wire::Plain(socket) => socket.tcp,
            Wire::Tls(tls) => tls.into_inner().0.tcp,
        };
        let drain = tokio::io::copy(&mut tcp.take(LINGER_BYTES), &mut tokio::io::sink()).await;
        drop(drain);
    }

    /// How long to linger at most.
    pub(super) const fn linger_time() -> Duration {
        LINGER
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let channel = &mut *self.channel();
        let before = buffer.filled().len();
        ready!(match &mut channel.wire {
            Wire::Plain(socket) => Pin::new(socket).poll_read(cx, buffer),
            Wire::Tls(tls) => Pin::new(tls).poll_read(cx, buffer),
        })?;
        channel.pace.reads(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.channel().write(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.channel().write(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Plain bytes are on their way; encrypted ones go at the end of the connection's turn.
        let channel = self.channel();
        if matches!(channel.wire, Wire::Plain(_)) {
            channel.pace.flushed();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.channel().shutdown(cx)
    }
}
