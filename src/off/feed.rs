//! A file of Open Food Facts as blocks of whole lines, whatever its name: what it is, is told by its
//! content.
//!
//! One thread calls [`Feed::next_block`], which inflates; others parse the blocks.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::export_row::{self, Header};
use super::record::{self, Rejection};
use super::taxonomy;
use crate::food::category::Taxonomy;
use crate::food::product::Product;

mod block;
mod kind;
mod packing;
mod report;

pub use block::{Block, LINE_BYTES_MAX};
pub use kind::Kind;
pub use packing::Packing;
pub use report::{EXCERPT_CHARS, Report, SAMPLES_MAX, Sample};

use block::Blocks;
use packing::Counted;

/// Why a file cannot be read to its end, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The operating system refuses.
    #[error("{name}: {}", refusal(cause))]
    Read {
        /// The file.
        name: String,
        /// What the system says.
        cause: io::Error,
    },
    /// There is not one byte.
    #[error("{name} is empty: the download has failed, fetch it again")]
    Empty {
        /// The file.
        name: String,
    },
    /// The compressed data ends too early.
    #[error(
        "{name} ends in the middle of its {packing} data after {bytes} bytes: the download was cut off, fetch it again"
    )]
    Truncated {
        /// The file.
        name: String,
        /// How it is compressed.
        packing: Packing,
        /// Compressed bytes read.
        bytes: u64,
    },
    /// The compressed data is damaged.
    #[error("{name} is damaged near byte {bytes} of its {packing} data ({detail}): fetch it again")]
    Corrupted {
        /// The file.
        name: String,
        /// How it is compressed.
        packing: Packing,
        /// Compressed bytes read.
        bytes: u64,
        /// What the decoder says.
        detail: String,
    },
    /// It is something else.
    #[error(
        "{name} is {what}; wanted is an Open Food Facts dump (.jsonl.gz), CSV export (.csv.gz) or taxonomy (.json)"
    )]
    WrongFile {
        /// The file.
        name: String,
        /// What it seems to be.
        what: &'static str,
    },
    /// A taxonomy that is not whole or not of the known shape.
    #[error("{name} is no taxonomy that can be read ({cause}): fetch it again")]
    Taxonomy {
        /// The file.
        name: String,
        /// What is wrong with it.
        cause: taxonomy::TaxonomyError,
    },
}

/// What the system says of a file, and what to do about it.
fn refusal(cause: &io::Error) -> String {
    match cause.kind() {
        io::ErrorKind::NotFound => "there is no such file; look at its name and its folder".to_owned(),
        io::ErrorKind::IsADirectory => "that is a folder; name the files in it".to_owned(),
        io::ErrorKind::PermissionDenied => {
            "permission denied; run as a user who may read it, or make it readable (chmod a+r)".to_owned()
        }
        _ => format!("it cannot be read ({cause}); look at the disk that it is on, or fetch it again"),
    }
}

/// How far a [`Feed`] has come, in bytes of the file as it is on disk. Readable from any thread.
#[derive(Debug, Clone)]
pub struct Progress {
    read: Arc<AtomicU64>,
    total: Option<u64>,
}

impl Progress {
    /// Bytes read so far.
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The size of the file; none for a stream.
    pub fn bytes_total(&self) -> Option<u64> {
        self.total
    }
}

/// How the lines of a feed become products. Cheap to clone and to send to the parsing threads.
#[derive(Debug, Clone)]
pub struct Parser {
    header: Option<Arc<Header>>,
}

impl Parser {
    /// Reads one line of a block.
    pub fn parse(&self, line: &[u8]) -> Result<Product, Rejection> {
        match &self.header {
            None => record::parse(line),
            Some(header) => export_row::parse(header, line),
        }
    }
}

/// An open file or stream of products, or a taxonomy.
pub struct Feed {
    name: String,
    kind: Kind,
    packing: Packing,
    progress: Progress,
    parser: Parser,
    blocks: Blocks<Box<dyn Read + Send>>,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Feed")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .field("packing", &self.packing)
            .finish_non_exhaustive()
    }
}

impl Feed {
    /// Opens a file and tells what it is.
    pub fn open(path: &Path) -> Result<Self, FeedError> {
        let name = path.display().to_string();
        let refused = |cause| FeedError::Read { name: path.display().to_string(), cause };
        let file = File::open(path).map_err(refused)?;
        let metadata = file.metadata().map_err(refused)?;
        if metadata.is_dir() {
            return Err(refused(io::ErrorKind::IsADirectory.into()));
        }
        let total = metadata.is_file().then_some(metadata.len());
        Self::from_reader(name, file, total)
    }

    /// Opens any stream. `name` is used in errors, `total` is its size where known.
    pub fn from_reader(
        name: String,
        reader: impl Read + Send + 'static,
        total: Option<u64>,
    ) -> Result<Self, FeedError> {
        let read = Arc::new(AtomicU64::new(0));
        let progress = Progress { read: Arc::clone(&read), total };
        let counted = Counted::new(reader, read);
        let (packing, unpacked) = match packing::unpack(Box::new(counted)) {
            Ok(unpacked) => unpacked,
            Err(error) => return Err(failure(&name, Packing::None, &progress, error)),
        };
        let mut blocks = Blocks::new(unpacked);
        let head = blocks.peek().map_err(|error| failure(&name, packing, &progress, error))?;
        let kind = match kind::of(head) {
            Ok(kind) => kind,
            Err(None) => return Err(FeedError::Empty { name }),
            Err(Some(what)) => return Err(FeedError::WrongFile { name, what }),
        };
        let mut feed = Self { name, kind, packing, progress, parser: Parser { header: None }, blocks };
        if kind == Kind::Export {
            feed.read_header()?;
        }
        Ok(feed)
    }

    fn read_header(&mut self) -> Result<(), FeedError> {
        let line =
            self.blocks.first_line().map_err(|error| failure(&self.name, self.packing, &self.progress, error))?;
        match Header::parse(&line) {
            Some(header) => self.parser.header = Some(Arc::new(header)),
            None => return Err(self.wrong_file("a table without the columns of the export")),
        }
        Ok(())
    }

    /// What the content is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How the file is compressed.
    pub fn packing(&self) -> Packing {
        self.packing
    }

    /// The file's name as errors and reports show it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How far the reading has come.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// How its lines are read.
    pub fn parser(&self) -> Parser {
        self.parser.clone()
    }

    /// The next block of whole lines; none at the end. After an error there is no more.
    pub fn next_block(&mut self) -> Result<Option<Block>, FeedError> {
        self.blocks.next_block().map_err(|error| failure(&self.name, self.packing, &self.progress, error))
    }

    /// Reads the whole of a taxonomy.
    pub fn read_taxonomy(mut self) -> Result<(taxonomy::Subject, Taxonomy), FeedError> {
        if self.kind != Kind::Taxonomy {
            return Err(self.wrong_file("a file of products, not a taxonomy"));
        }
        let rest = self.blocks.rest(taxonomy::FILE_BYTES_MAX);
        let text = rest.map_err(|error| failure(&self.name, self.packing, &self.progress, error))?;
        text.ok_or(taxonomy::TaxonomyError::TooLarge)
            .and_then(|text| taxonomy::parse(&text))
            .map_err(|cause| FeedError::Taxonomy { name: self.name, cause })
    }

    fn wrong_file(&self, what: &'static str) -> FeedError {
        FeedError::WrongFile { name: self.name.clone(), what }
    }
}

/// What an error of reading means for a file that is packed so.
fn failure(name: &str, packing: Packing, progress: &Progress, error: io::Error) -> FeedError {
    let (name, bytes) = (name.to_owned(), progress.bytes_read());
    match (packing, error.kind()) {
        (Packing::None, _) => FeedError::Read { name, cause: error },
        (_, io::ErrorKind::UnexpectedEof) => FeedError::Truncated { name, packing, bytes },
        // the operating system's own errors have a number, the decoders' have none
        _ if error.raw_os_error().is_none() => FeedError::Corrupted { name, packing, bytes, detail: error.to_string() },
        _ => FeedError::Read { name, cause: error },
    }
}

#[cfg(test)]
mod tests;
