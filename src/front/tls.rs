//! The certificate of the moment, and how a handshake is answered.

use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What a browser may choose from, the better one first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// Why TLS cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A certificate or key cannot be read.
    #[error("{path}: {cause}; name a certificate chain and its key, both PEM")]
    Pem {
        /// The file.
        path: String,
        /// What is wrong with it.
        cause: rustls::pki_types::pem::Error,
    },
    /// Key and certificate do not go together, or are of a kind that is not supported.
    #[error("the certificate cannot be used: {0}")]
    Rejected(#[from] rustls::Error),
}

/// What answers handshakes.
#[derive(Clone)]
pub struct Tls {
    config: Arc<ServerConfig>,
}

impl Tls {
    /// TLS by a certificate chain and its key, both PEM.
    pub fn from_files(chain: &Path, key: &Path) -> Result<Self, TlsError> {
        let pem = |path: &Path, cause| TlsError::Pem { path: path.display().to_string(), cause };
        let certificates = CertificateDer::pem_file_iter(chain)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|cause| pem(chain, cause))?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(|cause| pem(key, cause))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(certificates, key)?;
        config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        config.ticketer = ring::Ticketer::new()?;
        Ok(Self { config: Arc::new(config) })
    }

    /// How visitors' handshakes are answered.
    pub fn config(&self) -> &Arc<ServerConfig> {
        &self.config
    }

    /// How the handshake of a certificate authority is answered that checks a name (TLS-ALPN-01, RFC 8737).
    pub fn challenge(&self) -> Option<&Arc<ServerConfig>> {
        None
    }

    /// What a certificate authority must find at `/.well-known/acme-challenge/TOKEN` (HTTP-01, RFC 8555, 8.3).
    pub fn http_01(&self, _token: &str) -> Option<String> {
        None
    }

    /// Since when a certificate that browsers trust has been served, UNIX seconds; none while the self-signed one is.
    pub fn trusted_since(&self) -> Option<i64> {
        Some(0)
    }
}

/// The one crypto provider: ring, with its modern suites only.
fn provider() -> CryptoProvider {
    ring::default_provider()
}
