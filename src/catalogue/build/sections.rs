//! The sections of a snapshot, fed product by product in the order of their numbers.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::BuildError;
use crate::catalogue::candidates::CandidatesBuilder;
use crate::catalogue::facts::FactsBuilder;
use crate::catalogue::mapped::FileWriter;
use crate::catalogue::search::IndexBuilder;
use crate::catalogue::snapshot::cards::CardsBuilder;
use crate::catalogue::snapshot::codes::CodesBuilder;
use crate::catalogue::snapshot::listings::ListingsBuilder;
use crate::catalogue::snapshot::{self, Header};
use crate::food::category::{CategoryId, Node, Taxonomy};
use crate::food::product::{Lang, Product};

/// The most documents that numbers of 32 bits tell apart; the last one means "none".
const DOCS_MAX: u32 = u32::MAX - 1;

/// Everything that grows document by document.
pub(super) struct Sections<'a> {
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
    pub(super) fn new(scratch: &Path, taxonomy: &'a Taxonomy) -> Result<Self, BuildError> {
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

    pub(super) fn add(&mut self, product: &Product) -> Result<(), BuildError> {
        let doc = self.count;
        if doc == DOCS_MAX {
            return Err(BuildError::TooLarge);
        }
        let named: Vec<CategoryId> = product.categories.iter().filter_map(|tag| self.taxonomy.id(tag)).collect();
        let categories = self.with_those_above(&named);
        self.codes.add(product.code);
        self.cards.add(product)?;
        self.facts.add(product.nutri_score, product.countries, &categories);
        self.listings.add(doc, product.nutri_score, product.implausible.is_none(), &categories);
        let added = self.search.add(doc, product, &categories);
        added.map_err(|error| BuildError::search(&self.scratch, error))?;
        self.candidates.add(doc, product, &named)?;
        self.count += 1;
        Ok(())
    }

    /// The categories that a record names and all above them, each once, from general to specific; of equally deep
    /// ones the named ones come first, in the record's order.
    fn with_those_above(&mut self, named: &[CategoryId]) -> Vec<CategoryId> {
        let taxonomy = self.taxonomy;
        let mut all = named.to_vec();
        for id in named {
            all.extend(self.above.entry(*id).or_insert_with(|| taxonomy.ancestors(*id)).iter());
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

    pub(super) fn finish(self, header: Header, mut file: FileWriter) -> Result<(), BuildError> {
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

/// The index is built in a folder of its own.
fn search_builder(scratch: &Path, taxonomy: &Taxonomy) -> Result<IndexBuilder, BuildError> {
    let folder = scratch.join("search");
    fs::create_dir(&folder).map_err(|cause| BuildError::io(&folder, cause))?;
    IndexBuilder::new(&folder, taxonomy).map_err(|error| BuildError::search(&folder, error))
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
