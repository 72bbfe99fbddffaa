//! What an import did.

use serde::Serialize;

use crate::off::feed::Report;
use crate::off::taxonomy::Subject;

use super::Mode;

/// What an import did.
#[derive(Debug, Clone, Serialize)]
pub struct ImportReport {
    /// What was found in each file: taxonomies first, then products in the order they were named.
    pub files: Vec<FileReport>,
    /// What became of the products that were there.
    pub mode: Mode,
    /// Lines with anything on them, in all files.
    pub lines: u64,
    /// Records of products read; a product may have several.
    pub records: u64,
    /// Products in the catalogue now.
    pub products: u64,
    /// Generic foods of the starter catalogue that made way, whatever the mode.
    pub starter_foods_removed: u64,
    /// Where the taxonomy of categories comes from.
    pub taxonomy: TaxonomyFrom,
    /// The catalogue's generation.
    pub generation: u64,
    /// How long it took.
    pub seconds: Seconds,
    /// What lay on disk for the time of the import, bytes.
    pub scratch_bytes: u64,
    /// What the store takes on disk, bytes; 0 if that cannot be told.
    pub store_bytes: u64,
    /// What the snapshot takes on disk, bytes.
    pub snapshot_bytes: u64,
}

/// Where the taxonomy of categories comes from, which names them in French and says which belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaxonomyFrom {
    /// One of these files.
    TheseFiles,
    /// An earlier import.
    AnEarlierImport,
    /// There is none.
    Nowhere,
}

/// Seconds by the clock on the wall.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Seconds {
    /// Inflating and parsing.
    pub reading: f64,
    /// Sorting, packing and writing the store.
    pub storing: f64,
    /// Building the snapshot, making it count and removing what it replaced.
    pub building: f64,
    /// All of it.
    pub total: f64,
}

/// What was found in a file.
#[derive(Debug, Clone, Serialize)]
pub struct FileReport {
    /// Its name.
    pub name: String,
    /// What it is: `dump`, `export`, or `taxonomy of …`.
    pub content: String,
    /// Bytes read of it as it is on disk.
    pub bytes: u64,
    /// Its lines, products and rejections.
    #[serde(flatten)]
    pub report: Report,
}

impl FileReport {
    pub(super) fn taxonomy(name: String, bytes: u64, subject: Subject, nodes: usize) -> Self {
        let content = match subject {
            Subject::Categories => format!("taxonomy of {nodes} categories"),
            Subject::Labels => format!("taxonomy of {nodes} labels, nothing is taken from it"),
            Subject::Countries => format!("taxonomy of {nodes} countries, nothing is taken from it"),
            Subject::Other => format!("taxonomy of {nodes} entries, nothing is taken from it"),
        };
        Self { name, content, bytes, report: Report::default() }
    }
}
