//! The public ports: everything that a web server in front of an application does, in the same process.
//!
//! A connection comes in by [`listen`], is held to its time limits ([`deadline`]), speaks TLS ([`tls`], whose
//! certificate comes by itself: [`acme`]) and HTTP/1.1 or HTTP/2 ([`connection`]). A request is judged (its
//! [`host`], its [`rate`]), then answered from the [`files`] that the program carries, or handed to the application
//! in process ([`dispatch`]). The front knows nothing of foods: what it serves is passed in.

use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

pub mod acme;
pub mod tls;

/// `[front]`: the public addresses, and what is asked of those who call there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Addresses for plain HTTP, `IP:PORT`; port 0 takes any free one, which the log names. With addresses for HTTPS
    /// beside them, they answer to certificate authorities and send everybody else to HTTPS.
    pub http: Vec<SocketAddr>,
    /// Addresses for HTTPS.
    pub https: Vec<SocketAddr>,
    /// The names that the site answers to; the names of `acme.domains` are among them. Without any name: all.
    pub hosts: Vec<String>,
    /// The one of those names to which visitors of the others are sent.
    pub canonical_host: Option<String>,
    /// A certificate of one's own instead of one by ACME.
    pub certificate: Option<CertificateFiles>,
    /// Whose word about a visitor's address is believed: `Forwarded`, `X-Forwarded-For`, `X-Forwarded-Proto`, and the
    /// PROXY protocol where it is switched on. Addresses, with a prefix length for more than one.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether the trusted proxies begin each connection with the PROXY protocol, version 1 or 2.
    pub proxy_protocol: bool,
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
            proxy_protocol: false,
        }
    }
}
