//! Which certificate a handshake gets: the served one, or the proof that a certificate authority asks for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::certificate::Certificate;

/// What is served at the moment, and the proofs of the order that is running.
#[derive(Debug)]
pub(in crate::front) struct Resolver {
    served: ArcSwap<Certificate>,
    proofs: Mutex<Proofs>,
}

/// What a certificate authority may find while it checks names.
#[derive(Debug, Default)]
struct Proofs {
    /// By host name (TLS-ALPN-01).
    handshakes: HashMap<String, Arc<CertifiedKey>>,
    /// By token (HTTP-01).
    texts: HashMap<String, String>,
}

impl Resolver {
    pub(in crate::front) fn new(certificate: Certificate) -> Self {
        Self { served: ArcSwap::from_pointee(certificate), proofs: Mutex::default() }
    }

    /// What is served.
    pub(in crate::front) fn served(&self) -> Arc<Certificate> {
        self.served.load_full()
    }

    /// Serves another certificate from now on; handshakes under way end with the one before.
    pub(in crate::front) fn serve(&self, certificate: Certificate) {
        self.served.store(Arc::new(certificate));
    }

    /// Shows the proof for a name until the order that it is for has ended.
    pub(in crate::front) fn offer_handshake(&self, name: &str, proof: CertifiedKey) {
        self.with_proofs(|proofs| proofs.handshakes.insert(name.to_owned(), Arc::new(proof)));
    }

    /// Shows the proof for a token until the order that it is for has ended.
    pub(in crate::front) fn offer_text(&self, token: &str, proof: String) {
        self.with_proofs(|proofs| proofs.texts.insert(token.to_owned(), proof));
    }

    /// The proof for a token.
    pub(in crate::front) fn text(&self, token: &str) -> Option<String> {
        self.with_proofs(|proofs| proofs.texts.get(token).cloned())
    }

    /// Shows no proofs any more.
    pub(in crate::front) fn withdraw(&self) {
        self.with_proofs(|proofs| *proofs = Proofs::default());
    }

    /// No step leaves the proofs half changed, so a thread that failed does not spoil them.
    fn with_proofs<T>(&self, each: impl FnOnce(&mut Proofs) -> T) -> T {
        each(&mut self.proofs.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// For visitors: the served certificate, whatever name they ask for.
impl ResolvesServerCert for Resolver {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.served.load().key))
    }
}

/// For certificate authorities: the proof for the name that they check, or no handshake.
#[derive(Debug)]
pub(in crate::front) struct ChallengeResolver(pub(in crate::front) Arc<Resolver>);

impl ResolvesServerCert for ChallengeResolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name()?.to_ascii_lowercase();
        self.0.with_proofs(|proofs| proofs.handshakes.get(&name).cloned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_shown_for_its_token_alone_and_only_until_it_is_withdrawn() {
        let resolver = Resolver::new(Certificate::stop_gap(&["swap.example".to_owned()]).expect("made"));
        resolver.offer_text("token", "token.thumbprint".to_owned());

        assert_eq!(resolver.text("token").as_deref(), Some("token.thumbprint"));
        assert_eq!(resolver.text("other"), None);
        resolver.withdraw();
        assert_eq!(resolver.text("token"), None);
    }
}
