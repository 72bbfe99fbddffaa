//! One order, from the authority's directory to a certificate (RFC 8555, 7.4).

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls_acme::acme::{Account, AcmeError, Auth, AuthStatus, Directory, Identifier, Order as Ordered, OrderStatus};

use super::failure::{Failure, is_bad_nonce};
use super::{Challenge, Config};
use crate::front::tls::certificate::Certificate;
use crate::front::tls::resolver::Resolver;

/// How long one request to an authority may take. They answer within a second or are out of order.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Times that a request is repeated because its nonce was stale. A nonce ages when the authority restarts or serves
/// from several machines: one repetition is the rule, eight in a row a fault that the order had better end with.
const NONCE_RETRIES: usize = 8;
/// The first pause before an authority is asked again how far it is; the pauses double.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What an order needs.
pub(super) struct Ordering<'a> {
    pub(super) client: &'a Arc<ClientConfig>,
    pub(super) config: &'a Config,
    pub(super) names: &'a [String],
    pub(super) account_key: &'a [u8],
    pub(super) resolver: &'a Resolver,
}

/// A certificate fresh from the authority.
pub(super) struct Fresh {
    /// Ready to be served.
    pub(super) certificate: Certificate,
    /// Key and chain, to be kept.
    pub(super) pem: String,
}

impl Ordering<'_> {
    /// Gets a certificate within the time that an order may take.
    pub(super) async fn run(&self) -> Result<Fresh, Failure> {
        let limit = Duration::from_secs(self.config.order_timeout_s);
        let result = tokio::time::timeout(limit, self.obtain()).await;
        self.resolver.withdraw();
        result.unwrap_or_else(|_| Err(Failure::silent("the order", limit)))
    }

    async fn obtain(&self) -> Result<Fresh, Failure> {
        let directory = self.ask(|| Directory::discover(self.client, self.config.directory_url())).await?;
        let contact = [self.config.contact_url()];
        let contact = if contact[0].is_empty() { &[][..] } else { &contact };
        let account = self
            .ask(|| Account::create_with_keypair(self.client, directory.clone(), contact, self.account_key))
            .await?;
        let (url, mut order) = self.ask(|| account.new_order(self.client, self.names.to_vec())).await?;
        for authorization in &order.authorizations {
            self.prove(&account, authorization).await?;
        }
        let (request, key) = self.signing_request()?;
        let mut pause = FIRST_PAUSE;
        let mut finalized = false;
        loop {
            order = match &order.status {
                OrderStatus::Valid { certificate } => {
                    let chain = self.ask(|| account.certificate(self.client, certificate)).await?;
                    return self.accept(&chain, &key);
                }
                OrderStatus::Ready if !finalized => {
                    finalized = true;
                    self.ask(|| account.finalize(self.client, &order.finalize, &request)).await?
                }
                OrderStatus::Invalid => return Err(invalid(&order)),
                OrderStatus::Pending | OrderStatus::Ready | OrderStatus::Processing => {
                    wait(&mut pause).await;
                    self.ask(|| account.order(self.client, &url)).await?
                }
            };
        }
    }

    /// Shows the authority that one name is ours.
    async fn prove(&self, account: &Account, url: &str) -> Result<(), Failure> {
        let auth = self.ask(|| account.auth(self.client, url)).await?;
        match auth.status {
            AuthStatus::Valid => return Ok(()),
            AuthStatus::Pending => {}
            _ => return Err(Failure::not_confirmed(&auth)),
        }
        let challenge = self.offer(account, &auth)?;
        self.ask(|| account.challenge(self.client, &challenge)).await?;
        let mut pause = FIRST_PAUSE;
        loop {
            wait(&mut pause).await;
            let auth = self.ask(|| account.auth(self.client, url)).await?;
            match auth.status {
                AuthStatus::Valid => return Ok(()),
                AuthStatus::Pending => {}
                _ => return Err(Failure::not_confirmed(&auth)),
            }
        }
    }

    /// Puts the proof where the authority looks for it; gives the address at which it is told to look.
    fn offer(&self, account: &Account, auth: &Auth) -> Result<String, Failure> {
        let Identifier::Dns(name) = &auth.identifier;
        let challenge = match self.config.challenge {
            Challenge::Http01 => {
                let (challenge, proof) = account.http_01(&auth.challenges)?;
                self.resolver.offer_text(&challenge.token, proof);
                challenge
            }
            Challenge::TlsAlpn01 => {
                let (challenge, proof) = account.tls_alpn_01(&auth.challenges, name.clone())?;
                self.resolver.offer_handshake(name, proof);
                challenge
            }
        };
        Ok(challenge.url.clone())
    }

    /// The request for the certificate, with a key that was never used before.
    fn signing_request(&self) -> Result<(Vec<u8>, rcgen::KeyPair), Failure> {
        let make = || {
            let mut parameters = rcgen::CertificateParams::new(self.names.to_vec())?;
            parameters.distinguished_name = rcgen::DistinguishedName::new();
            let key = rcgen::KeyPair::generate()?;
            Ok((parameters.serialize_request(&key)?.der().to_vec(), key))
        };
        make().map_err(|error: rcgen::Error| AcmeError::Rcgen(error).into())
    }

    /// Takes what came only if it is for our key and for all of the names.
    fn accept(&self, chain: &str, key: &rcgen::KeyPair) -> Result<Fresh, Failure> {
        let key = key.serialize_pem();
        let certificate =
            Certificate::from_pem(chain.as_bytes(), key.as_bytes()).map_err(|error| Failure::unusable(&error))?;
        let missing = certificate.missing(self.names);
        if !missing.is_empty() {
            return Err(Failure::unusable(&format_args!("it is not for {}", missing.join(", "))));
        }
        Ok(Fresh { certificate, pem: format!("{key}\n{chain}") })
    }

    /// One request, repeated while its nonce is stale.
    async fn ask<T, F>(&self, mut request: impl FnMut() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, AcmeError>>,
    {
        let mut retries = 0;
        loop {
            match tokio::time::timeout(REQUEST_TIMEOUT, request()).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(error)) if is_bad_nonce(&error) && retries < NONCE_RETRIES => retries += 1,
                Ok(Err(error)) => return Err(error.into()),
                Err(_) => return Err(Failure::silent("a request", REQUEST_TIMEOUT)),
            }
        }
    }
}

fn invalid(order: &Ordered) -> Failure {
    Failure::invalid_order(order.error.as_ref())
}

async fn wait(pause: &mut Duration) {
    tokio::time::sleep(*pause).await;
    *pause = (*pause * 2).min(LONGEST_PAUSE);
}
