//! From a written generation to what visitors see: its snapshot built, both made to count at once, served, and what
//! they replace removed.
//!
//! The store's state names the generation that counts, and the snapshot file has that number. A file of another number
//! was never acknowledged, or is the one before.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::catalogue::build::{self, BuildError};
use crate::catalogue::mapped::MappedError;
use crate::catalogue::snapshot::{Origin, Snapshot};
use crate::catalogue::{Catalogue, generations, record};
use crate::food::category::Taxonomy;
use crate::food::product::Product;
use crate::store::StoreError;
use crate::store::draft::{Committed, Draft, Merge};
use crate::store::layout;
use crate::store::products::Products;

/// Where the snapshots lie inside the data folder.
pub const FOLDER: &str = "catalogue";

/// Why a generation did not come to be served. The one before still is.
#[derive(Debug, thiserror::Error)]
pub enum PublicationError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The snapshot could not be built.
    #[error("the snapshot of the catalogue could not be built: {0}")]
    Build(#[from] BuildError),
    /// A snapshot file cannot be read or removed.
    #[error(transparent)]
    Snapshot(#[from] MappedError),
    /// Somebody asked to stop.
    #[error("stopped before the end; nothing was changed")]
    Stopped,
}

/// A generation that counts and its snapshot.
pub struct Published {
    /// What to serve.
    pub snapshot: Snapshot,
    committed: Committed,
}

impl Published {
    /// Serves the snapshot, if anything is served, and removes what the generation replaced.
    ///
    /// What cannot be removed now is removed when the next generation is written: nothing fails for it.
    pub fn serve(self, catalogue: Option<&Catalogue>) {
        if let Some(catalogue) = catalogue {
            catalogue.swap(self.snapshot);
        }
        if let Err(error) = self.committed.prune() {
            tracing::warn!(%error, "what the new catalogue replaced could not be removed yet");
        }
    }
}

/// Builds the snapshot of a draft and makes both count.
///
/// `progress` is told how many products went into the snapshot; the work ends early if it breaks off.
pub fn publish(
    draft: Draft,
    origin: Origin,
    now_t: i64,
    data_dir: &Path,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Published, PublicationError> {
    let folder = data_dir.join(FOLDER);
    let generation = draft.generation();
    let built = remove_unacknowledged(&folder, generation)
        .and_then(|()| build_snapshot(&draft, &folder, origin, now_t, progress));
    let outcome = match built {
        Ok(snapshot) => draft.commit(origin, now_t).map(|committed| Published { snapshot, committed }),
        Err(error) => {
            give_up(draft);
            let _ = fs::remove_file(generations::path(&folder, generation));
            return Err(error);
        }
    };
    if outcome.is_err() {
        let _ = fs::remove_file(generations::path(&folder, generation));
    }
    Ok(outcome?)
}

/// Removes what a draft has written, now if that works, else when the next one begins.
pub(super) fn give_up(draft: Draft) {
    if let Err(error) = draft.discard() {
        tracing::warn!(%error, "what was written of the new catalogue could not be removed yet");
    }
}

/// Stores a small catalogue that is at hand, in place of all others, and opens its snapshot.
pub fn install(
    catalogue: &[Product],
    taxonomy: Option<&Taxonomy>,
    origin: Origin,
    now_t: i64,
    products: &Products,
    data_dir: &Path,
) -> Result<Published, PublicationError> {
    let mut records: Vec<_> = catalogue
        .iter()
        .map(|product| {
            let mut bytes = Vec::new();
            record::encode(product, &mut bytes);
            (layout::hash(product.code), product.code, product.last_modified_t, bytes)
        })
        .collect();
    records.sort_by_key(|(hash, code, ..)| (*hash, *code));
    records.dedup_by_key(|(_, code, ..)| *code);
    let mut draft = Draft::begin(products, Merge::Replace, records.len() as u64)?;
    draft.write_all(&records)?;
    draft.keep_taxonomy_of(origin);
    if let Some(taxonomy) = taxonomy {
        draft.write_taxonomy(taxonomy, origin)?;
    }
    publish(draft, origin, now_t, data_dir, &mut |_| ControlFlow::Continue(()))
}

/// The snapshot of the generation that counts; built again if it is missing, damaged or of another layout. None if the
/// store is new.
///
/// For a start, before anything is served or imported: it also removes what a killed import has left.
pub fn restore(products: &Products, data_dir: &Path) -> Result<Option<Snapshot>, PublicationError> {
    restore_telling(products, data_dir, &mut |_| ())
}

/// The same; `building` is told how many products are in a snapshot that is built again, at each of them.
pub fn restore_telling(
    products: &Products,
    data_dir: &Path,
    building: &mut dyn FnMut(u64),
) -> Result<Option<Snapshot>, PublicationError> {
    let folder = data_dir.join(FOLDER);
    generations::clean(&folder)?;
    let status = products.status()?;
    remove_unacknowledged(&folder, status.generation + 1)?;
    let Some(origin) = status.origin else { return Ok(None) };
    let path = generations::path(&folder, status.generation);
    match Snapshot::open(&path) {
        Ok(snapshot) => return Ok(Some(snapshot)),
        Err(MappedError::Io { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => {}
        Err(error @ MappedError::Io { .. }) => return Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "the snapshot is built again from the store");
            fs::remove_file(&path).map_err(|cause| MappedError::Io { path, cause })?;
        }
    }
    let taxonomy = products.taxonomy()?;
    let snapshot = build_from(
        &mut |each| products.scan_until(each),
        (&folder, status.generation),
        (origin, status.imported_t),
        taxonomy.as_ref(),
        &mut |count| {
            building(count);
            ControlFlow::Continue(())
        },
    )?;
    Ok(Some(snapshot))
}

/// Removes snapshots from a generation on: their generation was never acknowledged.
fn remove_unacknowledged(folder: &Path, from: u64) -> Result<(), PublicationError> {
    for generation in from..generations::next(folder)? {
        let path: PathBuf = generations::path(folder, generation);
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(MappedError::Io { path, cause }.into()),
            _ => {}
        }
    }
    Ok(())
}

fn build_snapshot(
    draft: &Draft,
    folder: &Path,
    origin: Origin,
    now_t: i64,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Snapshot, PublicationError> {
    let taxonomy = draft.taxonomy()?;
    let place = (folder, draft.generation());
    build_from(&mut |each| draft.scan(each), place, (origin, now_t), taxonomy.as_ref(), progress)
}

type Each<'a> = &'a mut dyn FnMut(Product) -> ControlFlow<()>;

/// Builds a snapshot from what `scan` hands over; tells apart who failed: the source, the builder, or nobody.
fn build_from(
    scan: &mut dyn FnMut(Each<'_>) -> Result<(), StoreError>,
    (folder, generation): (&Path, u64),
    (origin, now_t): (Origin, i64),
    taxonomy: Option<&Taxonomy>,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Snapshot, PublicationError> {
    fs::create_dir_all(folder).map_err(|cause| StoreError::io(folder, cause))?;
    let mut failure: Option<PublicationError> = None;
    let built = build::build(folder, generation, origin, now_t, taxonomy, |add| {
        let mut count = 0;
        let mut refused = None;
        let scanned = scan(&mut |product| {
            count += 1;
            if progress(count).is_break() {
                failure = Some(PublicationError::Stopped);
                return ControlFlow::Break(());
            }
            match add(product) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    refused = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        if let Err(error) = scanned {
            failure = Some(error.into());
        }
        match (refused, &failure) {
            (Some(error), _) => Err(error),
            (None, Some(_)) => Err(BuildError::Source("broken off".into())),
            (None, None) => Ok(()),
        }
    });
    match failure {
        Some(failure) => Err(failure),
        None => Ok(built?),
    }
}
