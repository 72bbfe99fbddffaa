//! What is served, and how its renewal goes: for the log, for `doctor` and for the operator's pages.

use serde::{Deserialize, Serialize};

use super::certificate::Certificate;
use super::ledger::Order;

/// The newest orders that a status tells.
pub(in crate::front) const ORDERS_TOLD: usize = 10;

/// The certificate of the moment and its outlook. Times are UNIX seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// What visitors are served.
    pub serving: Serving,
    /// The names of the served certificate.
    pub names: Vec<String>,
    /// The names of the site that it is not for.
    pub missing: Vec<String>,
    /// Its first second.
    pub not_before_t: i64,
    /// Its last second.
    pub not_after_t: i64,
    /// Since when browsers have trusted what is served.
    pub trusted_since_t: Option<i64>,
    /// The authority's directory; none with files of one's own.
    pub directory: Option<String>,
    /// How the names are proven; none with files of one's own.
    pub challenge: Option<String>,
    /// No order before; none with files of one's own.
    pub next_order_t: Option<i64>,
    /// The newest orders, the oldest of them first.
    pub orders: Vec<Order>,
    /// Why the newest files are not served, if so.
    pub trouble: Option<String>,
}

/// What kind of certificate visitors are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Serving {
    /// One that browsers trust, for all names.
    Trusted,
    /// A self-signed one, since there is no other yet.
    StopGap,
    /// One of an authority for tests, or a self-signed file of one's own.
    Untrusted,
    /// One that is not for all names.
    Partial,
    /// One that has ended.
    Expired,
    /// One that begins later by our clock.
    NotYet,
}

impl Serving {
    /// What a certificate is at a time. `trusted` says what its origin makes of it.
    pub(in crate::front) fn of(certificate: &Certificate, names: &[String], trusted: bool, now_t: i64) -> Self {
        if now_t > certificate.validity.not_after_t {
            Self::Expired
        } else if now_t < certificate.validity.not_before_t {
            Self::NotYet
        } else if !certificate.missing(names).is_empty() {
            Self::Partial
        } else if trusted {
            Self::Trusted
        } else {
            Self::Untrusted
        }
    }

    /// What it means for visitors, as the end of a sentence about the certificate that is served.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Trusted => "browsers trust it",
            Self::StopGap => "it is a self-signed stop-gap, since there is no other yet: browsers warn every visitor",
            Self::Untrusted => "browsers do not know who issued it and warn every visitor",
            Self::Partial => "it is not for all names of the site: browsers warn visitors of the others",
            Self::Expired => "it has ended: browsers warn every visitor",
            Self::NotYet => "by this machine's clock it is not valid yet: set the clock",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_judged_by_its_names_its_time_and_its_origin() {
        let names = ["swap.example".to_owned()];
        let certificate = Certificate::stop_gap(&names).expect("made");
        let (begin_t, end_t) = (certificate.validity.not_before_t, certificate.validity.not_after_t);
        let other = ["swap.example".to_owned(), "www.swap.example".to_owned()];
        for (names, trusted, now_t, serving) in [
            (&names[..], true, begin_t, Serving::Trusted),
            (&names, false, end_t, Serving::Untrusted),
            (&other, true, begin_t, Serving::Partial),
            (&names, true, end_t + 1, Serving::Expired),
            (&names, true, begin_t - 1, Serving::NotYet),
        ] {
            assert_eq!(Serving::of(&certificate, names, trusted, now_t), serving, "{serving:?}");
        }
    }
}
