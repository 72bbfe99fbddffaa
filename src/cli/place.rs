//! What `search`, `swap` and `evaluate` share: the catalogue they read, the shopper's language and country.

use std::sync::Arc;

use anyhow::anyhow;
use clap::Args;

use super::Common;
use crate::appliance;
use crate::catalogue::snapshot::Snapshot;
use crate::food::country::Country;
use crate::food::product::Lang;
use crate::web::api::CardView;

#[derive(Debug, Args)]
pub(super) struct PlaceArguments {
    /// Language of names and sentences
    #[arg(long, default_value = "en", value_name = "LANGUAGE")]
    lang: String,
    /// Only products known to be sold in this country, such as fr
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
}

impl PlaceArguments {
    pub(super) fn lang(&self) -> anyhow::Result<Lang> {
        Lang::parse(&self.lang).ok_or_else(|| anyhow!("--lang: `{}` is no language code such as fr", self.lang))
    }

    pub(super) fn country(&self) -> anyhow::Result<Option<Country>> {
        let Some(text) = &self.country else { return Ok(None) };
        let country = Country::from_code(text).or_else(|| Country::from_tag(text));
        country.map(Some).ok_or_else(|| anyhow!("--country: `{text}` is no country code such as fr"))
    }
}

/// The catalogue of the data directory; it can be read while the service runs.
pub(super) fn snapshot(common: &Common) -> anyhow::Result<Arc<Snapshot>> {
    let loaded = common.load(&[])?;
    // On standard error it says what is the matter with the catalogue.
    crate::telemetry::start(&loaded.config.log)?;
    Ok(appliance::snapshot(&loaded.config)?)
}

/// A product on one line of a terminal.
pub(super) fn line(product: &CardView) -> String {
    let grade = product.nutri_score.grade.unwrap_or("?").to_uppercase();
    let words = [product.brands.first().map_or("", String::as_str), product.quantity.as_str()];
    let details: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
    format!("{}  {grade}  {}{details}", product.code, product.name)
}
