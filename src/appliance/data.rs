//! The data directory: its store and its catalogue, opened by whoever may, imported into, checked.

use std::fs::File;
use std::io::stdin;
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{Access, access};
use rustix::process::geteuid;
use tokio::task::spawn_blocking;

use super::ApplianceError;
use crate::catalogue::generations::Latest;
use crate::catalogue::snapshot::{Origin, Snapshot};
use crate::catalogue::{Catalogue, generations, starter};
use crate::config::Config;
use crate::jobs::import::{self, ImportReport, Mode, Options, Progress};
use crate::jobs::publication;
use crate::off::feed::{Feed, FeedError};
use crate::store::products::Products;

/// The catalogue of a data directory, to read beside a running service; the starter one if there is none yet.
pub fn snapshot(config: &Config) -> Result<Arc<Snapshot>, ApplianceError> {
    let latest = generations::latest(&config.data_dir.join(publication::FOLDER))?;
    if let Some(snapshot) = latest.snapshot {
        for error in latest.damaged {
            tracing::warn!(%error, "an older catalogue is read; restart `foodswap serve`, which builds this one again");
        }
        return Ok(Arc::new(snapshot));
    }
    prepare(&config.data_dir)?;
    let products = Products::open(&config.data_dir, &config.store)?;
    Ok(Arc::new(current(&products, &config.data_dir, &mut |_| ())?))
}

/// What a data directory has of the catalogue; changes nothing there.
pub fn kept(data_dir: &Path) -> Result<Latest, ApplianceError> {
    Ok(generations::latest(&data_dir.join(publication::FOLDER))?)
}

/// Opens a file that a person names: with its name as errors and reports show it. `-` is standard input.
pub fn opened(path: &Path) -> Result<(String, File), ApplianceError> {
    let is_input = path.as_os_str() == "-";
    let name = if is_input { "standard input".to_owned() } else { path.display().to_string() };
    let file = if is_input { stdin().as_fd().try_clone_to_owned().map(File::from) } else { File::open(path) };
    match file {
        Ok(file) => Ok((name, file)),
        Err(cause) => Err(FeedError::Read { name, cause }.into()),
    }
}

/// Imports files by opening the store here; refused while a service holds it.
pub fn import(
    config: &Config,
    files: Vec<(String, File)>,
    mode: Mode,
    progress: &mut dyn FnMut(Progress),
) -> Result<ImportReport, ApplianceError> {
    prepare(&config.data_dir)?;
    let products = Products::open(&config.data_dir, &config.store)?;
    import_into(&products, None, &config.data_dir, files, mode, progress)
}

pub(super) fn import_into(
    products: &Products,
    catalogue: Option<&Catalogue>,
    data_dir: &Path,
    files: Vec<(String, File)>,
    mode: Mode,
    progress: &mut dyn FnMut(Progress),
) -> Result<ImportReport, ApplianceError> {
    let feeds = files
        .into_iter()
        .map(|(name, file)| {
            let total = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
            Feed::from_reader(name, file, total)
        })
        .collect::<Result<_, _>>()?;
    let options = Options { mode, now_t: now_t() };
    Ok(import::import(feeds, products, catalogue, data_dir, options, &mut |at| {
        progress(at);
        ControlFlow::Continue(())
    })?)
}

/// The store and the catalogue; `building` is told how many products are in a snapshot that must be built again.
pub(super) async fn open(
    config: &Config,
    mut building: impl FnMut(u64) + Send + 'static,
) -> Result<(Products, Arc<Catalogue>), ApplianceError> {
    let (data_dir, store) = (config.data_dir.clone(), config.store.clone());
    let opened = spawn_blocking(move || {
        let products = Products::open(&data_dir, &store)?;
        let snapshot = current(&products, &data_dir, &mut building)?;
        Ok((products, Arc::new(Catalogue::new(snapshot))))
    });
    opened.await.map_err(|error| ApplianceError::Start(error.to_string()))?
}

/// The last complete catalogue; in a new data directory the starter one.
fn current(products: &Products, data_dir: &Path, building: &mut dyn FnMut(u64)) -> Result<Snapshot, ApplianceError> {
    if let Some(snapshot) = publication::restore_telling(products, data_dir, building)? {
        return Ok(snapshot);
    }
    let foods = starter::products()?;
    let categories = starter::taxonomy()?;
    Ok(publication::install(&foods, Some(&categories), Origin::Starter, now_t(), products, data_dir)?.snapshot)
}

/// The present time, UNIX seconds.
fn now_t() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// Makes the data directory, for its owner alone; that of another user is left to that one.
pub(super) fn prepare(path: &Path) -> Result<(), ApplianceError> {
    let failed = |cause| ApplianceError::DataDir { path: path.display().to_string(), cause };
    std::fs::DirBuilder::new().recursive(true).mode(0o750).create(path).map_err(failed)?;
    let owner = std::fs::metadata(path).map_err(failed)?.uid();
    if is_foreign(geteuid().as_raw(), owner) {
        return Err(ApplianceError::Foreign { path: path.display().to_string(), owner });
    }
    access(path, Access::WRITE_OK | Access::EXEC_OK).map_err(|cause| failed(cause.into()))
}

/// Whether a user may write where another could not read it. Of all users only root may, without being told so by the
/// system.
fn is_foreign(user: u32, owner: u32) -> bool {
    user == 0 && owner != 0
}

/// Compares the snapshot with its checksums after the start, which it would delay. A damaged one is set aside,
/// so that the next start builds it again from the store.
pub(super) fn check_in_background(catalogue: &Arc<Catalogue>, data_dir: &Path) {
    let snapshot = catalogue.snapshot();
    let folder = data_dir.join(publication::FOLDER);
    std::thread::spawn(move || match snapshot.verify() {
        Ok(()) => tracing::debug!(generation = snapshot.generation(), "the catalogue's checksums hold"),
        Err(error) => {
            tracing::error!(%error, "the catalogue is damaged; restart the service to build it again from the store");
            if let Err(error) = generations::set_aside(&folder, snapshot.generation()) {
                tracing::error!(%error, "the damaged catalogue cannot be set aside; import again to replace it");
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_alone_is_kept_from_the_data_of_others() {
        for (user, owner, foreign) in [(0, 0, false), (0, 999, true), (999, 999, false), (1000, 999, false)] {
            assert_eq!(is_foreign(user, owner), foreign, "{user} {owner}");
        }
    }
}
