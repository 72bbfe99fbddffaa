//! One request: whose it is, whether it is answered, by whom; and what every answer carries.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING};
use hyper::service::Service as HttpService;
use hyper::{Method, Request, Response, StatusCode, Version};

use super::access_log::Record;
use super::answer::{self, Refusal};
use super::body::Body;
use super::dispatch;
use super::gate::{Pass, Source};
use super::headers::{HSTS, put_rules};
use super::host::{Asked, Verdict};
use super::listen::Protocol;
use super::pace::{Pace, Ticket};
use super::peer;
use super::rate::{Allowance, Kind, Rate};
use super::server::{Settings, Shared};
use super::target;
use super::tls::now_t;

/// Where certificate authorities look for what they gave us (RFC 8555, 8.3).
const CHALLENGES: &str = "/.well-known/acme-challenge/";
/// Where `doctor` asks whether it is this process that answers.
const DOCTOR: &str = "/.well-known/foodswap/";
/// What says whether the site may be sent visitors, and whether it lives: asked by the machine itself too.
const PROBES: [&str; 2] = ["/readyz", "/healthz"];
/// What HTTP/2 counts for a field besides its name and value (RFC 9113, 6.5.2).
const FIELD_BYTES: usize = 32;
static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
static RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Answers the requests of one connection.
#[derive(Clone)]
pub(super) struct Service {
    pub(super) shared: Arc<Shared>,
    pub(super) peer: SocketAddr,
    /// Whether the connection is a trusted proxy's, whoever it brings.
    pub(super) is_proxied: bool,
    pub(super) protocol: Protocol,
    pub(super) pace: Arc<Pace>,
}

/// An answer that is there, or that the site works on.
pub(super) enum Answering {
    Ready(Option<Response<Body>>),
    Working(Pin<Box<dyn Future<Output = Response<Body>> + Send>>),
}

impl Future for Answering {
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Ready(response) => response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response))),
            Self::Working(future) => future.as_mut().poll(cx).map(Ok),
        }
    }
}

impl HttpService<Request<Incoming>> for Service {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<Incoming>) -> Answering {
        let settings = self.shared.settings();
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts, ());
        let visit = Visit::begin(self, &settings, &request);
        match self.judge(&settings, &visit, request) {
            Ok(work) => {
                let shared = Arc::clone(&self.shared);
                Answering::Working(Box::pin(async move {
                    let (mut response, pass) = dispatch::answer(work.request, body, work.context).await;
                    visit.dress(&shared, &mut response);
                    visit.end(&shared, response, work.allowance, pass)
                }))
            }
            Err(answered) => {
                dispatch::leave(body, visit.version, &self.pace);
                let Answered { mut response, allowance, is_file } = *answered;
                if !is_file {
                    visit.dress(&self.shared, &mut response);
                }
                Answering::Ready(Some(visit.end(&self.shared, response, allowance, None)))
            }
        }
    }
}

/// The size of a header as HTTP/2 counts it (RFC 9113, 6.5.2), but for the few bytes of scheme and method.
fn header_bytes<B>(request: &Request<B>) -> usize {
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + FIELD_BYTES);
    let uri = request.uri();
    let target = uri.path_and_query().map_or(0, |target| target.as_str().len());
    fields.sum::<usize>() + target + uri.authority().map_or(0, |authority| authority.as_str().len())
}

/// Whether a value begins or ends with what belongs to no value (RFC 9113, 8.2.1).
fn is_padded(value: &[u8]) -> bool {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    value.first().is_some_and(is_space) || value.last().is_some_and(is_space)
}

/// Whether the body, if it says how it is coded, is chunked, once, and nothing else: whoever passed the request on may
/// have read anything more in another way (RFC 9112, 6.1 and 7).
fn is_chunked_plainly(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    codings.next().is_none_or(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked")) && codings.next().is_none()
}

/// What the site is to answer.
struct Work {
    request: Request<()>,
    context: dispatch::Context,
    allowance: Option<(Kind, Rate, Allowance)>,
}

/// What is answered without the site.
struct Answered {
    response: Response<Body>,
    allowance: Option<(Kind, Rate, Allowance)>,
    /// Whether it is one of the files, which have the rules for browsers already and are compressed beforehand.
    is_file: bool,
}

impl From<Response<Body>> for Box<Answered> {
    fn from(response: Response<Body>) -> Self {
        Box::new(Answered { response, allowance: None, is_file: false })
    }
}

impl Service {
    /// Decides who answers a request.
    fn judge(&self, settings: &Settings, visit: &Visit, mut request: Request<()>) -> Result<Box<Work>, Box<Answered>> {
        let path = request.uri().path();
        if let Some(proof) = path.strip_prefix(CHALLENGES).and_then(|token| self.shared.tls()?.http_01(token)) {
            return Err(answer::text(StatusCode::OK, proof).into());
        }
        if let Some(token) = path.strip_prefix(DOCTOR).and_then(|token| self.shared.probe().answer(token)) {
            return Err(answer::text(StatusCode::OK, token.to_owned()).into());
        }
        let file = self.shared.files().answer(&request);
        let kind = if file.is_some() { Kind::File } else { Kind::of(path) };
        let allowance = self.allow(settings, visit, kind);
        if let Some((_, _, Allowance { is_allowed: false, reset_s, .. })) = allowance {
            let response = Refusal::TooOften(reset_s).answer_to(kind, request.headers());
            return Err(Box::new(Answered { response, allowance, is_file: false }));
        }
        // HTTP/1 is held to both by its parser.
        if request.version() == Version::HTTP_2 {
            let headers = request.headers();
            if headers.len() > settings.limits.header_lines || header_bytes(&request) > settings.limits.header_bytes {
                return Err(Refusal::LongHeader.answer(&request).into());
            }
            if headers.values().any(|value| is_padded(value.as_bytes())) {
                return Err(Refusal::Unreadable.answer(&request).into());
            }
        }
        if !is_chunked_plainly(request.headers()) {
            return Err(Refusal::Unreadable.answer(&request).into());
        }
        let asked = Asked::of(&request).map_err(|_| Refusal::BadHost.answer(&request))?;
        // The last is no address at all, only asked for by OPTIONS (RFC 9110, 9.3.7).
        let is_unknown = request.method().as_str().bytes().any(|letter| letter.is_ascii_lowercase());
        if is_unknown || matches!(*request.method(), Method::CONNECT | Method::TRACE) || request.uri().path() == "*" {
            return Err(Refusal::Method.answer(&request).into());
        }
        if let Some(response) = self.elsewhere(settings, visit, asked.as_ref(), &request) {
            return Err(response.into());
        }
        if self.shared.is_draining() && path == PROBES[0] {
            return Err(answer::text(StatusCode::SERVICE_UNAVAILABLE, "the program is stopping\n".to_owned()).into());
        }
        if let Some(response) = file {
            // Programs do not ask for files, and browsers do not read what is left.
            return Err(Box::new(Answered { response, allowance: None, is_file: true }));
        }
        let limits = &settings.limits;
        let of_source = if visit.is_exempt { limits.requests } else { limits.requests_per_address };
        let entrance = dispatch::Entrance {
            gate: Arc::clone(self.shared.requests()),
            source: Source::of(visit.client.ip()),
            of_source,
            total: limits.requests,
        };
        peer::drop_claims(request.headers_mut());
        let context = dispatch::Context {
            site: self.shared.site(),
            client: visit.client,
            host: asked.map(|asked| asked.authority()),
            limits: limits.clone(),
            pace: Arc::clone(&self.pace),
            entrance,
        };
        Ok(Box::new(Work { request, context, allowance }))
    }

    /// The answer to a request that came to the wrong name, or without TLS where there is TLS.
    fn elsewhere<B>(
        &self,
        settings: &Settings,
        visit: &Visit,
        asked: Option<&Asked>,
        request: &Request<B>,
    ) -> Option<Response<Body>> {
        let is_own_probe = self.peer.ip().to_canonical().is_loopback()
            && asked.is_none_or(|asked| asked.name.is_local())
            && PROBES.contains(&request.uri().path());
        if is_own_probe {
            return None;
        }
        let is_plain = self.protocol == Protocol::Http;
        let is_certified = |name: &str| self.shared.tls()?.is_for(name);
        let name = match settings.hosts.judge(asked.map(|asked| &asked.name), is_certified) {
            Verdict::Foreign => return Some(Refusal::ForeignHost.answer(request)),
            Verdict::Preferred(name) => name,
            Verdict::Ours if is_plain && self.shared.tls().is_some() && !self.is_proxied => match asked {
                Some(asked) => &asked.name,
                None => return Some(Refusal::BadHost.answer(request)),
            },
            Verdict::Ours => return None,
        };
        let scheme =
            if visit.is_secure || (self.shared.tls().is_some() && !self.is_proxied) { "https" } else { "http" };
        let port = match asked.and_then(|asked| asked.port) {
            // A port that was named is not the usual one; then ours is not either.
            Some(_) if is_plain && scheme == "https" && !self.is_proxied => {
                self.shared.https_port().map(|port| format!(":{port}"))
            }
            Some(port) => Some(format!(":{port}")),
            None => None,
        };
        let target = target::of(request.uri());
        Some(answer::redirect(&format!("{scheme}://{name}{}{target}", port.unwrap_or_default())))
    }

    /// Takes a request off what its source may ask; none of those who may ask as often as they like.
    fn allow(&self, settings: &Settings, visit: &Visit, kind: Kind) -> Option<(Kind, Rate, Allowance)> {
        if visit.is_exempt {
            return None;
        }
        let rate = settings.rates.of(kind);
        let allowance = self.shared.buckets().take(Source::of(visit.client.ip()), kind, rate, Instant::now());
        Some((kind, rate, allowance))
    }
}

/// A request from its first line to the end of its answer.
struct Visit {
    client: SocketAddr,
    /// Whether it may ask as often as it likes: the machine itself, and whom the operator names.
    is_exempt: bool,
    /// Whether the client spoke TLS, with us or with a trusted proxy.
    is_secure: bool,
    id: HeaderValue,
    accept: HeaderMap,
    version: Version,
    method: Method,
    is_chunked: bool,
    protocol: Protocol,
    ticket: Ticket,
    record: Option<Record>,
}

impl Visit {
    fn begin(service: &Service, settings: &Settings, request: &Request<()>) -> Self {
        let ticket = service.pace.begin();
        let named_in = settings.proxy_header;
        let client = peer::client(service.peer, request.headers(), &settings.trusted_proxies, named_in);
        // What a proxy brings is not the machine itself, whatever it is called.
        let is_brought = service.is_proxied && peer::names_client(request.headers(), named_in);
        let address = client.ip().to_canonical();
        if address.is_loopback() && !service.is_proxied && peer::names_any_client(request.headers()) {
            service.shared.warn_of_a_nameless_proxy();
        }
        let id = service.shared.next_id();
        let is_itself = address.is_loopback() && !is_brought;
        // The watchdog and an operator's checks are no visits.
        let is_probe = is_itself && PROBES.contains(&request.uri().path());
        if service.is_proxied && !is_brought && !is_probe && !settings.proxy_protocol {
            service.shared.warn_of_a_silent_proxy();
        }
        let record = service.shared.log().filter(|_| !is_probe).map(|log| {
            let id = id.to_str().unwrap_or_default();
            Record::begin(log, settings.access_log, request, address, id)
        });
        let accept = hyper::header::ACCEPT_ENCODING;
        let accept = request.headers().get_all(&accept).iter().map(|value| (accept.clone(), value.clone())).collect();
        Self {
            client,
            is_exempt: is_itself || peer::is_among(&settings.rates.exempt, address),
            is_secure: service.protocol == Protocol::Https
                || (service.is_proxied && peer::is_over_tls(request.headers(), named_in)),
            id,
            accept,
            version: request.version(),
            method: request.method().clone(),
            is_chunked: request.headers().contains_key(TRANSFER_ENCODING),
            protocol: service.protocol,
            ticket,
            record,
        }
    }

    /// Compresses an answer that was made for this visit, and puts the rules for browsers on it.
    fn dress(&self, shared: &Shared, response: &mut Response<Body>) {
        shared.packer().pack(&self.accept, response);
        put_rules(response.headers_mut());
    }

    /// Puts on an answer what is different on each, and ends the request with its body.
    fn end(
        mut self,
        shared: &Shared,
        mut response: Response<Body>,
        allowance: Option<(Kind, Rate, Allowance)>,
        pass: Option<Pass>,
    ) -> Response<Body> {
        let headers = response.headers_mut();
        put_its_own(headers, shared, self.protocol, self.id);
        if let Some((kind, rate, allowance)) = allowance {
            put_allowance(headers, kind, rate, allowance);
        }
        // After a chunked body nobody can be sure where the next request begins (RFC 9112, 6.1).
        if self.version < Version::HTTP_2 && (self.is_chunked || shared.is_draining()) {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(record) = &mut self.record {
            record.answered(response.status().as_u16());
        }
        if self.method == Method::HEAD {
            bare(&mut response);
        }
        response.body_mut().end(self.ticket, pass, self.record, self.version == Version::HTTP_2);
        response
    }
}

/// Puts on an answer its id, and the promise of HTTPS as it is at the moment.
pub(super) fn put_its_own(headers: &mut HeaderMap, shared: &Shared, protocol: Protocol, id: HeaderValue) {
    headers.insert(&X_REQUEST_ID, seldom_repeated(id));
    if protocol == Protocol::Https
        && let Some(hsts) = shared.hsts(now_t())
    {
        headers.insert(HSTS, hsts);
    }
}

/// A value that is another on the next answer: it is not to push others out of HTTP/2's table (RFC 7541, 7.1.3).
fn seldom_repeated(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}

/// Leaves out the body of an answer to HEAD, and says how long it would be (RFC 9110, 9.3.2). HTTP/2 would send it.
fn bare(response: &mut Response<Body>) {
    if let Some(bytes) = response.body().bytes().map(hyper::body::Bytes::len).filter(|bytes| *bytes > 0) {
        response.headers_mut().insert(CONTENT_LENGTH, bytes.into());
    }
    *response.body_mut() = Body::none();
}

/// Says what is left (draft-ietf-httpapi-ratelimit-headers).
fn put_allowance(headers: &mut HeaderMap, kind: Kind, rate: Rate, allowance: Allowance) {
    let name = kind.name();
    let left = format!("\"{name}\";r={};t={}", allowance.remaining, allowance.reset_s);
    let policy = format!("\"{name}\";q={};w={}", rate.burst(), rate.window_s());
    for (header, value) in [(&RATE_LIMIT, left), (&RATE_LIMIT_POLICY, policy)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(header, seldom_repeated(value));
        }
    }
}
