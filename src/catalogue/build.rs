//! Builds a snapshot from a stream of products within a fixed amount of memory.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::food::barcode::Barcode;
use crate::food::category::{CategoryId, Node, Taxonomy};
use crate::food::product::{Lang, Product};

use super::candidates::CandidatesBuilder;
use super::facts::FactsBuilder;
use super::generations;
use super::mapped::{FileWriter, MappedError};
use super::search::{IndexBuilder, SearchError};
use super::snapshot::cards::CardsBuilder;
use super::snapshot::codes::CodesBuilder;
use super::snapshot::listings::ListingsBuilder;
use super::snapshot::{self, Header, Origin, Snapshot};
use spill::Spill;
use tags::TagCounts;

pub(crate) mod order;
pub(crate) mod spill;
pub(crate) mod spool;
pub(crate) mod tags;

/// The most documents that numbers of 32 bits tell apart; the last one means "none".
const DOCS_MAX: u32 = u32::MAX - 1;

/// The name of a snapshot that is not whole yet, in its scratch folder.
const UNFINISHED: &str = "snapshot";

/// Why a snapshot could not be built; the snapshots before it are untouched.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no room left for the snapshot or for what sorting needs.
    #[error("{path}: the disk is full")]
    DiskFull {
        /// What was being written.
        path: PathBuf,
    },
    /// A file of the build cannot be read or written.
    #[error("{path}: {cause}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// A file of the build does not hold what was written into it.
    #[error("{path}: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        what: String,
    },
    /// More products, or longer texts, than the layout has numbers for.
    #[error("more products than a snapshot can hold")]
    TooLarge,
    /// A barcode came twice.
    #[error("the barcode {0} came twice")]
    CodeTwice(Barcode),
    /// There is a snapshot of this number already, and snapshots never change.
    #[error("there is a snapshot {0} already")]
    GenerationExists(u64),
    /// The search index cannot hold the products.
    #[error("the search index cannot be built: {0}")]
    Search(#[source] SearchError),
    /// The source of the products failed.
    #[error("the products cannot be read: {0}")]
    Source(#[source] Box<dyn Error + Send + Sync>),
}

impl BuildError {
    /// A failure of the file system, at a path.
    pub fn io(path: &Path, cause: io::Error) -> Self {
        if matches!(cause.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) {
            Self::DiskFull { path: path.to_owned() }
        } else {
            Self::Io { path: path.to_owned(), cause }
        }
    }
}

impl BuildError {
    /// A failure of the search index, whose files are at a path.
    fn search(path: &Path, error: SearchError) -> Self {
        match error {
            SearchError::Io { path, cause } => Self::io(&path, cause),
            SearchError::Dictionary(fst::Error::Io(cause)) => Self::io(path, cause),
            SearchError::Snapshot(error) => error.into(),
            other => Self::Search(other),
        }
    }
}

impl From<MappedError> for BuildError {
    fn from(error: MappedError) -> Self {
        match error {
            MappedError::Io { path, cause } => Self::io(&path, cause),
            MappedError::Damaged { path, what } => Self::Damaged { path, what },
            MappedError::UnknownLayout { path, found, expected } => {
                Self::Damaged { path, what: format!("layout {found} instead of {expected}") }
            }
        }
    }
}

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
    let mut spill = Spill::new(scratch);
    let mut tags = TagCounts::new(taxonomy);
    products(&mut |product| {
        tags.add(&product.categories);
        spill.add(&without_long_texts(product))
    })?;
    let taxonomy = tags.taxonomy();
    drop(tags);
    let mut sections = Sections::new(scratch, &taxonomy)?;
    let mut sorted = spill.sorted()?;
    while let Some(product) = sorted.next()? {
        sections.add(&product)?;
    }
    drop(sorted);
    let path = scratch.join(UNFINISHED);
    sections.finish(header, FileWriter::create(&path, snapshot::KIND, snapshot::LAYOUT)?)?;
    Ok(path)
}

/// What lists, search and substitutes never look at need not be sorted.
fn without_long_texts(product: Product) -> Product {
    Product { ingredients_text: None, stores: Vec::new(), ..product }
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

/// The index is built in a folder of its own.
fn search_builder(scratch: &Path, taxonomy: &Taxonomy) -> Result<IndexBuilder, BuildError> {
    let folder = scratch.join("search");
    fs::create_dir(&folder).map_err(|cause| BuildError::io(&folder, cause))?;
    IndexBuilder::new(&folder, taxonomy).map_err(|error| BuildError::search(&folder, error))
}

/// Everything that grows document by document.
struct Sections<'a> {
    scratch: PathBuf,
    taxonomy: &'a Taxonomy,
    /// Of every category, all that is above it; computed when it is first met.
    above: HashMap<CategoryId, Vec<CategoryId>>,
    count: u32,
    codes: CodesBuilder,
    cards: CardsBuilder,
    facts: FactsBuilder,
    listings: ListingsBuilder,
    search: IndexBuilder,
    candidates: CandidatesBuilder<'a>,
}

impl<'a> Sections<'a> {
    fn new(scratch: &Path, taxonomy: &'a Taxonomy) -> Result<Self, BuildError> {
        Ok(Self {
            scratch: scratch.to_owned(),
            taxonomy,
            above: HashMap::new(),
            count: 0,
            codes: CodesBuilder::default(),
            cards: CardsBuilder::new(scratch)?,
            facts: FactsBuilder::new(),
            listings: ListingsBuilder::new(taxonomy.len()),
            search: search_builder(scratch, taxonomy)?,
            candidates: CandidatesBuilder::new(scratch, taxonomy)?,
        })
    }

    fn add(&mut self, product: &Product) -> Result<(), BuildError> {
        let doc = self.count;
        if doc == DOCS_MAX {
            return Err(BuildError::TooLarge);
        }
        let categories = self.categories(&product.categories);
        self.codes.add(product.code);
        self.cards.add(product)?;
        self.facts.add(product.nutri_score, product.countries, &categories);
        self.listings.add(doc, product.nutri_score, product.implausible.is_none(), &categories);
        let added = self.search.add(doc, product, &categories);
        added.map_err(|error| BuildError::search(&self.scratch, error))?;
        self.candidates.add(doc, product, &categories)?;
        self.count += 1;
        Ok(())
    }

    /// The categories of some tags and all above them, each once, from general to specific; of equally deep
    /// ones the product's own come first, in its order.
    fn categories(&mut self, tags: &[String]) -> Vec<CategoryId> {
        let taxonomy = self.taxonomy;
        let own: Vec<CategoryId> = tags.iter().filter_map(|tag| taxonomy.id(tag)).collect();
        let mut all = own.clone();
        for id in own {
            all.extend(self.above.entry(id).or_insert_with(|| taxonomy.ancestors(id)).iter());
        }
        let mut once = Vec::with_capacity(all.len());
        for id in all {
            if !once.contains(&id) {
                once.push(id);
            }
        }
        once.sort_by_key(|id| taxonomy.depth(*id));
        once
    }

    fn finish(self, header: Header, mut file: FileWriter) -> Result<(), BuildError> {
        let header = Header { count: self.count, ..header };
        snapshot::write_header(&header, &mut file)?;
        snapshot::write_taxonomy(&shown_nodes(self.taxonomy), &mut file)?;
        self.codes.finish(&mut file)?.map_err(BuildError::CodeTwice)?;
        self.cards.finish(&mut file)?;
        self.facts.finish(&mut file)?;
        self.listings.finish(&mut file)?;
        self.search.finish(&mut file).map_err(|error| BuildError::search(&self.scratch, error))?;
        self.candidates.finish(&mut file)?;
        Ok(file.finish()?)
    }
}

/// The nodes with the names that pages show: search has its own copy of the other names and the synonyms, and
/// a snapshot is opened while people wait.
fn shown_nodes(taxonomy: &Taxonomy) -> Vec<Node> {
    let shown = |node: &Node| {
        let pages: Vec<_> =
            node.names.iter().filter(|(lang, _)| [Lang::FR, Lang::EN].contains(lang)).cloned().collect();
        if pages.is_empty() { node.names.first().cloned().into_iter().collect() } else { pages }
    };
    taxonomy
        .ids()
        .map(|id| taxonomy.node(id))
        .map(|node| Node {
            tag: node.tag.clone(),
            parents: node.parents.clone(),
            names: shown(node),
            synonyms: Vec::new(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
