//! The body of an answer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};
use tokio::sync::mpsc;

use super::access_log::Record;
use super::gate::Pass;
use super::pace::Ticket;

/// What is handed on at once, bytes. HTTP/2 keeps a piece whole however little of it its reader takes: all at once would
/// let a reader of single bytes hold whole pages and look as if it had read them.
const PIECE_BYTES: usize = (16 << 10) - FRAME_HEAD_BYTES;
/// The first one: with what precedes it, it fills no more than one record of TLS, 16 kB (RFC 8446, 5.1).
const FIRST_PIECE_BYTES: usize = 15 << 10;
/// What HTTP/2 writes before each piece (RFC 9113, 4.1).
const FRAME_HEAD_BYTES: usize = 9;

/// The body of an answer. When it is dropped, taken or not, its request is over.
#[derive(Debug)]
pub(super) struct Body {
    content: Content,
    ticket: Option<Ticket>,
    /// Its place among the requests that are answered at once, kept while parts are still being made.
    pass: Option<Pass>,
    record: Option<Record>,
    /// Whether its bytes are its own, made for this answer, and counted until they were taken.
    is_counted: bool,
    is_http2: bool,
    /// How large the piece was that was taken last: until the next one is asked for it may still be kept.
    last_piece: u32,
}

#[derive(Debug)]
enum Content {
    Whole(Bytes),
    Parts(mpsc::Receiver<io::Result<Bytes>>),
}

impl Body {
    /// A body that is there.
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self::of(Content::Whole(bytes.into()))
    }

    /// A body that comes in parts.
    pub(super) fn parts(parts: mpsc::Receiver<io::Result<Bytes>>) -> Self {
        Self::of(Content::Parts(parts))
    }

    fn of(content: Content) -> Self {
        Self { content, ticket: None, pass: None, record: None, is_counted: false, is_http2: false, last_piece: 0 }
    }

    /// No body.
    pub(super) fn none() -> Self {
        Self::whole(Bytes::new())
    }

    /// The bytes, if all are there.
    pub(super) fn bytes(&self) -> Option<&Bytes> {
        match &self.content {
            Content::Whole(bytes) => Some(bytes),
            Content::Parts(_) => None,
        }
    }

    /// Ends a request with this body. What the site made, with its place, is counted for as long as it waits.
    ///
    /// HTTP/2 takes a piece as soon as there is room for a byte of it, and keeps it. So there the last byte is a piece of
    /// its own: it only goes when all before it has, and until then the answer counts as one that waits.
    pub(super) fn end(&mut self, mut ticket: Ticket, pass: Option<Pass>, record: Option<Record>, is_http2: bool) {
        ticket.sent();
        self.is_counted = pass.is_some();
        self.is_http2 = is_http2;
        if self.is_end_stream() {
            ticket.done();
        }
        self.ticket = Some(ticket);
        self.pass = pass.filter(|_| matches!(self.content, Content::Parts(_)));
        self.record = record;
        self.hold();
    }

    /// Counts what waits: a piece that was taken until the next one is asked for.
    fn hold(&mut self) {
        if let (Some(ticket), Content::Whole(bytes)) = (&mut self.ticket, &self.content)
            && self.is_counted
        {
            ticket.holds(bytes.len() + self.last_piece as usize);
        }
    }

    fn took(&mut self, frame: Option<&Bytes>) {
        if let (Some(record), Some(bytes)) = (&mut self.record, frame) {
            record.add(bytes.len());
        }
        let is_end = frame.is_none() || self.is_end_stream();
        if let Some(ticket) = &mut self.ticket {
            ticket.sent();
            if is_end {
                ticket.done();
            }
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.hold();
        let is_http2 = self.is_http2;
        let this = &mut *self;
        let taken = match &mut this.content {
            Content::Whole(bytes) if bytes.is_empty() => None,
            Content::Whole(bytes) => {
                let all_but_one = if is_http2 { bytes.len().saturating_sub(1).max(1) } else { bytes.len() };
                let piece = all_but_one.min(if this.last_piece == 0 { FIRST_PIECE_BYTES } else { PIECE_BYTES });
                this.last_piece = piece as u32;
                Some(Ok(bytes.split_to(piece)))
            }
            Content::Parts(parts) => match parts.poll_recv(cx) {
                Poll::Pending => {
                    // It is the site that is slow, not the reader.
                    if let Some(ticket) = &self.ticket {
                        ticket.waits();
                    }
                    return Poll::Pending;
                }
                Poll::Ready(part) => part,
            },
        };
        self.took(taken.as_ref().and_then(|part| part.as_ref().ok()));
        Poll::Ready(taken.map(|part| part.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.content, Content::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Parts(_) => SizeHint::default(),
        }
    }
}
