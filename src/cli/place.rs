//! What `search`, `swap` and `evaluate` share: the catalogue they read, the shopper's language and country.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::Common;
use crate::appliance;
use crate::catalogue::snapshot::Snapshot;
use crate::catalogue::starter;
use crate::food::country::Country;
use crate::food::product::Lang;
use crate::web::api::CardView;

#[derive(Debug, Args)]
pub(super) struct PlaceArguments {
    /// Language that names are wished in, a code of ISO 639-1; sentences are French for fr, else English
    #[arg(long, default_value = "en", value_name = "LANGUAGE", value_parser = language)]
    pub(super) lang: Lang,
    /// Only products known to be sold in this country, such as fr
    #[arg(long, value_name = "COUNTRY", value_parser = country)]
    pub(super) country: Option<Country>,
}

fn language(text: &str) -> Result<Lang, &'static str> {
    Lang::wished(text).ok_or("that is no language code (ISO 639-1) such as fr")
}

fn country(text: &str) -> Result<Country, &'static str> {
    Country::from_tag(text).ok_or("that is no country code (ISO 3166-1) such as fr")
}

/// Names that are tried for the folder of a starter catalogue before the folder of temporary files is given up.
const NAMES_TRIED_MAX: u32 = 16;

/// The catalogue of the data directory; it can be read while the service runs. Where there is none yet, the starter
/// catalogue: a command that only reads leaves nothing behind.
pub(super) fn snapshot(common: &Common) -> anyhow::Result<Arc<Snapshot>> {
    let loaded = common.load()?;
    // On standard error it says what is the matter with the catalogue.
    crate::telemetry::start(&loaded.config.log)?;
    let data_dir = &loaded.config.data_dir;
    if has_data(data_dir).map_err(|cause| unreadable(data_dir, &cause))? {
        return Ok(appliance::snapshot(&loaded.config)?);
    }
    if common.data_dir.is_some() && !data_dir.try_exists()? {
        bail!(
            "there is no folder {}: --data-dir names the one in which `serve` and `import` keep the data",
            data_dir.display()
        );
    }
    starter_snapshot()
}

/// Why a folder cannot be looked into, and what to do.
fn unreadable(folder: &Path, cause: &io::Error) -> anyhow::Error {
    let folder = folder.display();
    if cause.kind() == io::ErrorKind::NotADirectory {
        return anyhow!("{folder}: that is a file, or below one; name a folder with --data-dir");
    }
    anyhow!("{folder}: {cause}; ask as root, or name another folder with --data-dir")
}

/// Whether `serve` or `import` have been here.
fn has_data(data_dir: &Path) -> io::Result<bool> {
    Ok(data_dir.join("store").try_exists()? || data_dir.join("catalogue").try_exists()?)
}

/// The starter catalogue in a folder of its own, which goes before this returns.
fn starter_snapshot() -> anyhow::Result<Arc<Snapshot>> {
    let folder = temporary_folder().with_context(|| {
        let parent = std::env::temp_dir();
        format!(
            "{}: no place for the starter catalogue; name a folder in TMPDIR that you may write to",
            parent.display()
        )
    })?;
    let snapshot = starter::snapshot(&folder);
    // What stays behind is of no use to anybody, and no reason to fail.
    let _ = std::fs::remove_dir_all(&folder);
    Ok(Arc::new(snapshot?))
}

/// A new folder that nobody else may look into.
fn temporary_folder() -> io::Result<PathBuf> {
    let mut taken = None;
    for number in 0..NAMES_TRIED_MAX {
        let path = std::env::temp_dir().join(format!("foodswap-{}-{number}", std::process::id()));
        match std::fs::DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(taken.unwrap_or_else(|| io::Error::other("no name was tried")))
}

/// A product on one line of a terminal.
pub(super) fn line(product: &CardView) -> String {
    let letter = product.nutri_score.grade.unwrap_or("?").to_uppercase();
    let grade = if product.nutri_score.estimated { format!("≈{letter}") } else { format!(" {letter}") };
    let words = [product.brands.first().map_or("", String::as_str), product.quantity.as_str()];
    let details: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let details = if details.is_empty() { String::new() } else { format!(" ({})", details.join(", ")) };
    format!("{} {grade}  {}{details}", product.code, product.name)
}
