//! One connection: let in, its handshake, its protocol, its end.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use hyper::rt::Executor;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::server::Acceptor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tokio_rustls::LazyConfigAcceptor;

use super::gate::{Pass, Source};
use super::limits::Limits;
use super::listen::Protocol;
use super::pace::{Overdue, Pace};
use super::peer;
use super::server::{Phase, Shared};
use super::service::Service;
use super::stream::{Socket, Stream, Wire};
use super::tls::Tls;
use super::turns::Turns;
use super::unreadable;

/// How long the system tries to bring to a client what it does not acknowledge, milliseconds: a phone in a tunnel.
const UNACKNOWLEDGED_MS: u32 = 30_000;
/// How long a connection of HTTP/2 that ends gets to hear so.
const FAREWELL: Duration = Duration::from_secs(2);
/// How long a handshake or a header that has begun may go on when all that waits is closed: a phone on a bad line.
const BEGUN: Duration = Duration::from_secs(2);
/// How often it is looked whether a request that is on its way at a stop has come.
const EXPECTING_PAUSE: Duration = Duration::from_millis(100);
/// How many bytes of answers a connection of HTTP/2 prepares ahead of its reader, per request.
const PREPARED_BYTES: usize = 64 << 10;
/// How many bytes of the body of a request may be under way (RFC 9113, 6.9.2), and of all bodies of a connection.
const BODY_WINDOW: u32 = 64 << 10;
const BODIES_WINDOW: u32 = 256 << 10;
/// The longest header of the PROXY protocol: version 2 with an address and some fields of its own.
const PROXY_HEADER_MAX: usize = 1024;
/// How the watchdog's question begins: it is asked without an introduction, and content with being turned away.
const PROBE_BEGIN: &[u8] = b"GET /healthz ";

/// Serves a connection to its end.
pub(super) async fn serve(
    tcp: TcpStream,
    peer: SocketAddr,
    protocol: Protocol,
    shared: Arc<Shared>,
    phase: watch::Receiver<Phase>,
) {
    let settings = shared.settings_to_keep();
    let limits = &settings.limits;
    let is_trusted = peer::is_among(&settings.trusted_proxies, peer.ip());
    let Some(pass) = admit(&shared, peer, limits, is_trusted) else { return };
    // Answers are written whole: to wait for more would only delay them.
    let _ = tcp.set_nodelay(true);
    let _ = rustix::net::sockopt::set_tcp_user_timeout(&tcp, UNACKNOWLEDGED_MS);
    let pace = Pace::new(Arc::clone(shared.crowd()), limits.handshake_bytes);
    let by_proxy = settings.proxy_protocol && is_trusted;
    let arrival = Arrival { tcp, peer, protocol, by_proxy, pass };
    let greeting = greet(arrival, &shared, limits, &pace);
    let greeted = tokio::select! {
        greeted = timeout(limits.handshake(), greeting) => greeted,
        () = gives_up(phase.clone(), &pace) => return tracing::debug!(%peer, "no handshake before the stop"),
    };
    let Greeted { wire, peer, is_http2, pass: _pass } = match greeted {
        Ok(Ok(Some(greeted))) => greeted,
        Ok(Ok(None)) => return,
        Ok(Err(error)) => return tracing::debug!(%peer, %error, "no handshake"),
        Err(_) => return tracing::debug!(%peer, "the handshake took too long"),
    };
    pace.open(is_http2);
    let mut stream = Stream::new(wire, Arc::clone(&pace), limits.unsent_bytes);
    // Who speaks the PROXY protocol passes on bytes, and reads none of what stands in them.
    let is_proxied = is_trusted && !by_proxy;
    let service = Service { shared: Arc::clone(&shared), peer, is_proxied, protocol, pace: Arc::clone(&pace) };
    let io = TokioIo::new(stream.clone());
    let course = Course { stream: &stream, pace: &pace, limits, phase };
    let overdue = if is_http2 {
        course.follow(http2(limits).serve_connection(io, service)).await
    } else {
        course.follow(http1(limits).serve_connection(io, service)).await
    };
    match overdue {
        Some(overdue) => tracing::debug!(%peer, ?overdue, "a connection was closed"),
        None if let Some(status) = stream.refused() => {
            let answer = unreadable::answer(&shared, &settings, peer, protocol, status);
            drop(timeout(limits.write(), stream.say(&answer)).await);
            drop(timeout(Stream::linger_time(), stream.linger()).await);
        }
        None if pace.has_unread() => drop(timeout(Stream::linger_time(), stream.linger()).await),
        None => {}
    }
}

/// Lets a connection in, if there is room for it. Trusted proxies and the machine itself bring many in one hand.
fn admit(shared: &Arc<Shared>, peer: SocketAddr, limits: &Limits, is_trusted: bool) -> Option<Pass> {
    let is_own = is_trusted || peer.ip().to_canonical().is_loopback();
    let of_source = if is_own { limits.connections } else { limits.connections_per_address };
    let entered = shared.connections().enter(Source::of(peer.ip()), of_source, limits.connections);
    entered.inspect_err(|full| tracing::debug!(%peer, ?full, "no room for another connection")).ok()
}

/// Ready when a connection of which no request has come is in the way of a stop: at once if it has said nothing.
async fn gives_up(phase: watch::Receiver<Phase>, pace: &Pace) {
    reached(phase, Phase::Closing).await;
    if pace.has_heard() {
        sleep(BEGUN).await;
    }
}

/// A connection as it was accepted.
struct Arrival {
    tcp: TcpStream,
    peer: SocketAddr,
    protocol: Protocol,
    /// Whether a proxy says first whom it brings.
    by_proxy: bool,
    pass: Pass,
}

/// A connection that is ready for requests.
struct Greeted {
    wire: Wire,
    peer: SocketAddr,
    is_http2: bool,
    pass: Pass,
}

/// What comes before the first request: what a proxy says of the client, and the TLS handshake. None if there is no room
/// for the client, or if it was the handshake of a certificate authority, which asks for nothing else.
async fn greet(
    arrival: Arrival,
    shared: &Arc<Shared>,
    limits: &Limits,
    pace: &Arc<Pace>,
) -> io::Result<Option<Greeted>> {
    let Arrival { mut tcp, mut peer, protocol, by_proxy, mut pass } = arrival;
    let mut ahead = Vec::new();
    if by_proxy {
        let client;
        (client, ahead) = introduced(&mut tcp, peer, shared).await?;
        if client != peer {
            // The place is the client's own from now on, not the proxy's.
            drop(pass);
            let Some(place) = admit(shared, client, limits, false) else { return Ok(None) };
            (peer, pass) = (client, place);
        }
    }
    let socket = Socket::new(tcp, ahead, Arc::clone(pace));
    if protocol == Protocol::Http {
        return Ok(Some(Greeted { wire: Wire::Plain(socket), peer, is_http2: false, pass }));
    }
    // A socket for TLS that systemd holds open before there is anything to serve on it.
    let Some(tls) = shared.tls() else { return Ok(None) };
    let Some(stream) = shake_hands(socket, tls, pace).await? else { return Ok(None) };
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    Ok(Some(Greeted { wire: Wire::Tls(Box::new(stream)), peer, is_http2, pass }))
}

async fn shake_hands(
    socket: Socket,
    tls: &Tls,
    pace: &Pace,
) -> io::Result<Option<tokio_rustls::server::TlsStream<Socket>>> {
    let start = LazyConfigAcceptor::new(Acceptor::default(), socket).await?;
    pace.was_greeted();
    if let Some(challenge) = tls.challenge()
        && rustls_acme::is_tls_alpn_challenge(&start.client_hello())
    {
        let mut answered = start.into_stream(Arc::clone(challenge)).await?;
        answered.shutdown().await?;
        return Ok(None);
    }
    // How much is encrypted ahead is the stream's business.
    start.into_stream_with(Arc::clone(tls.config()), |session| session.set_buffer_limit(None)).await.map(Some)
}

/// Reads what a proxy says first of the client (the PROXY protocol, versions 1 and 2): the client's address, and
/// what was read beyond it.
async fn introduced(tcp: &mut TcpStream, proxy: SocketAddr, shared: &Shared) -> io::Result<(SocketAddr, Vec<u8>)> {
    let mut bytes = Vec::with_capacity(256);
    loop {
        if tcp.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match peer::introduction(&bytes, proxy) {
            Some(Ok((client, length))) => return Ok((client, bytes.split_off(length))),
            Some(Err(what)) => {
                if !bytes.starts_with(PROBE_BEGIN) {
                    shared.warn_of_a_proxy_without_introduction();
                }
                return Err(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            None if bytes.len() >= PROXY_HEADER_MAX => return Err(io::ErrorKind::InvalidData.into()),
            None => {}
        }
    }
}

fn http1(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // Who has nothing more to say may still listen.
        .half_close(true)
        // Its own time limit cannot tell a slow header from an idle connection; the pace can.
        .header_read_timeout(None)
        .max_headers(limits.header_lines)
        .max_header_size(limits.header_bytes)
        .max_buf_size(limits.header_bytes.max(64 << 10));
    builder
}

fn http2(limits: &Limits) -> http2::Builder<InPlace> {
    let mut builder = http2::Builder::new(InPlace);
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        // The service refuses what is above the limit, with an answer of its own; what is far above is refused here.
        .max_header_list_size(limits.header_bytes.saturating_mul(2) as u32)
        .max_pending_accept_reset_streams(limits.resets)
        .max_send_buf_size(PREPARED_BYTES)
        .initial_stream_window_size(BODY_WINDOW)
        .initial_connection_window_size(BODIES_WINDOW);
    builder
}

/// Runs the streams of a connection: polled once in place, because most are answered at once; only one that has to
/// wait becomes a task.
#[derive(Clone)]
struct InPlace;

impl<F> Executor<F> for InPlace
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, future: F) {
        let mut future = Box::pin(future);
        if future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            tokio::spawn(future);
        }
    }
}

/// A connection of HTTP that can be told to end.
trait Ending: Future {
    fn end(self: Pin<&mut Self>);
    /// Whether requests that come while it ends are still answered, so that it may be told at once.
    const ENDS_AT_ONCE: bool;
}

impl<S> Ending for http1::Connection<TokioIo<Stream>, S>
where
    S: hyper::service::HttpService<hyper::body::Incoming, ResBody = super::body::Body>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    // A connection of HTTP/1 that waits would be closed under a request that is on its way. Answers say `close`; those
    // that wait are closed when the time for requests on their way is over.
    const ENDS_AT_ONCE: bool = false;

    fn end(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl Ending for http2::Connection<TokioIo<Stream>, Service, InPlace> {
    const ENDS_AT_ONCE: bool = true;

    fn end(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// What a connection goes along.
struct Course<'a> {
    stream: &'a Stream,
    pace: &'a Pace,
    limits: &'a Limits,
    phase: watch::Receiver<Phase>,
}

impl Course<'_> {
    /// Drives a connection to its end; says what it was too slow for, if it was.
    async fn follow<C: Ending>(mut self, connection: C) -> Option<Overdue> {
        let mut connection = pin!(connection);
        let mut stop =
            pin!(reached(self.phase.clone(), if C::ENDS_AT_ONCE { Phase::Draining } else { Phase::Closing }));
        let turns = Turns::new();
        let mut stopping_since = None;
        let mut told_at = None;
        let mut alarm = pin!(tokio::time::sleep_until(self.deadline().0));
        std::future::poll_fn(|cx| {
            if stopping_since.is_none() && stop.as_mut().poll(cx).is_ready() {
                stopping_since = Some(Instant::now());
            }
            if let Some(since) = stopping_since
                && told_at.is_none()
            {
                // What is on its way is still answered, and its answer says that it is the last.
                if !C::ENDS_AT_ONCE && self.pace.is_expecting() && since.elapsed() < BEGUN {
                    alarm.as_mut().reset(Instant::now() + EXPECTING_PAUSE);
                } else {
                    told_at = Some(Instant::now());
                    connection.as_mut().end();
                }
            }
            let ended = turns.poll(cx, |cx| connection.as_mut().poll(cx)).is_ready();
            if let Poll::Ready(Err(_)) = self.stream.flush(cx) {
                return Poll::Ready(None);
            }
            if ended {
                return Poll::Ready(None);
            }
            match self.late(alarm.as_mut(), told_at, cx) {
                Some(Overdue::Idle) if C::ENDS_AT_ONCE && told_at.is_none() => {
                    told_at = Some(Instant::now());
                    connection.as_mut().end();
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                Some(overdue) => Poll::Ready(Some(overdue)),
                None => Poll::Pending,
            }
        })
        .await
    }

    fn deadline(&self) -> (Instant, Overdue) {
        let (at, overdue) = self.pace.deadline(self.limits);
        (Instant::from_std(at), overdue)
    }

    /// The same for one that was told to end: with nothing left to be answered or sent, no longer than for its farewell.
    fn deadline_when_told(&self, told_at: Instant) -> (Instant, Overdue) {
        let (at, overdue) = self.deadline();
        match (self.pace.quiet_since(), overdue) {
            (Some(since), Overdue::Idle | Overdue::Header) => (told_at.max(since.into()) + FAREWELL, Overdue::Idle),
            _ => (at, overdue),
        }
    }

    /// What the connection is too late with, if it is. The alarm is only set anew when it rings, or must ring earlier.
    fn late(&mut self, mut alarm: Pin<&mut Sleep>, told_at: Option<Instant>, cx: &mut Context<'_>) -> Option<Overdue> {
        if self.pace.resets() > self.limits.resets {
            return Some(Overdue::Noise);
        }
        loop {
            let (at, overdue) = told_at.map_or_else(|| self.deadline(), |told_at| self.deadline_when_told(told_at));
            if at < alarm.deadline() {
                alarm.as_mut().reset(at);
            }
            if alarm.as_mut().poll(cx).is_pending() {
                return None;
            }
            if at <= Instant::now() {
                return Some(overdue);
            }
            alarm.as_mut().reset(at);
        }
    }
}

/// Ready when the front is as far on its way to stop, or gone.
async fn reached(mut phase: watch::Receiver<Phase>, wanted: Phase) {
    drop(phase.wait_for(|phase| *phase >= wanted).await);
}
