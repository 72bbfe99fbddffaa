//! What must be remembered about certificates when the process ends; the appliance keeps it in its store.

use serde::{Deserialize, Serialize};

/// Why something could not be remembered or recalled, in the words of whoever keeps it.
pub type LedgerError = Box<dyn std::error::Error + Send + Sync>;

/// Keeps accounts, certificates and the record of orders. What it acknowledges outlives the process. It may block.
pub trait Ledger: Send + Sync {
    /// The account key for a directory and a contact, PKCS #8.
    fn account(&self, directory: &str, contact: &str) -> Result<Option<Vec<u8>>, LedgerError>;
    /// Keeps an account key.
    fn keep_account(&self, directory: &str, contact: &str, key: &[u8]) -> Result<(), LedgerError>;
    /// The certificates that a directory gave: each a key and a chain, PEM.
    fn certificates(&self, directory: &str) -> Result<Vec<String>, LedgerError>;
    /// Keeps a certificate in place of the one before for the same names; forgets those that have ended at a time.
    fn keep_certificate(&self, issued: &Issued<'_>, now_t: i64) -> Result<(), LedgerError>;
    /// The record of orders, the oldest first.
    fn orders(&self) -> Result<Vec<Order>, LedgerError>;
    /// Keeps an order, in place of what was kept of it before.
    fn keep_order(&self, order: &Order) -> Result<(), LedgerError>;
    /// Since when a certificate that browsers trust is served, UNIX seconds.
    fn trusted_since(&self) -> Result<Option<i64>, LedgerError>;
    /// Keeps that time.
    fn keep_trusted_since(&self, since_t: Option<i64>) -> Result<(), LedgerError>;
}

/// A certificate that an authority gave.
#[derive(Debug, Clone, Copy)]
pub struct Issued<'a> {
    /// The directory of the authority, a URL.
    pub directory: &'a str,
    /// The names that were asked for.
    pub names: &'a [String],
    /// Its key and its chain, PEM.
    pub pem: &'a str,
    /// Its last second, UNIX seconds.
    pub not_after_t: i64,
}

/// One attempt to get a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its number; they grow.
    pub number: u64,
    /// When it began, UNIX seconds.
    pub begun_t: i64,
    /// When it ended; not yet, or the process ended before.
    pub ended_t: Option<i64>,
    /// The names asked for.
    pub names: Vec<String>,
    /// The authority's directory, a URL.
    pub directory: String,
    /// How the names were to be proven.
    pub challenge: String,
    /// How it ended, for decisions.
    pub outcome: Outcome,
    /// How it ended, for people.
    pub words: String,
    /// No further attempt before, UNIX seconds.
    pub next_t: i64,
}

/// How an order ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Not yet, or the process ended before.
    Begun,
    /// A certificate came.
    Issued,
    /// The authority could not be reached, did not answer in time, or is out of order.
    Unreachable,
    /// The authority could not confirm a name.
    NotConfirmed,
    /// The authority wants fewer orders.
    Limited,
    /// The authority refused for another reason, or gave something that cannot be used.
    Refused,
}

#[cfg(test)]
pub(in crate::front) mod tests {
    use std::sync::Mutex;

    use super::*;

    /// A ledger that lasts as long as the test.
    #[derive(Default)]
    pub(in crate::front) struct Memory {
        account: Mutex<Option<Vec<u8>>>,
        certificates: Mutex<Vec<(String, String)>>,
        orders: Mutex<Vec<Order>>,
        since_t: Mutex<Option<i64>>,
    }

    impl Ledger for Memory {
        fn account(&self, _directory: &str, _contact: &str) -> Result<Option<Vec<u8>>, LedgerError> {
            Ok(self.account.lock().expect("a lock").clone())
        }

        fn keep_account(&self, _directory: &str, _contact: &str, key: &[u8]) -> Result<(), LedgerError> {
            *self.account.lock().expect("a lock") = Some(key.to_vec());
            Ok(())
        }

        fn certificates(&self, directory: &str) -> Result<Vec<String>, LedgerError> {
            let all = self.certificates.lock().expect("a lock");
            Ok(all.iter().filter(|(of, _)| of == directory).map(|(_, pem)| pem.clone()).collect())
        }

        fn keep_certificate(&self, issued: &Issued<'_>, _now_t: i64) -> Result<(), LedgerError> {
            let mut all = self.certificates.lock().expect("a lock");
            all.push((issued.directory.to_owned(), issued.pem.to_owned()));
            Ok(())
        }

        fn orders(&self) -> Result<Vec<Order>, LedgerError> {
            Ok(self.orders.lock().expect("a lock").clone())
        }

        fn keep_order(&self, order: &Order) -> Result<(), LedgerError> {
            let mut orders = self.orders.lock().expect("a lock");
            orders.retain(|kept| kept.number != order.number);
            orders.push(order.clone());
            Ok(())
        }

        fn trusted_since(&self) -> Result<Option<i64>, LedgerError> {
            Ok(*self.since_t.lock().expect("a lock"))
        }

        fn keep_trusted_since(&self, since_t: Option<i64>) -> Result<(), LedgerError> {
            *self.since_t.lock().expect("a lock") = since_t;
            Ok(())
        }
    }
}
