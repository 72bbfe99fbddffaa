//! The front as a whole: what it serves, by which settings, and how it stops without losing a request.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};
use hyper::header::HeaderValue;
use rocket::local::asynchronous::Client;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::access_log::{AccessLog, Log};
use super::crowd::Crowd;
use super::encoding::Packer;
use super::files::Files;
use super::gate::Gate;
use super::headers::Hsts;
use super::host::Hosts;
use super::limits::Limits;
use super::listen::{Listener, Protocol};
use super::peer::{Network, ProxyHeader};
use super::probe::Probe;
use super::rate::{Buckets, Rates};
use super::tls::Tls;
use super::{Config, connection};

/// After a failure to accept: the process may be out of descriptors, and to ask again at once would keep a core busy.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How often a failure to accept is told: it lasts, and each line would be the same.
const COMPLAINT_PAUSE: Duration = Duration::from_mins(1);
/// How long connections of HTTP/1 may still bring requests that were on their way at the signal to stop.
const ON_THEIR_WAY: Duration = Duration::from_secs(1);
/// How often it is looked whether all have gone.
const DRAIN_PAUSE: Duration = Duration::from_millis(5);

/// What the front serves.
pub struct Site {
    /// The application, asked in process.
    pub application: Client,
    /// Files that never change.
    pub files: Files,
    /// How handshakes are answered, where HTTPS is spoken.
    pub tls: Option<Tls>,
    /// By what `doctor` recognises this process.
    pub probe: Probe,
    /// Names that the site answers to besides those of `front.hosts`: those that its certificate is ordered for.
    pub names: Vec<String>,
}

/// What a reload of the configuration may change.
pub(super) struct Settings {
    pub(super) hosts: Hosts,
    pub(super) trusted_proxies: Vec<Network>,
    pub(super) proxy_header: ProxyHeader,
    pub(super) proxy_protocol: bool,
    pub(super) limits: Limits,
    pub(super) rates: Rates,
    pub(super) hsts: Hsts,
    pub(super) access_log: AccessLog,
}

impl Settings {
    fn new(config: &Config, names: &[String]) -> Self {
        Self {
            hosts: Hosts::new(config.hosts.iter().chain(names), config.canonical_host.as_ref()),
            trusted_proxies: config.trusted_proxies.clone(),
            proxy_header: config.proxy_header,
            proxy_protocol: config.proxy_protocol,
            limits: config.limits.clone(),
            rates: config.rates.clone(),
            hsts: Hsts::new(config.hsts_max_age_s, config.hsts_ramp_s),
            access_log: config.access_log,
        }
    }
}

/// How far the front is on its way to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// It serves.
    Serving,
    /// No new connections; those there are, are told to end.
    Draining,
    /// What waits is closed; what is being answered is answered.
    Closing,
}

/// What all connections share.
pub(super) struct Shared {
    application: Arc<Client>,
    files: Files,
    tls: Option<Tls>,
    probe: Probe,
    https_port: Option<u16>,
    settings: ArcSwap<Settings>,
    connections: Arc<Gate>,
    requests: Arc<Gate>,
    buckets: Buckets,
    crowd: Arc<Crowd>,
    packer: Packer,
    log: Arc<Log>,
    phase: watch::Sender<Phase>,
    ids: AtomicU64,
    has_warned_of_a_proxy: AtomicBool,
    has_warned_of_silence: AtomicBool,
    has_warned_of_no_introduction: AtomicBool,
}

impl Shared {
    pub(super) fn settings(&self) -> Guard<Arc<Settings>> {
        self.settings.load()
    }

    /// The same for whoever keeps them for as long as a connection lasts.
    pub(super) fn settings_to_keep(&self) -> Arc<Settings> {
        self.settings.load_full()
    }

    pub(super) fn site(&self) -> Arc<Client> {
        Arc::clone(&self.application)
    }

    pub(super) fn files(&self) -> &Files {
        &self.files
    }

    pub(super) fn tls(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }

    pub(super) fn probe(&self) -> &Probe {
        &self.probe
    }

    /// Where HTTPS is spoken.
    pub(super) fn https_port(&self) -> Option<u16> {
        self.https_port
    }

    pub(super) fn connections(&self) -> &Arc<Gate> {
        &self.connections
    }

    pub(super) fn requests(&self) -> &Arc<Gate> {
        &self.requests
    }

    pub(super) fn buckets(&self) -> &Buckets {
        &self.buckets
    }

    pub(super) fn crowd(&self) -> &Arc<Crowd> {
        &self.crowd
    }

    pub(super) fn packer(&self) -> &Packer {
        &self.packer
    }

    /// Where requests are recorded, if they are.
    pub(super) fn log(&self) -> Option<&Arc<Log>> {
        (self.settings().access_log != AccessLog::Off).then_some(&self.log)
    }

    pub(super) fn is_draining(&self) -> bool {
        *self.phase.borrow() >= Phase::Draining
    }

    /// What browsers are told about HTTPS.
    pub(super) fn hsts(&self, now_t: i64) -> Option<HeaderValue> {
        self.settings().hsts.header(self.tls.as_ref()?.trusted_since(), now_t)
    }

    /// Says once that a proxy on this machine brings visitors and is not named: then all are taken for the machine itself.
    pub(super) fn warn_of_a_nameless_proxy(&self) {
        if !self.has_warned_of_a_proxy.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a proxy on this machine brings visitors, and all of them are taken for the machine itself, without \
                 limits: name it in front.trusted_proxies"
            );
        }
    }

    /// Says once that a trusted proxy does not say whom it brings: then all are taken for the proxy itself.
    pub(super) fn warn_of_a_silent_proxy(&self) {
        if !self.has_warned_of_silence.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a trusted proxy brought a request without naming its visitor in the header that front.proxy_header says: \
                 unless that was a question of its own, make it name them, or all count as one"
            );
        }
    }

    /// Says once that a trusted proxy does not begin as it should, so that its visitors get no answer.
    pub(super) fn warn_of_a_proxy_without_introduction(&self) {
        if !self.has_warned_of_no_introduction.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a trusted proxy brought a visitor without the PROXY protocol and was turned away: make it send the PROXY \
                 protocol, or unset front.proxy_protocol"
            );
        }
    }

    /// A name for a request, to find it in logs: sixteen hexadecimal digits, none twice in a process.
    pub(super) fn next_id(&self) -> HeaderValue {
        // An odd multiplier permutes the numbers, so that ids do not tell how many requests there were.
        const SCATTER: u64 = 0x9E37_79B9_7F4A_7C15;
        let number = self.ids.fetch_add(1, Ordering::Relaxed).wrapping_mul(SCATTER);
        HeaderValue::from_str(&format!("{number:016x}")).unwrap_or(HeaderValue::from_static("0"))
    }
}

/// The public ports.
pub struct Front {
    shared: Arc<Shared>,
    names: Vec<String>,
}

impl Front {
    /// A front for a site, by a configuration.
    pub fn new(config: &Config, site: Site, listeners: &[Listener]) -> io::Result<Self> {
        let https = listeners.iter().find(|listener| listener.protocol == Protocol::Https);
        let shared = Shared {
            application: Arc::new(site.application),
            files: site.files,
            tls: site.tls,
            https_port: https.map(|listener| listener.address.port()),
            probe: site.probe,
            settings: ArcSwap::from_pointee(Settings::new(config, &site.names)),
            connections: Arc::default(),
            requests: Arc::default(),
            buckets: Buckets::default(),
            crowd: Arc::default(),
            packer: Packer::default(),
            log: Arc::new(Log::start()?),
            phase: watch::Sender::new(Phase::Serving),
            ids: AtomicU64::new(seed()),
            has_warned_of_a_proxy: AtomicBool::new(false),
            has_warned_of_silence: AtomicBool::new(false),
            has_warned_of_no_introduction: AtomicBool::new(false),
        };
        Ok(Self { shared: Arc::new(shared), names: site.names })
    }

    /// What reloads the settings of a front that serves.
    pub fn handle(&self) -> Handle {
        Handle { shared: Arc::downgrade(&self.shared), names: self.names.clone() }
    }

    /// Serves connections until the future is ready, then those that are there to their end.
    pub async fn serve(self, listeners: Vec<Listener>, stop: impl Future<Output = ()>) {
        let mut accepting = JoinSet::new();
        for listener in listeners {
            accepting.spawn(accept(listener, Arc::clone(&self.shared)));
        }
        stop.await;
        self.drain(accepting).await;
    }

    /// Stops without losing a request (RFC 9112, 9.6; RFC 9113, 6.8): nothing new is accepted, connections of HTTP/2
    /// hear that they end, answers of HTTP/1 say `close`. Connections of HTTP/1 that wait are closed only when
    /// requests that were on their way have come.
    async fn drain(self, mut accepting: JoinSet<()>) {
        let shared = self.shared;
        let limit = shared.settings().limits.drain();
        shared.phase.send_replace(Phase::Draining);
        while accepting.join_next().await.is_some() {}
        shared.application.rocket().shutdown().notify();
        let begun = Instant::now();
        while shared.connections.total() > 0 && begun.elapsed() < ON_THEIR_WAY {
            sleep(DRAIN_PAUSE).await;
        }
        shared.phase.send_replace(Phase::Closing);
        while shared.connections.total() + shared.requests.total() > 0 && begun.elapsed() < limit {
            sleep(DRAIN_PAUSE).await;
        }
        let left = shared.connections.total();
        tracing::info!(left, took_ms = begun.elapsed().as_millis() as u64, "connections have ended");
        if let Some(application) = Arc::into_inner(shared).and_then(|shared| Arc::into_inner(shared.application)) {
            drop(timeout(limit, application.terminate()).await);
        }
    }
}

/// How many places are taken, and how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Requests that the site works on.
    pub requests: usize,
    /// As many as it works on at once; the next is turned away (503).
    pub requests_max: usize,
    /// Connections that are open.
    pub connections: usize,
    /// As many as may be; the next is closed.
    pub connections_max: usize,
}

/// Reloads the settings of a front that serves, and tells how full it is.
pub struct Handle {
    shared: Weak<Shared>,
    names: Vec<String>,
}

impl Handle {
    /// Takes over what a configuration says of names, proxies, limits and rates.
    pub fn reload(&self, config: &Config) {
        if let Some(shared) = self.shared.upgrade() {
            shared.settings.store(Arc::new(Settings::new(config, &self.names)));
        }
    }

    /// How full it is at this moment; none once it has stopped.
    pub fn load(&self) -> Option<Load> {
        let shared = self.shared.upgrade()?;
        let settings = shared.settings();
        Some(Load {
            requests: shared.requests.total(),
            requests_max: settings.limits.requests,
            connections: shared.connections.total(),
            connections_max: settings.limits.connections,
        })
    }
}

/// Accepts connections until the front drains, then those that were waiting already, if nobody else would.
async fn accept(listener: Listener, shared: Arc<Shared>) {
    let Listener { socket, protocol, is_inherited, .. } = listener;
    let begin = |tcp, peer| {
        let (shared, phase) = (Arc::clone(&shared), shared.phase.subscribe());
        tokio::spawn(connection::serve(tcp, peer, protocol, shared, phase));
    };
    let mut phase = shared.phase.subscribe();
    let mut complained_at: Option<Instant> = None;
    let mut stop = std::pin::pin!(async move { drop(phase.wait_for(|phase| *phase >= Phase::Draining).await) });
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = socket.accept() => accepted,
        };
        match accepted {
            Ok((tcp, peer)) => begin(tcp, peer),
            Err(error) => {
                if complained_at.is_none_or(|at| at.elapsed() > COMPLAINT_PAUSE) {
                    complained_at = Some(Instant::now());
                    tracing::warn!(%error, "connections cannot be accepted; others may follow without a word");
                }
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    if is_inherited {
        return;
    }
    // Straight from the system: the runtime may not have heard of them yet.
    let Ok(socket) = socket.into_std() else { return };
    loop {
        match socket.accept() {
            Ok((tcp, peer)) => {
                if let Ok(tcp) = tcp.set_nonblocking(true).and_then(|()| TcpStream::from_std(tcp)) {
                    begin(tcp, peer);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Err(_) => return,
        }
    }
}

/// Where request ids begin: elsewhere in every process.
fn seed() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}
