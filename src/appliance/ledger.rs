//! The front's ledger of certificates, kept in the store of people's data.

use crate::front::tls::ledger::{self, Issued, Ledger, LedgerError};
use crate::store::certificates::{Certificate, Certificates, Order, Outcome};

/// Certificates, accounts and orders as the front wants them, on the store.
pub(super) struct StoredLedger(pub(super) Certificates);

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
