//! The certificate of the moment, and how a handshake is answered.
//!
//! A certificate comes from [files](files) of one's own or [by itself](crate::front::acme); what must be remembered of
//! it goes into a [`ledger`]. The [`ServerConfig`] stays the same for the life of the process: its [resolver](resolver)
//! swaps certificates inside, so that no connection and no listener is disturbed.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::server::ResolvesServerCert;
use rustls_acme::acme::ACME_TLS_ALPN_NAME;

use self::certificate::{Certificate, CertificateError};
use self::files::Files;
use self::ledger::{Ledger, LedgerError};
use self::resolver::{ChallengeResolver, Resolver};
use self::status::Status;
use self::trust::Trust;
use super::acme::{self, client, keeper::Keeper};

pub mod certificate;
mod files;
pub mod ledger;
pub(in crate::front) mod resolver;
pub mod status;
pub(in crate::front) mod trust;
pub(in crate::front) mod warning;

/// What a browser may choose from, the better one first.
const PROTOCOLS: [&[u8]; 3] = [b"h2", b"http/1.1", b"http/1.0"];
/// Session tickets after a TLS 1.3 handshake. A browser uses a ticket once (RFC 8446, C.4), and races two connections
/// when it comes back (IPv6 and IPv4): two, and no more than it would use.
const TICKETS: usize = 2;

/// Why TLS cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{path}: {cause}; {}", to_do(cause))]
    File {
        /// The file.
        path: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The files are no certificate with its key.
    #[error("{path}: {cause}")]
    Certificate {
        /// The file with the certificate.
        path: String,
        /// What is wrong with them.
        cause: CertificateError,
    },
    /// The stop-gap cannot be made.
    #[error(transparent)]
    StopGap(#[from] CertificateError),
    /// The roots to trust for the authority cannot be used.
    #[error("acme.ca_roots: {path}: {cause}; name a PEM file with the authority's root certificates")]
    Roots {
        /// The file.
        path: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The store of certificates cannot be read.
    #[error("the stored certificates cannot be read: {0}")]
    Ledger(LedgerError),
    /// A fault of the program: the settings contradict each other.
    #[error("TLS cannot be set up: {0}")]
    Settings(#[from] rustls::Error),
}

/// How a file becomes one that can be read. Whose permission is missing is said, since root has it all the same.
fn to_do(cause: &std::io::Error) -> &'static str {
    if cause.kind() == std::io::ErrorKind::PermissionDenied {
        "let the service's user read it (chgrp foodswap, chmod 640, and its folders), or have systemd hand it over \
         (own-certificate.conf among the examples)"
    } else {
        "name a certificate chain and its key, both PEM"
    }
}

/// What answers handshakes; clones are handles to the same.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
    challenge: Option<Arc<ServerConfig>>,
    resolver: Arc<Resolver>,
    source: Source,
}

/// Where the certificate comes from.
#[derive(Clone)]
enum Source {
    Files(Arc<Files>),
    Acme(Arc<Keeper>),
}

impl Tls {
    /// TLS as configured, none if it is not. What was stored or is in the files is served at once. It blocks.
    pub fn open(front: &super::Config, acme: &acme::Config, ledger: Arc<dyn Ledger>) -> Result<Option<Self>, TlsError> {
        let trust = Trust::load(Arc::clone(&ledger)).map_err(TlsError::Ledger)?;
        Self::from_source(front, acme, ledger, trust)
    }

    /// The same for whoever only wants to know its [status](Tls::status): writes nothing down. It blocks.
    pub fn look(front: &super::Config, acme: &acme::Config, ledger: Arc<dyn Ledger>) -> Result<Option<Self>, TlsError> {
        let trust = Trust::recall(&*ledger).map_err(TlsError::Ledger)?;
        Self::from_source(front, acme, ledger, trust)
    }

    fn from_source(
        front: &super::Config,
        acme: &acme::Config,
        ledger: Arc<dyn Ledger>,
        trust: Trust,
    ) -> Result<Option<Self>, TlsError> {
        let (resolver, source) = if let Some(paths) = &front.certificate {
            let (resolver, files) = Files::open(paths.clone(), trust)?;
            (resolver, Source::Files(Arc::new(files)))
        } else if acme.is_on() {
            let client = client::configuration(acme.ca_roots.as_deref())?;
            let (resolver, keeper) = Keeper::open(acme.clone(), client, ledger, trust)?;
            (resolver, Source::Acme(Arc::new(keeper)))
        } else {
            return Ok(None);
        };
        Self::new(resolver, source).map(Some)
    }

    fn new(resolver: Arc<Resolver>, source: Source) -> Result<Self, TlsError> {
        let config = visitors(Arc::clone(&resolver) as _)?;
        let challenge = match &source {
            Source::Files(_) => None,
            Source::Acme(_) => {
                let mut config = server(Arc::new(ChallengeResolver(Arc::clone(&resolver))))?;
                config.alpn_protocols = vec![ACME_TLS_ALPN_NAME.to_vec()];
                Some(Arc::new(config))
            }
        };
        Ok(Self { config: Arc::new(config), challenge, resolver, source })
    }

    /// Whether the files that a configuration names can be used: a certificate with its key, an authority's roots. It
    /// blocks.
    pub fn check(front: &super::Config, acme: &acme::Config) -> Result<(), TlsError> {
        if let Some(paths) = &front.certificate {
            return files::read(paths).map(drop);
        }
        client::configuration(acme.ca_roots.as_deref()).map(drop)
    }

    /// How visitors' handshakes are answered.
    pub fn config(&self) -> &Arc<ServerConfig> {
        &self.config
    }

    /// How the handshake of a certificate authority is answered that checks a name (TLS-ALPN-01, RFC 8737).
    pub fn challenge(&self) -> Option<&Arc<ServerConfig>> {
        self.challenge.as_ref()
    }

    /// What a certificate authority must find at `/.well-known/acme-challenge/TOKEN` (HTTP-01, RFC 8555, 8.3).
    pub fn http_01(&self, token: &str) -> Option<String> {
        self.resolver.text(token)
    }

    /// Whether a certificate of one's own is for a host; none where it comes by itself, for the names that it was ordered
    /// for, or is for no name at all.
    pub fn is_for(&self, name: &str) -> Option<bool> {
        let Source::Files(_) = &self.source else { return None };
        let served = self.resolver.served();
        (!served.names.is_empty()).then(|| served.is_for(name))
    }

    /// Since when a certificate that browsers trust has been served, UNIX seconds; none while the self-signed one is.
    pub fn trusted_since(&self) -> Option<i64> {
        match &self.source {
            Source::Files(files) => files.trusted_since(),
            Source::Acme(keeper) => keeper.trusted_since(),
        }
    }

    /// What is served, and how its renewal goes.
    pub fn status(&self) -> Status {
        match &self.source {
            Source::Files(files) => files.status(&self.resolver),
            Source::Acme(keeper) => keeper.status(),
        }
    }

    /// Looks after the certificate for as long as it is polled: files are read again when they change, a certificate
    /// by ACME is renewed in time.
    pub async fn look_after(self) {
        match self.source {
            Source::Files(files) => files.watch(&self.resolver).await,
            Source::Acme(keeper) => keeper.keep().await,
        }
    }

    /// The operator says that something has changed: files are read now, a failed order is tried again now unless the
    /// authority's limits forbid it. It blocks.
    pub fn reload(&self) -> Result<(), TlsError> {
        match &self.source {
            Source::Files(files) => files.reload(&self.resolver),
            Source::Acme(keeper) => {
                keeper.urge();
                Ok(())
            }
        }
    }
}

/// How visitors are answered.
fn visitors(resolver: Arc<dyn ResolvesServerCert>) -> Result<ServerConfig, rustls::Error> {
    let mut config = server(resolver)?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    config.send_tls13_tickets = TICKETS;
    // Its key is replaced every six hours; a ticket is good for twelve, and for this process only.
    config.ticketer = ring::Ticketer::new()?;
    Ok(config)
}

fn server(resolver: Arc<dyn ResolvesServerCert>) -> Result<ServerConfig, rustls::Error> {
    Ok(ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(resolver))
}

/// The one crypto provider: ring, with its modern suites only.
pub fn provider() -> CryptoProvider {
    ring::default_provider()
}

/// The present time, UNIX seconds.
pub fn now_t() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// A self-signed certificate for a moment's use, such as `doctor` opening the port itself.
pub fn stop_gap(names: &[String]) -> Result<Arc<ServerConfig>, TlsError> {
    let resolver = Arc::new(Resolver::new(Certificate::stop_gap(names)?));
    Ok(Arc::new(server(resolver)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::SupportedCipherSuite;

    #[test]
    fn only_modern_suites_and_versions_are_offered() {
        let config = stop_gap(&["swap.example".to_owned()]).expect("a certificate");
        let suites = &config.crypto_provider().cipher_suites;
        let names: Vec<String> = suites.iter().map(|suite| format!("{:?}", suite.suite())).collect();

        assert!(!names.is_empty());
        for name in names {
            let modern_key = name.starts_with("TLS13_") || name.starts_with("TLS_ECDHE_");
            let modern_cipher = name.contains("_GCM_") || name.contains("_POLY1305_");
            assert!(modern_key && modern_cipher, "{name}");
        }
        let versions = suites.iter().map(SupportedCipherSuite::version).collect::<Vec<_>>();
        assert!(versions.contains(&&rustls::version::TLS13) && versions.contains(&&rustls::version::TLS12));
        assert!(versions.iter().all(|version| [&rustls::version::TLS13, &rustls::version::TLS12].contains(version)));
    }

    #[test]
    fn tickets_are_made_with_a_key_that_is_replaced_and_that_no_other_process_has() {
        let made = || {
            let certificate = Certificate::stop_gap(&["swap.example".to_owned()]).expect("a certificate");
            visitors(Arc::new(Resolver::new(certificate))).expect("a configuration").ticketer
        };
        let (ours, theirs) = (made(), made());
        let ticket = ours.encrypt(b"a session").expect("a ticket");

        assert_eq!(ours.decrypt(&ticket).as_deref(), Some(&b"a session"[..]));
        assert_eq!(theirs.decrypt(&ticket), None, "the key is of one process");
        // rustls reads the clock itself, so that no test can see the second key: this is its type that replaces keys, and
        // it takes tickets for two of its terms.
        assert!(format!("{ours:?}").starts_with("TicketRotator "), "{ours:?}");
        assert_eq!(ours.lifetime(), 12 * 60 * 60);
    }
}
