//! The taxonomies of Open Food Facts: categories, labels, countries and others, all of one shape.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use crate::food::category::{Node, Taxonomy};
use crate::food::product::Lang;

/// The largest file that is read: four times the largest taxonomy of 2026, that of ingredients.
pub const FILE_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Languages whose names and synonyms are kept, to bound memory: those of the pages and those of
/// most records.
const LANGS: [Lang; 7] = [Lang::EN, Lang::FR, Lang(*b"de"), Lang(*b"es"), Lang(*b"it"), Lang(*b"nl"), Lang(*b"pt")];
/// Names and synonyms longer than this are remarks.
const WORD_BYTES_MAX: usize = 200;

/// Why a text is no taxonomy.
#[derive(Debug, thiserror::Error)]
pub enum TaxonomyError {
    /// It is not JSON of that shape.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// It has no node.
    #[error("it has no entry")]
    Empty,
    /// It is larger than any taxonomy.
    #[error("it is larger than {FILE_BYTES_MAX} bytes")]
    TooLarge,
}

/// What a taxonomy is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Categories of food.
    Categories,
    /// Labels.
    Labels,
    /// Countries.
    Countries,
    /// Something that is not used.
    Other,
}

/// Tags that only one taxonomy has: two of each, in case one is renamed.
const TELLING: [(Subject, &str); 6] = [
    (Subject::Categories, "en:beverages"),
    (Subject::Categories, "en:snacks"),
    (Subject::Labels, "en:organic"),
    (Subject::Labels, "en:fair-trade"),
    (Subject::Countries, "en:france"),
    (Subject::Countries, "en:germany"),
];

impl Subject {
    /// Told by tags that only one taxonomy has.
    fn of(taxonomy: &Taxonomy) -> Self {
        let known = TELLING.into_iter().find(|(_, tag)| taxonomy.id(tag).is_some());
        known.map_or(Self::Other, |(subject, _)| subject)
    }
}

/// Reads a `{tag: {name: {lang: text}, parents: [tag], synonyms: {lang: [text]}}}` file.
pub fn parse(json: &[u8]) -> Result<(Subject, Taxonomy), TaxonomyError> {
    let Nodes(nodes) = serde_json::from_slice(json)?;
    if nodes.is_empty() {
        return Err(TaxonomyError::Empty);
    }
    let taxonomy = Taxonomy::new(nodes);
    Ok((Subject::of(&taxonomy), taxonomy))
}

/// One entry as the file has it; what is not read is left out.
#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    name: Words<Option<String>>,
    #[serde(default)]
    synonyms: Words<Option<Vec<Option<String>>>>,
    #[serde(default)]
    parents: Option<Vec<String>>,
}

impl Entry {
    fn node(self, tag: String) -> Node {
        let names = self.name.0.into_iter().filter_map(|(lang, name)| Some((lang, word(&name?)?)));
        let synonyms =
            self.synonyms.0.into_iter().flat_map(|(lang, words)| {
                words.into_iter().flatten().filter_map(move |text| Some((lang, word(&text?)?)))
            });
        Node { names: names.collect(), synonyms: synonyms.collect(), parents: self.parents.unwrap_or_default(), tag }
    }
}

fn word(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty() && text.len() <= WORD_BYTES_MAX).then(|| text.to_owned())
}

/// A map by language, only the languages that are kept.
struct Words<T>(Vec<(Lang, T)>);

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Words<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByLang<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ByLang<T> {
            type Value = Words<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("texts by language")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut words = Words::default();
                while let Some(key) = map.next_key::<Cow<'_, str>>()? {
                    match Lang::parse(&key).filter(|lang| key.len() == 2 && LANGS.contains(lang)) {
                        Some(lang) => words.0.push((lang, map.next_value()?)),
                        None => drop(map.next_value::<serde::de::IgnoredAny>()?),
                    }
                }
                Ok(words)
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Words::default())
            }
        }
        deserializer.deserialize_any(ByLang(PhantomData))
    }
}

/// The entries in the order of the file.
struct Nodes(Vec<Node>);

impl<'de> Deserialize<'de> for Nodes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByTag;
        impl<'de> Visitor<'de> for ByTag {
            type Value = Nodes;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("entries by tag")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Nodes, A::Error> {
                let mut nodes = Vec::new();
                while let Some((tag, entry)) = map.next_entry::<String, Entry>()? {
                    nodes.push(entry.node(tag));
                }
                Ok(Nodes(nodes))
            }
        }
        deserializer.deserialize_map(ByTag)
    }
}
