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
const PIECE_BYTES: usize = 16 << 10;

/// The body of an answer. When it is dropped, taken or not, its request is over.
#[derive(Debug)]
pub(super) struct Body {
    content: Content,
    ticket: Option<Ticket>,
    /// Its place among the requests that are answered at once, kept until the answer was taken.
    pass: Option<Pass>,
    record: Option<Record>,
}

#[derive(Debug)]
enum Content {
    Whole(Bytes),
    Parts(mpsc::Receiver<io::Result<Bytes>>),
}

impl Body {
    /// A body that is there.
    pub(super) fn whole(bytes: impl Into<Bytes>) -> Self {
        Self { content: Content::Whole(bytes.into()), ticket: None, pass: None, record: None }
    }

    /// A body that comes in parts.
    pub(super) fn parts(parts: mpsc::Receiver<io::Result<Bytes>>) -> Self {
        Self { content: Content::Parts(parts), ticket: None, pass: None, record: None }
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

    /// Ends a request with this body.
    pub(super) fn end(&mut self, mut ticket: Ticket, pass: Option<Pass>, record: Option<Record>) {
        ticket.sent();
        if self.is_end_stream() {
            ticket.done();
        }
        self.ticket = Some(ticket);
        self.pass = pass;
        self.record = record;
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
        let taken = match &mut self.content {
            Content::Whole(bytes) if bytes.is_empty() => None,
            Content::Whole(bytes) => Some(Ok(bytes.split_to(bytes.len().min(PIECE_BYTES)))),
            Content::Parts(parts) => match parts.poll_recv(cx) {
                Poll::Pending => return Poll::Pending,
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
