//! What lists show of the documents, packed one after the other.

use serde::{Deserialize, Serialize};
use zerocopy::IntoBytes;

use crate::catalogue::build::BuildError;
use crate::catalogue::build::spool::Spool;
use crate::catalogue::mapped::{FileWriter, MappedError, MappedFile, Section, Slice};
use crate::food::nutri_score::NutriScore;
use crate::food::product::{FrontImage, Lang, Product};

const ENDS: &str = "cards.ends";
const CARDS: &str = "cards";

/// The languages of the pages: names in them are kept beside that of the product's own language.
const PAGE_LANGS: [Lang; 2] = [Lang::FR, Lang::EN];

/// One card as stored, borrowed from the mapped file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct StoredCard<'a> {
    /// That of the main language first.
    #[serde(borrow)]
    pub(crate) names: Vec<(Lang, &'a str)>,
    #[serde(borrow)]
    pub(crate) brands: Vec<&'a str>,
    pub(crate) quantity: &'a str,
    pub(crate) nutri_score: NutriScore,
    pub(crate) nova_group: Option<u8>,
    pub(crate) image: Option<FrontImage>,
}

impl<'a> StoredCard<'a> {
    fn of(product: &'a Product) -> Self {
        Self {
            names: card_names(product),
            brands: product.brands.iter().map(String::as_str).collect(),
            quantity: &product.quantity,
            nutri_score: product.nutri_score,
            nova_group: product.nova_group,
            image: product.image.clone(),
        }
    }

    /// Its name in a language, else in its own.
    pub(crate) fn name(&self, lang: Lang) -> &'a str {
        let wished = self.names.iter().find(|(of, _)| *of == lang);
        wished.or(self.names.first()).map_or("", |(_, name)| name)
    }
}

fn card_names(product: &Product) -> Vec<(Lang, &str)> {
    let mut names: Vec<(Lang, &str)> =
        product.names.first().map(|name| (name.lang, name.text.as_str())).into_iter().collect();
    for lang in PAGE_LANGS {
        let name = product.name(lang);
        if names.iter().all(|(_, known)| *known != name) && !names.is_empty() {
            names.push((lang, name));
        }
    }
    names
}

/// All cards, read in place.
#[derive(Debug, Clone)]
pub(crate) struct Cards {
    ends: Slice<u32>,
    cards: Section,
}

impl Cards {
    pub(crate) fn open(file: &MappedFile) -> Result<Self, MappedError> {
        Ok(Self { ends: file.slice(ENDS)?, cards: file.bytes(CARDS)? })
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// One card; none past the last or where the file is damaged.
    pub(crate) fn get(&self, doc: u32) -> Option<StoredCard<'_>> {
        let end = *self.ends.get(doc as usize)?;
        let start = doc.checked_sub(1).and_then(|before| self.ends.get(before as usize)).copied().unwrap_or(0);
        postcard::from_bytes(self.cards.get(start as usize..end as usize)?).ok()
    }
}

/// Writes cards to a scratch file as they come; 4 bytes a document stay in memory.
pub(crate) struct CardsBuilder {
    ends: Vec<u32>,
    cards: Spool,
    buffer: Vec<u8>,
}

impl CardsBuilder {
    pub(crate) fn new(scratch: &std::path::Path) -> Result<Self, BuildError> {
        Ok(Self { ends: Vec::new(), cards: Spool::create(scratch, CARDS)?, buffer: Vec::new() })
    }

    /// Adds the next document.
    pub(crate) fn add(&mut self, product: &Product) -> Result<(), BuildError> {
        self.buffer.clear();
        postcard::to_io(&StoredCard::of(product), &mut self.buffer)
            .expect("every length is known and memory takes what is written");
        self.cards.write(&self.buffer)?;
        self.ends.push(u32::try_from(self.cards.len()).map_err(|_| BuildError::TooLarge)?);
        Ok(())
    }

    /// Writes the sections.
    pub(crate) fn finish(self, file: &mut FileWriter) -> Result<(), BuildError> {
        file.section(ENDS, self.ends.as_bytes())?;
        self.cards.finish(CARDS, file)
    }
}
