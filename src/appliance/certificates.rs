//! The front's ledger of certificates, kept in the store of people's data, and what commands may know of it.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::control::{self, Reply, Request};
use crate::config::Config;
use crate::front::tls::Tls;
use crate::front::tls::ledger::{self, Issued, Ledger, LedgerError};
use crate::front::tls::status::Status;
use crate::store::certificates::{Certificate, Certificates, Order, Outcome};
use crate::store::people::{self, People};

/// Certificates, accounts and orders as the front wants them, on the store.
pub struct StoredLedger(pub Certificates);

impl Ledger for StoredLedger {
    fn account(&self, directory: &str, contact: &str) -> Result<Option<Vec<u8>>, LedgerError> {
        Ok(self.0.account(directory, contact)?)
    }

    fn keep_account(&self, directory: &str, contact: &str, key: &[u8]) -> Result<(), LedgerError> {
        Ok(self.0.keep_account(directory, contact, key)?)
    }

    fn certificates(&self, directory: &str) -> Result<Vec<String>, LedgerError> {
        Ok(self.0.certificates(directory)?.into_iter().map(|certificate| certificate.pem).collect())
    }

    fn keep_certificate(&self, issued: &Issued<'_>, now_t: i64) -> Result<(), LedgerError> {
        let certificate = Certificate { pem: issued.pem.to_owned(), not_after_t: issued.not_after_t };
        Ok(self.0.keep_certificate(issued.directory, issued.names, &certificate, now_t)?)
    }

    fn orders(&self) -> Result<Vec<ledger::Order>, LedgerError> {
        Ok(self.0.orders()?.into_iter().map(told).collect())
    }

    fn keep_order(&self, order: &ledger::Order) -> Result<(), LedgerError> {
        Ok(self.0.keep_order(&kept(order.clone()))?)
    }

    fn trusted_since(&self) -> Result<Option<i64>, LedgerError> {
        Ok(self.0.trusted_since()?)
    }

    fn keep_trusted_since(&self, since_t: Option<i64>) -> Result<(), LedgerError> {
        Ok(self.0.keep_trusted_since(since_t)?)
    }
}

/// The front's record and the stored one are two types, so that neither module knows the other.
fn told(order: Order) -> ledger::Order {
    let Order { number, begun_t, ended_t, names, directory, challenge, outcome, words, next_t } = order;
    let outcome = match outcome {
        Outcome::Begun => ledger::Outcome::Begun,
        Outcome::Issued => ledger::Outcome::Issued,
        Outcome::Unreachable => ledger::Outcome::Unreachable,
        Outcome::NotConfirmed => ledger::Outcome::NotConfirmed,
        Outcome::Limited => ledger::Outcome::Limited,
        Outcome::Refused => ledger::Outcome::Refused,
    };
    ledger::Order { number, begun_t, ended_t, names, directory, challenge, outcome, words, next_t }
}

fn kept(order: ledger::Order) -> Order {
    let ledger::Order { number, begun_t, ended_t, names, directory, challenge, outcome, words, next_t } = order;
    let outcome = match outcome {
        ledger::Outcome::Begun => Outcome::Begun,
        ledger::Outcome::Issued => Outcome::Issued,
        ledger::Outcome::Unreachable => Outcome::Unreachable,
        ledger::Outcome::NotConfirmed => Outcome::NotConfirmed,
        ledger::Outcome::Limited => Outcome::Limited,
        ledger::Outcome::Refused => Outcome::Refused,
    };
    Order { number, begun_t, ended_t, names, directory, challenge, outcome, words, next_t }
}

/// What can be known of the certificate from outside the service.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Inspection {
    /// What is served, or would be.
    pub status: Option<Status>,
    /// The token by which the running service is recognised; none if it does not run.
    pub probe: Option<String>,
    /// Where the running service listens.
    #[serde(default)]
    pub addresses: Vec<SocketAddr>,
    /// Why nothing can be known.
    pub trouble: Option<String>,
}

impl Inspection {
    /// Of the service that runs in this process.
    pub(super) fn of(tls: Option<&Tls>, addresses: &[SocketAddr]) -> Self {
        let probe = Some(tls.map(|tls| tls.probe_token().to_owned()).unwrap_or_default());
        Self { status: tls.map(Tls::status), probe, addresses: addresses.to_vec(), trouble: None }
    }

    fn troubled(trouble: impl Into<String>) -> Self {
        Self { trouble: Some(trouble.into()), ..Self::default() }
    }
}

/// Asks the running service, or else looks into the store; changes nothing.
pub fn inspect(config: &Config) -> Inspection {
    let mut told = None;
    let socket = control::path(None, &config.data_dir);
    let answered = control::call(&socket, &Request::Certificates, &[], &mut |reply| told = Some(reply));
    match (answered, told) {
        (Ok(Some(())), Some(Reply::Report(report))) => serde_json::from_value(report)
            .unwrap_or_else(|error| Inspection::troubled(format!("the service is of another version ({error})"))),
        (Ok(Some(())), Some(Reply::Error(error))) => Inspection::troubled(format!("the service refuses: {error}")),
        (Ok(Some(())), _) => Inspection::troubled("the service does not answer on its control socket"),
        (Err(error), _) => Inspection::troubled(format!("the service cannot be asked: {error}")),
        (Ok(None), _) => at_rest(config).unwrap_or_else(Inspection::troubled),
    }
}

/// What the store says while no service runs.
fn at_rest(config: &Config) -> Result<Inspection, String> {
    let folder = config.data_dir.join(people::FOLDER);
    let owner = match std::fs::metadata(&folder) {
        Ok(metadata) => metadata.uid(),
        // Made by the first start; to make it here could give it to the wrong user.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Inspection::default()),
        Err(error) => return Err(format!("{}: {error}", folder.display())),
    };
    // The engine writes when it opens, and the service could not read what another user has written.
    if owner != rustix::process::geteuid().as_raw() {
        return Err(format!("the store belongs to another user ({owner}), and no service answers"));
    }
    let store = People::open(&config.data_dir, &config.store).and_then(|people| Certificates::of(&people));
    let ledger = StoredLedger(store.map_err(|error| error.to_string())?);
    let tls = Tls::look(&config.front, &config.acme, Arc::new(ledger)).map_err(|error| error.to_string())?;
    Ok(Inspection { status: tls.map(|tls| tls.status()), ..Inspection::default() })
}
