//! The import: files of Open Food Facts become the catalogue that is served, within a bounded amount of memory.
//!
//! Lines are inflated on the calling thread and parsed by several threads ([`read`]); products go to a scratch file, divided
//! by the hash of their codes ([`spill`]); division by division they are sorted, packed and written to the store as a new
//! generation ([`load`]); its snapshot is built and both are made to count ([`publication`](super::publication)). Until
//! then the old catalogue is served, and whatever fails, it stays.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::catalogue::snapshot::Origin;
use crate::food::category::Taxonomy;
use crate::off::feed::{Feed, FeedError, Kind};
use crate::off::taxonomy::Subject;
use crate::store::StoreError;
use crate::store::draft::{Draft, Merge};
use crate::store::products::{Products, Status};

use super::publication::{self, PublicationError};
use read::Reading;
use spill::Spill;

mod load;
mod read;
mod report;
mod spill;

pub use report::{FileReport, ImportReport, Seconds, TaxonomyFrom};

/// How to import.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// What becomes of the products that are there. The generic foods of the starter catalogue always go: Open Food
    /// Facts' data is not mixed with other data, and every answer says whose it has.
    pub mode: Mode,
    /// The present time, UNIX seconds: what the catalogue is dated with.
    pub now_t: i64,
}

/// What becomes of the products that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// They go: the files are the whole catalogue. Refused if far fewer would come: a stream that was cut off ends like
    /// a whole one.
    #[default]
    Replace,
    /// They go, however few come.
    ReplaceAnyway,
    /// They stay, unless the files have a newer record of them: the files are an update.
    Add,
}

/// What an import is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Reading the files.
    Reading,
    /// Writing the store.
    Storing,
    /// Building the snapshot.
    Building,
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// What it is at.
    pub phase: Phase,
    /// Bytes read of the files as they are on disk, while reading.
    pub bytes_read: u64,
    /// The size of all files, if known.
    pub bytes_total: Option<u64>,
    /// Lines read so far.
    pub lines: u64,
    /// Products read, stored or built so far, whichever it is at.
    pub products: u64,
    /// How many products there will be, once that is known.
    pub products_total: Option<u64>,
}

/// Why an import failed. The catalogue that was there before is there still.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file is missing, truncated, damaged, or something else.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// There was no file.
    #[error("nothing to import: name at least one file")]
    NoFile,
    /// The files were read to their ends and there was not one product in them.
    #[error(
        "{}: no product among {lines} lines, so nothing was changed; is it a dump or an export of Open Food Facts?",
        names(files)
    )]
    NoProduct {
        /// Lines read.
        lines: u64,
        /// What was found in each file that should have some.
        files: Vec<FileReport>,
    },
    /// Taxonomies without products, and nothing to apply them to.
    #[error("a taxonomy groups products, and there are none yet: import it together with a file of products")]
    NothingToGroup,
    /// Far fewer products would be left than there are.
    #[error(
        "the catalogue would shrink from {before} products to {products}, so a file may be cut short: fetch it again; \
         if it is the whole catalogue, import with --force; if it is an update, with --add"
    )]
    Shrinks {
        /// Products that would be left.
        products: u64,
        /// Products that are there.
        before: u64,
    },
    /// The scratch file failed.
    #[error(transparent)]
    Scratch(StoreError),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// The snapshot failed.
    #[error(transparent)]
    Publication(PublicationError),
    /// Somebody asked to stop.
    #[error("stopped before the end; nothing was changed")]
    Stopped,
}

fn names(files: &[FileReport]) -> String {
    files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ")
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<PublicationError> for ImportError {
    fn from(error: PublicationError) -> Self {
        match error {
            PublicationError::Stopped => Self::Stopped,
            PublicationError::Store(error) => Self::Store(error),
            other => Self::Publication(other),
        }
    }
}

impl ImportError {
    fn scratch(path: &Path, cause: io::Error) -> Self {
        Self::Scratch(StoreError::io(path, cause))
    }
}

/// What is told of the progress, about ten times a second; the import ends early if it breaks off.
pub type OnProgress<'a> = &'a mut dyn FnMut(Progress) -> ControlFlow<()>;

/// Imports files of products and taxonomies, told apart by their content, and serves the result in `catalogue`.
///
/// Blocks until it is done: for a thread of its own. One import at a time; another is refused
/// ([`StoreError::Busy`]). Of two records of one product the newer counts, of equals the one read last; a stored one
/// stays where one of the same time states fewer nutrients. Without a taxonomy of the categories, that of an earlier import stays. Memory: at most 512 MB at 4 million products.
pub fn import(
    feeds: Vec<Feed>,
    products: &Products,
    catalogue: Option<&Catalogue>,
    data_dir: &Path,
    options: Options,
    progress: OnProgress<'_>,
) -> Result<ImportReport, ImportError> {
    let start = Instant::now();
    if feeds.is_empty() {
        return Err(ImportError::NoFile);
    }
    let (taxonomies, feeds): (Vec<Feed>, Vec<Feed>) = feeds.into_iter().partition(|feed| feed.kind() == Kind::Taxonomy);
    let (categories, mut files) = read_taxonomies(taxonomies)?;
    let mut spill = Spill::create(data_dir)?;
    let has_products = !feeds.is_empty();
    let Reading { files: read, lines, spilled } = read::read(feeds, &mut spill, progress)?;
    if has_products && spilled == 0 {
        return Err(ImportError::NoProduct { lines, files: read });
    }
    files.extend(read);
    let reading_s = start.elapsed().as_secs_f64();

    let there = products.status()?;
    if !has_products && there.origin.is_none() {
        return Err(ImportError::NothingToGroup);
    }
    let (merge, origin) = merging(there.origin, options.mode, has_products);
    let mut draft = Draft::begin(products, merge, spilled)?;
    let written = write(&mut draft, &spill, categories.as_ref(), origin, progress)
        .and_then(|()| keeps_enough(draft.products(), &there, options.mode));
    if let Err(error) = written {
        publication::give_up(draft);
        return Err(error);
    }
    let scratch_bytes = spill.bytes();
    drop(spill);
    let storing_s = start.elapsed().as_secs_f64() - reading_s;

    let taxonomy = match (&categories, draft.has_taxonomy()) {
        (Some(_), _) => TaxonomyFrom::TheseFiles,
        (None, true) => TaxonomyFrom::AnEarlierImport,
        (None, false) => TaxonomyFrom::Nowhere,
    };
    let (generation, count) = (draft.generation(), draft.products());
    let published = publication::publish(draft, origin, options.now_t, data_dir, &mut |built| {
        let at = Progress { products: built, products_total: Some(count), ..Progress::at(Phase::Building) };
        if built % PRODUCTS_PER_PROGRESS == 0 { progress(at) } else { ControlFlow::Continue(()) }
    })?;
    let snapshot_bytes = published.snapshot.file_len();
    published.serve(catalogue);
    let total_s = start.elapsed().as_secs_f64();
    Ok(ImportReport {
        files,
        mode: options.mode,
        lines,
        records: spilled,
        products: count,
        starter_foods_removed: if origin == Origin::OpenFoodFacts { starter_foods(&there) } else { 0 },
        taxonomy,
        generation,
        seconds: Seconds {
            reading: reading_s,
            storing: storing_s,
            building: total_s - reading_s - storing_s,
            total: total_s,
        },
        scratch_bytes,
        // The catalogue counts already: nothing may fail any more.
        store_bytes: products.status().map_or(0, |status| status.disk_bytes),
        snapshot_bytes,
    })
}

/// A catalogue may become so many times smaller unless its owner insists. A pipe gives no sign that what feeds it has
/// died, and from one day to the next Open Food Facts hardly changes in size.
const SHRINK_MAX: u64 = 2;
/// Products between two words on the progress of a build: some milliseconds.
const PRODUCTS_PER_PROGRESS: u64 = 10_000;

impl Progress {
    fn at(phase: Phase) -> Self {
        Self { phase, bytes_read: 0, bytes_total: None, lines: 0, products: 0, products_total: None }
    }
}

/// Reads the taxonomies; the last one of the categories counts, others are of no use yet.
fn read_taxonomies(feeds: Vec<Feed>) -> Result<(Option<Taxonomy>, Vec<FileReport>), ImportError> {
    let mut categories = None;
    let mut files = Vec::new();
    for feed in feeds {
        let (name, handle) = (feed.name().to_owned(), feed.progress());
        let (subject, taxonomy) = feed.read_taxonomy()?;
        files.push(FileReport::taxonomy(name, handle.bytes_read(), subject, taxonomy.len()));
        if matches!(subject, Subject::Categories) {
            categories = Some(taxonomy);
        }
    }
    Ok((categories, files))
}

/// What becomes of the products in the store, and where the catalogue then comes from.
fn merging(there: Option<Origin>, mode: Mode, has_products: bool) -> (Merge, Origin) {
    match (has_products, mode, there) {
        // A taxonomy alone changes how the products that are there are grouped.
        (false, _, origin) => (Merge::Add, origin.unwrap_or(Origin::OpenFoodFacts)),
        (true, Mode::Add, Some(Origin::OpenFoodFacts)) => (Merge::Add, Origin::OpenFoodFacts),
        (true, ..) => (Merge::Replace, Origin::OpenFoodFacts),
    }
}

/// How many of the products are generic foods of the starter catalogue: all or none.
fn starter_foods(there: &Status) -> u64 {
    if there.origin == Some(Origin::Starter) { there.products } else { 0 }
}

/// Refuses a catalogue that lost more than Open Food Facts ever loses. The starter catalogue is none to protect.
fn keeps_enough(products: u64, there: &Status, mode: Mode) -> Result<(), ImportError> {
    let before = if there.origin == Some(Origin::OpenFoodFacts) { there.products } else { 0 };
    if mode == Mode::Replace && products * SHRINK_MAX < before {
        return Err(ImportError::Shrinks { products, before });
    }
    Ok(())
}

fn write(
    draft: &mut Draft,
    spill: &Spill,
    categories: Option<&Taxonomy>,
    origin: Origin,
    progress: OnProgress<'_>,
) -> Result<(), ImportError> {
    match categories {
        Some(categories) => draft.write_taxonomy(categories, Origin::OpenFoodFacts)?,
        None if origin == Origin::OpenFoodFacts => draft.keep_taxonomy_of(Origin::OpenFoodFacts),
        None => {}
    }
    load::load(spill, draft, progress)
}

/// The place of the scratch file.
fn scratch_path(data_dir: &Path) -> PathBuf {
    data_dir.join("store").join("import.scratch")
}
