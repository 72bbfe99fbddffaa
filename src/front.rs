//! The public ports: everything that a web server in front of an application does, in the same process.
//!
//! Sockets are bound or inherited ([`listen`]). A [`connection`] is admitted by the [`gate`], held to its time limits
//! by its [`pace`], and all together by the [`crowd`], speaks TLS ([`tls`]) and HTTP/1.1 or HTTP/2, and is polled in
//! [`turns`]. A request is judged by the [`service`]: whose it is ([`peer`]), for which [`host`], at which [`rate`].
//! Then it is answered from the [`files`] that the program carries, or handed to the application in process
//! ([`dispatch`]), its [`target`] as RFC 3986 has it, and leaves with the [`headers`] that every answer has, in the
//! [`encoding`] that its reader prefers. What is no request at all gets an [`unreadable`] answer. Whether the [`ports`]
//! answer is what the watchdog asks; by the [`probe`] `doctor` knows that it is this process that does. The front knows
//! nothing of foods: what it serves is passed in.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub mod access_log;
pub mod acme;
mod answer;
mod body;
mod connection;
mod crowd;
mod dispatch;
pub mod encoding;
pub mod files;
mod gate;
mod headers;
pub mod host;
pub mod limits;
pub mod listen;
mod pace;
pub mod peer;
pub mod ports;
pub mod probe;
mod rate;
mod server;
mod service;
mod stream;
mod target;
pub mod tls;
mod turns;
mod unreadable;

pub use self::access_log::AccessLog;
pub use self::limits::Limits;
pub use self::peer::{Network, ProxyHeader};
pub use self::rate::Rates;
pub use self::server::{Front, Handle, Load, Site};

/// `[front]`: the public addresses, and what is asked of those who call there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Addresses for plain HTTP, `IP:PORT`; port 0 takes any free one, which the log names. With addresses for HTTPS
    /// beside them, they answer to certificate authorities and send everybody else to HTTPS. A site with a certificate
    /// is at port 80 of all addresses unless it says otherwise.
    pub http: Vec<SocketAddr>,
    /// Addresses for HTTPS. A site with a certificate is at port 443 of all addresses unless it says otherwise.
    pub https: Vec<SocketAddr>,
    /// The names that the site answers to; the names of `acme.domains` are among them. Without any name: all.
    pub hosts: Vec<String>,
    /// The one of those names to which visitors of the others are sent.
    pub canonical_host: Option<String>,
    /// A certificate of one's own instead of one by ACME.
    pub certificate: Option<CertificateFiles>,
    /// Whose word about a visitor's address is believed. Addresses, with a prefix length for more than one.
    pub trusted_proxies: Vec<Network>,
    /// In which header they say it: `x-forwarded-for` or `forwarded`.
    pub proxy_header: ProxyHeader,
    /// Whether the trusted proxies begin each connection with the PROXY protocol, version 1 or 2.
    pub proxy_protocol: bool,
    /// How long browsers are told to insist on HTTPS, seconds; 0 says nothing (RFC 6797).
    pub hsts_max_age_s: u32,
    /// How long after its first certificate a site promises five minutes only, seconds. A promise cannot be taken back:
    /// it begins small, until renewals have been seen to work.
    pub hsts_ramp_s: u32,
    /// What is written about every request: `off`, `json` or `combined`, on standard output.
    pub access_log: AccessLog,
    /// `[front.limits]`: how much, how many, how long.
    pub limits: Limits,
    /// `[front.rates]`: how often.
    pub rates: Rates,
}

/// A certificate of one's own; both files are read again when they change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateFiles {
    /// The certificate and those between it and the authority's root, PEM.
    pub chain: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            http: vec![SocketAddr::from(([127, 0, 0, 1], 8000))],
            https: Vec::new(),
            hosts: Vec::new(),
            canonical_host: None,
            certificate: None,
            trusted_proxies: Vec::new(),
            proxy_header: ProxyHeader::default(),
            proxy_protocol: false,
            hsts_max_age_s: HSTS_MAX_AGE_S,
            hsts_ramp_s: HSTS_RAMP_S,
            access_log: AccessLog::Off,
            limits: Limits::default(),
            rates: Rates::default(),
        }
    }
}

/// A year: what lists of sites that browsers only visit by HTTPS ask for at least.
const HSTS_MAX_AGE_S: u32 = 31_536_000;
/// Thirty days: a certificate of ninety days has not been renewed by then, but whoever must go back to HTTP notices
/// in the first weeks.
const HSTS_RAMP_S: u32 = 30 * 86_400;

impl Config {
    /// The defaults of a site that has a certificate, or will have one: where everybody looks for it.
    pub fn public() -> Self {
        let everywhere = |port| vec![(Ipv4Addr::UNSPECIFIED, port).into(), (Ipv6Addr::UNSPECIFIED, port).into()];
        Self { http: everywhere(80), https: everywhere(443), ..Self::default() }
    }

    /// What is wrong with it that the types of its values cannot say, a sentence each.
    pub fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        if self.http.is_empty() && self.https.is_empty() {
            mistakes.push("front.http: name at least one address, such as 127.0.0.1:8000".to_owned());
        }
        if self.proxy_protocol && self.trusted_proxies.is_empty() {
            mistakes.push("front.proxy_protocol: name the proxies that speak it in front.trusted_proxies".to_owned());
        }
        for name in self.hosts.iter().chain(&self.canonical_host) {
            if host::Name::parse(name).is_none() {
                mistakes.push(format!("front.hosts: `{name}` is no host name; write it like swap.example"));
            }
        }
        if let Some(canonical) = &self.canonical_host
            && !self.hosts.is_empty()
            && !self.hosts.contains(canonical)
        {
            mistakes.push(format!("front.canonical_host: `{canonical}` is not among front.hosts"));
        }
        mistakes.extend(self.limits.mistakes());
        mistakes.extend(self.rates.mistakes());
        mistakes
    }
}
