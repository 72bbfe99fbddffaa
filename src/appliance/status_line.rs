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
    let count = snapshot.len();
    match snapshot.origin() {
        Origin::Starter => format!("{count} generic foods of the starter catalogue"),
        Origin::OpenFoodFacts => format!("{count} products"),
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
    let (at, products) = match progress.phase {
        Phase::Reading => ("reading", progress.products),
        _ => ("writing", progress.products),
    };
    match progress.bytes_total.filter(|total| *total > 0 && progress.phase == Phase::Reading) {
        Some(total) => format!("import {at}, {} %, {products} products", progress.bytes_read * 100 / total),
        None => format!("import {at}, {products} products"),
    }
}

/// A day for people (ISO 8601, in UTC).
fn day(at_t: i64) -> String {
    OffsetDateTime::from_unix_timestamp(at_t).map_or_else(|_| "?".to_owned(), |at| at.date().to_string())
}
