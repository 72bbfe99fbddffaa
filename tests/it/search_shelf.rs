//! A shelf of products that can be searched: the vocabulary of the tests of search.

use std::path::Path;

use foodswap::catalogue::facts::{Facts, FactsBuilder};
use foodswap::catalogue::mapped::{FileWriter, MappedFile};
use foodswap::catalogue::search::{IndexBuilder, SearchIndex, SearchRequest, SearchResults};
use foodswap::catalogue::snapshot::Doc;
use foodswap::food::barcode::Barcode;
use foodswap::food::category::{CategoryId, Node, Taxonomy};
use foodswap::food::country::Country;
use foodswap::food::nutri_score::{Grade, NutriScore, Source, Version};
use foodswap::food::product::{Lang, Product, Text};

const KIND: [u8; 8] = *b"FSW-TEST";

/// Products on a shelf, the most popular first, and the index that finds them.
pub(crate) struct Shelf {
    pub(crate) products: Vec<Product>,
    pub(crate) taxonomy: Taxonomy,
    index: SearchIndex,
    facts: Facts,
    _folder: tempfile::TempDir,
}

impl Shelf {
    /// Sorts the products by popularity and indexes them.
    pub(crate) fn of(mut products: Vec<Product>, taxonomy: Taxonomy) -> Self {
        products.sort_by_key(|product| std::cmp::Reverse(product.popularity));
        let folder = tempfile::tempdir().expect("tempdir");
        let path = folder.path().join("shelf");
        write(folder.path(), &path, &products, &taxonomy);
        let file = MappedFile::open(&path, KIND, 1).expect("open");
        let index = SearchIndex::open(&file).expect("index");
        let facts = Facts::open(&file).expect("facts");
        Self { products, taxonomy, index, facts, _folder: folder }
    }

    /// The first page for a text, as a French visitor sees it.
    pub(crate) fn search(&self, text: &str) -> SearchResults {
        self.ask(&request(text))
    }

    pub(crate) fn ask(&self, request: &SearchRequest) -> SearchResults {
        self.index.search(request, &self.taxonomy, &self.facts)
    }

    pub(crate) fn product(&self, doc: Doc) -> &Product {
        &self.products[doc.0 as usize]
    }

    /// The names of the results.
    pub(crate) fn names(&self, results: &SearchResults) -> Vec<&str> {
        results.docs.iter().map(|doc| self.product(*doc).names[0].text.as_str()).collect()
    }
}

/// A request for the first page.
pub(crate) fn request(text: &str) -> SearchRequest {
    SearchRequest::of(text, Lang::FR, 10)
}

fn write(scratch: &Path, path: &Path, products: &[Product], taxonomy: &Taxonomy) {
    let mut writer = FileWriter::create(path, KIND, 1).expect("create");
    let mut index = IndexBuilder::new(scratch, taxonomy).expect("builder");
    let mut facts = FactsBuilder::new();
    for (doc, product) in (0..).zip(products) {
        let categories = with_ancestors(&product.categories, taxonomy);
        index.add(doc, product, &categories).expect("add");
        facts.add(product.nutri_score, product.countries, &categories);
    }
    index.finish(&mut writer).expect("finish");
    facts.finish(&mut writer).expect("facts");
    writer.finish().expect("file");
}

fn with_ancestors(tags: &[String], taxonomy: &Taxonomy) -> Vec<CategoryId> {
    let mut all: Vec<CategoryId> = Vec::new();
    for id in tags.iter().filter_map(|tag| taxonomy.id(tag)) {
        for id in std::iter::once(id).chain(taxonomy.ancestors(id)) {
            if !all.contains(&id) {
                all.push(id);
            }
        }
    }
    all.sort_by_key(|id| taxonomy.depth(*id));
    all
}

/// A product with a name and a brand; further facts by the methods of [`Stocked`].
pub(crate) fn food(code: u64, name: &str, brand: &str) -> Product {
    Product {
        lang: Lang::FR,
        names: vec![Text { lang: Lang::FR, text: name.to_owned() }],
        brands: if brand.is_empty() { Vec::new() } else { vec![brand.to_owned()] },
        completeness: 50,
        ..Product::new(Barcode::from_number(u128::from(code)), name)
    }
}

/// Facts added to a product in a sentence.
pub(crate) trait Stocked {
    fn scanned(self, popularity: u32) -> Self;
    fn named(self, lang: &str, name: &str) -> Self;
    fn in_category(self, tag: &str) -> Self;
    fn sold_in(self, country: Country) -> Self;
    fn graded(self, grade: Grade) -> Self;
    fn of_quantity(self, quantity: &str) -> Self;
}

impl Stocked for Product {
    fn scanned(mut self, popularity: u32) -> Self {
        self.popularity = popularity;
        self
    }

    fn named(mut self, lang: &str, name: &str) -> Self {
        let lang = Lang::parse(lang).expect("language");
        self.names.push(Text { lang, text: name.to_owned() });
        self
    }

    fn in_category(mut self, tag: &str) -> Self {
        self.categories.push(tag.to_owned());
        self
    }

    fn sold_in(mut self, country: Country) -> Self {
        self.countries.insert(country);
        self
    }

    fn graded(mut self, grade: Grade) -> Self {
        self.nutri_score = NutriScore::Graded { grade, score: None, version: Version::V2023, source: Source::Off };
        self
    }

    fn of_quantity(mut self, quantity: &str) -> Self {
        quantity.clone_into(&mut self.quantity);
        self
    }
}

/// A category with its names in French and English.
pub(crate) fn category(tag: &str, parents: &[&str], french: &str, english: &str) -> Node {
    Node {
        tag: tag.to_owned(),
        parents: parents.iter().map(|&parent| parent.to_owned()).collect(),
        names: vec![(Lang::FR, french.to_owned()), (Lang::EN, english.to_owned())],
        synonyms: Vec::new(),
    }
}
