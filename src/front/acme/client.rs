//! How an authority's own address is trusted.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::front::tls::TlsError;

/// TLS towards an authority: by the roots in a file, or by the well-known ones.
pub fn configuration(roots: Option<&Path>) -> Result<Arc<ClientConfig>, TlsError> {
    let mut store = RootCertStore::empty();
    match roots {
        None => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(path) => {
            let refused =
                |cause: &dyn ToString| TlsError::Roots { path: path.display().to_string(), cause: cause.to_string() };
            for root in CertificateDer::pem_file_iter(path).map_err(|error| refused(&error))? {
                store.add(root.map_err(|error| refused(&error))?).map_err(|error| refused(&error))?;
            }
            if store.is_empty() {
                return Err(refused(&"there is no certificate in it"));
            }
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(crate::front::tls::provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(store)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
