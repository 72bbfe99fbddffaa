//! Builds a snapshot from a stream of products within a fixed amount of memory.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::generations;
use super::mapped::FileWriter;
use super::snapshot::{self, Header, Origin, Snapshot};
use crate::food::category::Taxonomy;
use crate::food::product::Product;
use sections::Sections;
use spill::Sorter;
use tags::TagCounts;

mod error;
mod order;
mod sections;
mod spill;
pub(crate) mod spool;
mod tags;

pub use error::BuildError;

/// The name of a snapshot that is not whole yet, in its scratch folder.
const UNFINISHED: &str = "snapshot";

/// Builds the snapshot `generation` in `folder` and opens it; older ones but the last are then removed.
///
/// `products` is called once and hands over every product, in any order, to the function it is given.
/// Without a taxonomy, how categories contain each other is read from the order of the products' tags.
///
/// Two passes: the products are sorted on disk by how much they are looked for while their categories are
/// counted; then they are read back in order and every section grows at its end. What stays in memory is
/// some 40 bytes a product, the listings of the categories and one run of the sort. The file is written under
/// another name, made durable, and renamed at the very end: a crash leaves the snapshots before it as they were.
pub fn build(
    folder: &Path,
    generation: u64,
    origin: Origin,
    built_t: i64,
    taxonomy: Option<&Taxonomy>,
    products: impl FnOnce(&mut dyn FnMut(Product) -> Result<(), BuildError>) -> Result<(), BuildError>,
) -> Result<Snapshot, BuildError> {
    let path = generations::path(folder, generation);
    if path.exists() {
        return Err(BuildError::GenerationExists(generation));
    }
    let scratch = Scratch::create(generations::scratch(folder, generation))?;
    let header = Header { generation, origin, built_t, count: 0 };
    let unfinished = write(&scratch.0, header, taxonomy, products)?;
    publish(&unfinished, &path)?;
    drop(scratch);
    let snapshot = Snapshot::open(&path)?;
    generations::remove_older(folder, generation)?;
    Ok(snapshot)
}

/// Writes the whole snapshot into a scratch folder.
fn write(
    scratch: &Path,
    header: Header,
    taxonomy: Option<&Taxonomy>,
    products: impl FnOnce(&mut dyn FnMut(Product) -> Result<(), BuildError>) -> Result<(), BuildError>,
) -> Result<PathBuf, BuildError> {
    let mut sorter = Sorter::new(scratch);
    let mut tags = TagCounts::new(taxonomy);
    products(&mut |product| {
        tags.add(&product.categories);
        sorter.add(&without_long_texts(product))
    })?;
    let taxonomy = tags.taxonomy();
    drop(tags);
    let mut sections = Sections::new(scratch, &taxonomy)?;
    let mut sorted = sorter.sorted()?;
    while let Some(product) = sorted.next()? {
        sections.add(&product)?;
    }
    drop(sorted);
    let path = scratch.join(UNFINISHED);
    sections.finish(header, FileWriter::create(&path, snapshot::KIND, snapshot::LAYOUT)?)?;
    Ok(path)
}

/// What lists, search and substitutes never look at need not be sorted.
///
/// Of the ingredients they need to know what a filter must heed: an allergen that is named there and not declared
/// counts as a trace. Many a record declares the soya and not the wheat.
fn without_long_texts(product: Product) -> Product {
    let suspected = product.suspected_allergens();
    let traces =
        if suspected.is_empty() { product.traces } else { Some(product.traces.unwrap_or_default() | suspected) };
    Product { ingredients_text: None, stores: Vec::new(), traces, ..product }
}

/// Gives the finished file its name, durably.
fn publish(unfinished: &Path, path: &Path) -> Result<(), BuildError> {
    let rename = || -> io::Result<()> {
        fs::rename(unfinished, path)?;
        fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    rename().map_err(|cause| BuildError::io(path, cause))
}

/// A folder for the files of one build, gone with it.
struct Scratch(PathBuf);

impl Scratch {
    fn create(path: PathBuf) -> Result<Self, BuildError> {
        let create = || -> io::Result<()> {
            if path.exists() {
                fs::remove_dir_all(&path)?;
            }
            fs::create_dir_all(&path)
        };
        create().map_err(|cause| BuildError::io(&path, cause))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is removed when the program starts next: `generations::clean`.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests;
