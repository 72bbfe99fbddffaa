//! How the site is, in one line for `systemctl status`: products, certificate, import.

use std::sync::Arc;

use time::OffsetDateTime;

use super::commands::Import;
use crate::catalogue::Catalogue;
use crate::catalogue::snapshot::{Origin, Snapshot};
use crate::front::tls::Tls;
use crate::front::tls::status::{Serving, Status};
use crate::jobs::import::{Phase, Progress};

/// What the line is made of.
pub(super) struct Outlook {
    catalogue: Arc<Catalogue>,
    tls: Option<Tls>,
    import: Import,
}

impl Outlook {
    pub(super) fn new(catalogue: Arc<Catalogue>, tls: Option<Tls>, import: Import) -> Self {
        Self { catalogue, tls, import }
    }

    /// The line of this moment.
    pub(super) fn line(&self) -> String {
        let import = self.import.progress().map(|progress| importing(&progress));
        let parts = [products(&self.catalogue.snapshot()), certificate(self.tls.as_ref().map(Tls::status).as_ref())];
        parts.into_iter().chain(import).collect::<Vec<_>>().join("; ")
    }
}

fn products(snapshot: &Snapshot) -> String {
    match (snapshot.origin(), snapshot.len()) {
        (Origin::Starter, count) => format!("{count} generic foods of the starter catalogue"),
        (Origin::OpenFoodFacts, 1) => "1 product".to_owned(),
        (Origin::OpenFoodFacts, count) => format!("{count} products"),
    }
}

/// The certificate that visitors are served.
fn certificate(status: Option<&Status>) -> String {
    let Some(status) = status else { return "no HTTPS".to_owned() };
    let names = status.names.join(", ");
    let kind = match status.serving {
        Serving::Trusted => return format!("certificate for {names} until {}", day(status.not_after_t)),
        Serving::StopGap => "self-signed, until the first order succeeds",
        Serving::Untrusted => "of an issuer that browsers do not know",
        Serving::Partial => "not for all names of the site",
        Serving::Expired => "EXPIRED",
        Serving::NotYet => "not valid yet by this machine's clock",
    };
    format!("certificate for {names}: {kind}; see `foodswap doctor`")
}

fn importing(progress: &Progress) -> String {
    let (at, part, whole) = match progress.phase {
        Phase::Reading => ("reading", progress.bytes_read, progress.bytes_total),
        Phase::Storing => ("storing", progress.products, progress.products_total),
        Phase::Building => ("building", progress.products, progress.products_total),
    };
    let share = whole.filter(|whole| *whole > 0).map(|whole| format!(" {} %,", part.saturating_mul(100) / whole));
    format!("import {at},{} {} products", share.unwrap_or_default(), progress.products)
}

/// A day for people (ISO 8601, in UTC).
pub fn day(at_t: i64) -> String {
    OffsetDateTime::from_unix_timestamp(at_t).map_or_else(|_| "?".to_owned(), |at| at.date().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last second of 2026.
    const END_OF_YEAR_T: i64 = 1_798_761_599;

    fn status(serving: Serving) -> Status {
        Status {
            serving,
            names: vec!["swap.example".to_owned()],
            missing: Vec::new(),
            not_before_t: 0,
            not_after_t: END_OF_YEAR_T,
            trusted_since_t: None,
            directory: None,
            challenge: None,
            next_order_t: None,
            orders: Vec::new(),
            trouble: None,
        }
    }

    #[test]
    fn the_certificate_is_told_with_what_is_wrong_with_it() {
        for (serving, says) in [
            (Serving::Trusted, "certificate for swap.example until 2026-12-31"),
            (Serving::StopGap, "self-signed, until the first order succeeds; see `foodswap doctor`"),
            (Serving::Untrusted, "of an issuer that browsers do not know"),
            (Serving::Partial, "not for all names"),
            (Serving::Expired, "EXPIRED"),
            (Serving::NotYet, "not valid yet"),
        ] {
            let said = certificate(Some(&status(serving)));
            assert!(said.contains(says), "{said}");
        }
        assert_eq!(certificate(None), "no HTTPS");
    }

    #[test]
    fn an_import_is_told_by_what_it_is_at() {
        let at = |phase, bytes_total, products_total| Progress {
            phase,
            bytes_read: 50,
            bytes_total,
            lines: 9,
            products: 6,
            products_total,
        };
        for (progress, says) in [
            (at(Phase::Reading, Some(200), None), "import reading, 25 %, 6 products"),
            (at(Phase::Reading, None, None), "import reading, 6 products"),
            (at(Phase::Storing, Some(200), Some(8)), "import storing, 75 %, 6 products"),
            (at(Phase::Building, Some(200), Some(0)), "import building, 6 products"),
        ] {
            assert_eq!(importing(&progress), says);
        }
    }
}
