//! Account keys, certificates and the record of orders, in the store of people's data.
//!
//! ```text
//! accounts       DIRECTORY 0 CONTACT    the key of an account with a certificate authority, PKCS #8
//! certificates   DIRECTORY 0 NAMES      postcard of a certificate with its key; names in their order, blanks between
//! orders         NUMBER (u64, big-endian)   postcard of an order
//! trust          since                  since when browsers trust what is served (i64, little-endian)
//! ```

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::people::{People, PeopleError};

/// Orders that are kept: months of a working site, a month of one that fails.
pub const ORDERS_MAX: usize = 200;
const SINCE_KEY: &[u8] = b"since";

/// An issued certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Its key and its chain, PEM.
    pub pem: String,
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
    /// When it ended, if it did.
    pub ended_t: Option<i64>,
    /// The names asked for.
    pub names: Vec<String>,
    /// The authority's directory, a URL.
    pub directory: String,
    /// How the names were to be proven.
    pub challenge: String,
    /// How it ended, for decisions; a new kind goes to the end of the list.
    pub outcome: Outcome,
    /// How it ended, for people.
    pub words: String,
    /// No further attempt before, UNIX seconds.
    pub next_t: i64,
}

/// How an order ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Not yet, or the process ended before.
    Begun,
    /// A certificate came.
    Issued,
    /// The authority could not be reached.
    Unreachable,
    /// The authority could not confirm a name.
    NotConfirmed,
    /// The authority wants fewer orders.
    Limited,
    /// The authority refused for another reason.
    Refused,
}

/// What the store knows of certificates; clones are handles to the same.
#[derive(Clone)]
pub struct Certificates {
    people: People,
    accounts: sled::Tree,
    issued: sled::Tree,
    orders: sled::Tree,
    trust: sled::Tree,
}

impl Certificates {
    /// The part of the store that is about certificates.
    pub fn of(people: &People) -> Result<Self, PeopleError> {
        Ok(Self {
            accounts: people.tree("accounts")?,
            issued: people.tree("certificates")?,
            orders: people.tree("orders")?,
            trust: people.tree("trust")?,
            people: people.clone(),
        })
    }

    /// The account key for a directory and a contact.
    pub fn account(&self, directory: &str, contact: &str) -> Result<Option<Vec<u8>>, PeopleError> {
        let found = self.accounts.get(key(directory, contact)).map_err(|error| self.people.engine(error))?;
        Ok(found.map(|found| found.to_vec()))
    }

    /// Keeps an account key.
    pub fn keep_account(&self, directory: &str, contact: &str, account: &[u8]) -> Result<(), PeopleError> {
        self.put(&self.accounts, &key(directory, contact), account)
    }

    /// The certificates that a directory gave.
    pub fn certificates(&self, directory: &str) -> Result<Vec<Certificate>, PeopleError> {
        self.all(self.issued.scan_prefix(key(directory, "")))
    }

    /// Keeps a certificate in place of the one before for the same names; forgets those that have ended at a time.
    pub fn keep_certificate(
        &self,
        directory: &str,
        names: &[String],
        certificate: &Certificate,
        now_t: i64,
    ) -> Result<(), PeopleError> {
        for row in &self.issued {
            let (kept, value) = row.map_err(|error| self.people.engine(error))?;
            if self.decode::<Certificate>(&value)?.not_after_t < now_t {
                self.issued.remove(kept).map_err(|error| self.people.engine(error))?;
            }
        }
        self.put(&self.issued, &key(directory, &names.join(" ")), &self.encode(certificate)?)
    }

    /// The record of orders, the oldest first.
    pub fn orders(&self) -> Result<Vec<Order>, PeopleError> {
        self.all(self.orders.iter())
    }

    /// Keeps an order in place of what was kept of it before; forgets the oldest beyond [`ORDERS_MAX`].
    pub fn keep_order(&self, order: &Order) -> Result<(), PeopleError> {
        self.put(&self.orders, &order.number.to_be_bytes(), &self.encode(order)?)?;
        while self.orders.len() > ORDERS_MAX {
            self.orders.pop_min().map_err(|error| self.people.engine(error))?;
        }
        Ok(())
    }

    /// Since when a certificate that browsers trust is served.
    pub fn trusted_since(&self) -> Result<Option<i64>, PeopleError> {
        match self.trust.get(SINCE_KEY).map_err(|error| self.people.engine(error))? {
            None => Ok(None),
            Some(found) => <[u8; 8]>::try_from(&*found)
                .map(|bytes| Some(i64::from_le_bytes(bytes)))
                .map_err(|_| self.people.damaged("the time of the first trusted certificate cannot be read")),
        }
    }

    /// Keeps that time.
    pub fn keep_trusted_since(&self, since_t: Option<i64>) -> Result<(), PeopleError> {
        if let Some(since_t) = since_t {
            return self.put(&self.trust, SINCE_KEY, &since_t.to_le_bytes());
        }
        self.trust.remove(SINCE_KEY).map_err(|error| self.people.engine(error))?;
        self.people.flush()
    }

    /// Writes and hands to the disk.
    fn put(&self, tree: &sled::Tree, key: &[u8], value: &[u8]) -> Result<(), PeopleError> {
        tree.insert(key, value).map_err(|error| self.people.engine(error))?;
        self.people.flush()
    }

    fn all<T: DeserializeOwned>(&self, rows: sled::Iter) -> Result<Vec<T>, PeopleError> {
        rows.values().map(|value| self.decode(&value.map_err(|error| self.people.engine(error))?)).collect()
    }

    fn encode(&self, value: &impl Serialize) -> Result<Vec<u8>, PeopleError> {
        postcard::to_stdvec(value).map_err(|error| self.people.damaged(format!("a record cannot be written ({error})")))
    }

    fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, PeopleError> {
        postcard::from_bytes(bytes)
            .map_err(|error| self.people.damaged(format!("a record of certificates cannot be read ({error})")))
    }
}

/// A URL has no zero byte, so no directory's keys begin like another's.
fn key(directory: &str, rest: &str) -> Vec<u8> {
    [directory.as_bytes(), &[0], rest.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreConfig;

    const DIRECTORY: &str = "https://ca.example/dir";

    fn open(data_dir: &std::path::Path) -> Certificates {
        let people = People::open(data_dir, &StoreConfig::default()).expect("opened");
        Certificates::of(&people).expect("its part")
    }

    fn names(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    fn certificate(pem: &str, not_after_t: i64) -> Certificate {
        Certificate { pem: pem.to_owned(), not_after_t }
    }

    fn order(number: u64) -> Order {
        Order {
            number,
            begun_t: 5,
            ended_t: None,
            names: names("swap.example"),
            directory: DIRECTORY.to_owned(),
            challenge: "http-01".to_owned(),
            outcome: Outcome::NotConfirmed,
            words: "no such name".to_owned(),
            next_t: 65,
        }
    }

    #[test]
    fn what_was_kept_is_there_when_the_store_is_opened_again() {
        let data = tempfile::tempdir().expect("tempdir");
        {
            let certificates = open(data.path());
            certificates.keep_account(DIRECTORY, "mailto:a@b.example", b"key").expect("kept");
            certificates.keep_certificate(DIRECTORY, &names("swap.example"), &certificate("pem", 9), 0).expect("kept");
            certificates.keep_order(&order(1)).expect("kept");
            certificates.keep_trusted_since(Some(7)).expect("kept");
        }

        let certificates = open(data.path());
        assert_eq!(certificates.account(DIRECTORY, "mailto:a@b.example").expect("read"), Some(b"key".to_vec()));
        assert_eq!(certificates.account(DIRECTORY, "").expect("read"), None);
        assert_eq!(certificates.certificates(DIRECTORY).expect("read"), [certificate("pem", 9)]);
        assert_eq!(certificates.certificates("https://ca.example").expect("read"), []);
        assert_eq!(certificates.orders().expect("read"), [order(1)]);
        assert_eq!(certificates.trusted_since().expect("read"), Some(7));
        certificates.keep_trusted_since(None).expect("kept");
        assert_eq!(certificates.trusted_since().expect("read"), None);
    }

    #[test]
    fn one_certificate_is_kept_for_the_same_names_and_none_that_has_ended() {
        let data = tempfile::tempdir().expect("tempdir");
        let certificates = open(data.path());
        for (of, pem, not_after_t) in [("a.example", "old", 50), ("a.example", "new", 60), ("b.example", "ended", 20)] {
            certificates.keep_certificate(DIRECTORY, &names(of), &certificate(pem, not_after_t), 10).expect("kept");
        }

        certificates.keep_certificate(DIRECTORY, &names("c.example"), &certificate("last", 99), 30).expect("kept");

        assert_eq!(
            certificates.certificates(DIRECTORY).expect("read"),
            [certificate("new", 60), certificate("last", 99)]
        );
    }

    #[test]
    fn an_order_is_kept_once_and_the_oldest_are_forgotten() {
        let data = tempfile::tempdir().expect("tempdir");
        let certificates = open(data.path());
        for number in 1..=ORDERS_MAX as u64 + 5 {
            certificates.keep_order(&order(number)).expect("kept");
            certificates.keep_order(&Order { outcome: Outcome::Issued, ..order(number) }).expect("kept");
        }

        let orders = certificates.orders().expect("read");

        assert_eq!(orders.len(), ORDERS_MAX);
        assert_eq!((orders[0].number, orders[0].outcome), (6, Outcome::Issued));
    }
}
