//! From a request of the wire to the site in process, and back.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::header::{CONNECTION, CONTENT_LENGTH, COOKIE, HeaderName, HeaderValue, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode, Version};
use rocket::http::{Cookie, Header};
use rocket::local::asynchronous::{Client, LocalResponse};
use tokio::io::AsyncReadExt;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

use super::answer::Refusal;
use super::body::Body;
use super::gate::{Gate, Pass, Source};
use super::limits::Limits;
use super::pace::Pace;
use super::rate::Kind;
use super::target;

/// Answers up to this size are taken whole, so that they can be compressed; larger ones are streamed.
const WHOLE_MAX: usize = 1 << 20;
/// What is read of a streamed answer at once, bytes: with what precedes it, no more than a record of TLS.
const PART_BYTES: usize = 15 << 10;
/// How long the rest of a body that was refused over HTTP/2 is read and thrown away, and how much of it.
const LEFT: Duration = Duration::from_secs(2);
const LEFT_BYTES: usize = 16 << 20;

/// What a request needs besides itself.
pub(super) struct Context {
    pub(super) site: Arc<Client>,
    pub(super) client: SocketAddr,
    pub(super) host: Option<String>,
    pub(super) limits: Limits,
    pub(super) pace: Arc<Pace>,
    pub(super) entrance: Entrance,
}

/// The way to a place among the requests that are answered at once.
pub(super) struct Entrance {
    pub(super) gate: Arc<Gate>,
    pub(super) source: Source,
    /// Places for one source.
    pub(super) of_source: usize,
    /// Places in all.
    pub(super) total: usize,
}

/// An answer, with the place that its request had; none if it never came to the site.
pub(super) type Made = (Response<Body>, Option<Pass>);

/// Lets the site answer. The work goes on when the client leaves: a handler is never cut off half-way, as Rocket
/// promises its handlers too.
pub(super) async fn answer(request: Request<()>, body: Incoming, context: Context) -> Made {
    let kind = Kind::of(request.uri().path());
    let headers = request.headers().clone();
    let (sender, mut receiver) = oneshot::channel();
    let mut work = Work(Some(Box::pin(work(request, body, context, sender))));
    let answered = std::future::poll_fn(|cx| {
        if let Some(future) = &mut work.0
            && future.as_mut().poll(cx).is_ready()
        {
            work.0 = None;
        }
        Pin::new(&mut receiver).poll(cx)
    });
    answered.await.unwrap_or_else(|_| (Refusal::Fault.answer_to(kind, &headers), None))
}

/// Work polled by the connection, for as long as it asks; then by a task of its own.
struct Work(Option<Pin<Box<dyn Future<Output = ()> + Send>>>);

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(future) = self.0.take() {
            tokio::spawn(future);
        }
    }
}

async fn work(request: Request<()>, body: Incoming, context: Context, sender: oneshot::Sender<Made>) {
    let (parts, ()) = request.into_parts();
    let refuse = |refusal: Refusal| refusal.answer_to(Kind::of(parts.uri.path()), &parts.headers);
    let body = match read(&parts, body, &context.limits, &context.pace).await {
        Ok(body) => body,
        Err(refusal) => {
            let mut response = refuse(refusal);
            if parts.version < Version::HTTP_2 {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            return drop(sender.send((response, None)));
        }
    };
    // Only now: who sends a body slowly takes no place from those who wait for an answer.
    let Entrance { gate, source, of_source, total } = context.entrance;
    let Ok(pass) = gate.enter(source, of_source, total) else {
        return drop(sender.send((refuse(Refusal::Busy), None)));
    };
    let Ok(method) = parts.method.as_str().parse::<rocket::http::Method>() else {
        return drop(sender.send((refuse(Refusal::Method), None)));
    };
    let target = target::of(&parts.uri);
    let mut local = context.site.req(method, target.into_owned()).remote(context.client).body(body);
    if let Some(host) = context.host.and_then(|host| rocket::http::uri::Host::parse_owned(host).ok()) {
        local.inner_mut().set_host(host);
    }
    for (name, value) in &parts.headers {
        let Ok(value) = value.to_str() else { continue };
        if name == COOKIE {
            let cookies = value.split(';').filter_map(|pair| Cookie::parse_encoded(pair.trim().to_owned()).ok());
            for cookie in cookies {
                local = local.cookie(cookie);
            }
        }
        local.add_header(Header::new(name.as_str().to_owned(), value.to_owned()));
    }
    send(local.dispatch().await, &parts, pass, sender).await;
}

/// Reads the body of a request within its limits of size and time.
async fn read(parts: &Parts, mut body: Incoming, limits: &Limits, pace: &Arc<Pace>) -> Result<Vec<u8>, Refusal> {
    let read = gather(&mut body, limits.body_bytes(parts.uri.path()), limits, pace).await;
    if read.is_err() {
        leave(body, parts.version, pace);
    }
    read
}

async fn gather(body: &mut Incoming, allowed: usize, limits: &Limits, pace: &Pace) -> Result<Vec<u8>, Refusal> {
    if body.size_hint().lower() > allowed as u64 {
        return Err(Refusal::TooLarge);
    }
    let deadline = Instant::now() + limits.body();
    let mut gathered = Gathered { bytes: Vec::new(), pace };
    loop {
        let frame = match timeout_at(deadline, body.frame()).await {
            Err(_) => return Err(Refusal::TooSlow),
            Ok(None) => return Ok(gathered.whole()),
            Ok(Some(Err(_))) => return Err(Refusal::BadBody),
            Ok(Some(Ok(frame))) => frame,
        };
        let Ok(data) = frame.into_data() else { continue };
        pace.body_came(data.len());
        if gathered.bytes.len() + data.len() > allowed {
            return Err(Refusal::TooLarge);
        }
        gathered.add(&data);
    }
}

/// Leaves a body that is refused. By HTTP/1 the connection ends, and reads it to its end first. By HTTP/2 it is read here
/// for a while: called off at once, some clients (curl 7.88) would take the answer for a broken one.
pub(super) fn leave(mut body: Incoming, version: Version, pace: &Arc<Pace>) {
    if body.is_end_stream() {
        return;
    }
    if version < Version::HTTP_2 {
        return pace.left_unread();
    }
    let pace = Arc::clone(pace);
    tokio::spawn(timeout(LEFT, async move {
        let mut bytes = 0;
        while let Some(Ok(frame)) = body.frame().await {
            let more = frame.data_ref().map_or(0, Bytes::len);
            pace.body_came(more);
            bytes += more;
            if bytes > LEFT_BYTES {
                break;
            }
        }
    }));
}

/// A body as far as it came. Until it is whole it counts among what all connections hold, however large it says it
/// will be.
struct Gathered<'p> {
    bytes: Vec<u8>,
    pace: &'p Pace,
}

impl Gathered<'_> {
    fn add(&mut self, data: &[u8]) {
        let before = self.bytes.len();
        self.bytes.extend_from_slice(data);
        self.pace.gathers(before, self.bytes.len());
    }

    fn whole(mut self) -> Vec<u8> {
        self.pace.gathers(self.bytes.len(), 0);
        std::mem::take(&mut self.bytes)
    }
}

impl Drop for Gathered<'_> {
    fn drop(&mut self) {
        self.pace.gathers(self.bytes.len(), 0);
    }
}

/// Sends what the site answered: whole if it is short, else in parts.
async fn send(mut answer: LocalResponse<'_>, parts: &Parts, pass: Pass, sender: oneshot::Sender<Made>) {
    let status = StatusCode::from_u16(answer.status().code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let size = answer.body().preset_size();
    let mut response = Response::new(Body::none());
    *response.status_mut() = status;
    for header in answer.headers().iter() {
        let name = HeaderName::from_bytes(header.name().as_str().as_bytes());
        let value = HeaderValue::from_str(header.value());
        // The length and how it is framed are this side's business.
        if let (Ok(name), Ok(value)) = (name, value)
            && name != CONTENT_LENGTH
            && name != TRANSFER_ENCODING
        {
            response.headers_mut().append(name, value);
        }
    }
    let is_bodiless = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if answer.body().is_none() || parts.method == Method::HEAD || is_bodiless {
        if let Some(size) = size.filter(|_| !is_bodiless) {
            response.headers_mut().insert(CONTENT_LENGTH, size.into());
        }
        return drop(sender.send((response, Some(pass))));
    }
    match size {
        Some(size) if size <= WHOLE_MAX => {
            let mut bytes = vec![0; size];
            if let Err(error) = answer.read_exact(&mut bytes).await {
                // Without an answer the sender is dropped, and a fault is told.
                return tracing::error!(%error, path = parts.uri.path(), "the site's answer broke off");
            }
            response.headers_mut().insert(CONTENT_LENGTH, size.into());
            *response.body_mut() = Body::whole(bytes);
            drop(sender.send((response, Some(pass))));
        }
        _ => {
            let (part, receiver) = mpsc::channel(1);
            *response.body_mut() = Body::parts(receiver);
            if sender.send((response, Some(pass))).is_ok() {
                stream(answer, part).await;
            }
        }
    }
}

async fn stream(mut answer: LocalResponse<'_>, parts: mpsc::Sender<io::Result<Bytes>>) {
    loop {
        let mut buffer = vec![0; PART_BYTES];
        let part = match answer.read(&mut buffer).await {
            Ok(0) => return,
            Ok(bytes) => {
                buffer.truncate(bytes);
                Ok(Bytes::from(buffer))
            }
            Err(error) => Err(error),
        };
        let is_end = part.is_err();
        if parts.send(part).await.is_err() || is_end {
            return;
        }
    }
}
