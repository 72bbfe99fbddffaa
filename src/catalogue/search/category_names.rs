//! Categories that a query names: "pate a tartiner" means the products of that category, whatever their own names.
//!
//! A category counts when all significant words of one of its names stand in the query.

use std::collections::BTreeMap;

use fst::automaton::Str;
use fst::{Automaton, IntoStreamer, Map, MapBuilder, Streamer};
use levenshtein_automata::DFA;
use zerocopy::IntoBytes;

use super::{SearchError, section};
use crate::catalogue::mapped::{FileWriter, MappedError, MappedFile, Section, Slice};
use crate::catalogue::text::{Words, is_stop_word, stem};
use crate::food::category::{CategoryId, Taxonomy};
use crate::food::product::Lang;

/// Languages whose category names are searched.
const LANGS: [Lang; 6] = [Lang::EN, Lang::FR, Lang(*b"de"), Lang(*b"es"), Lang(*b"it"), Lang(*b"nl")];
/// Words of one category name.
const NAME_WORDS_MAX: usize = 12;
/// Words that a beginning or a misspelt word may stand for.
const SIMILAR_MAX: usize = 48;
/// Names that are compared with one query.
const NAMES_MAX: usize = 1_024;
/// Letters from which on a beginning may be that of a category.
const PREFIX_LEN_MIN: usize = 3;
/// Categories among which the most general are chosen.
const FOUND_MAX: usize = 64;
/// Categories taken from one query.
pub(super) const CATEGORIES_MAX: usize = 8;

/// The names of all categories while the index is built.
pub(super) struct Gathered {
    /// Name numbers by word.
    words: BTreeMap<String, Vec<u32>>,
    /// Category, then the words of the name.
    names: Vec<(u32, Vec<String>)>,
}

impl Gathered {
    pub(super) fn of(taxonomy: &Taxonomy) -> Self {
        let mut gathered = Self { words: BTreeMap::new(), names: Vec::new() };
        for id in taxonomy.ids() {
            let node = taxonomy.node(id);
            let texts = node.names.iter().chain(&node.synonyms).filter(|(lang, _)| LANGS.contains(lang));
            let mut names: Vec<Vec<String>> = texts.map(|(_, text)| significant(text)).collect();
            names.retain(|words| (1..=NAME_WORDS_MAX).contains(&words.len()));
            names.sort();
            names.dedup();
            for words in names {
                let number = gathered.names.len() as u32;
                for word in &words {
                    gathered.words.entry(word.clone()).or_default().push(number);
                }
                gathered.names.push((id.0, words));
            }
        }
        gathered
    }

    pub(super) fn write(self, writer: &mut FileWriter) -> Result<(), SearchError> {
        writer.begin(section::CATEGORY_WORDS)?;
        let mut dictionary = MapBuilder::new(&mut *writer)?;
        for (number, word) in self.words.keys().enumerate() {
            dictionary.insert(word, number as u64)?;
        }
        dictionary.finish()?;
        let numbers: BTreeMap<&str, u32> = self.words.keys().map(String::as_str).zip(0..).collect();
        write_lists(writer, section::CATEGORY_LISTS, section::CATEGORY_LIST_ENDS, self.words.values().cloned())?;
        let names = self.names.iter().map(|(category, words)| {
            std::iter::once(*category)
                .chain(words.iter().filter_map(|word| numbers.get(word.as_str()).copied()))
                .collect()
        });
        write_lists(writer, section::CATEGORY_NAMES, section::CATEGORY_NAME_ENDS, names)
    }
}

fn write_lists(
    writer: &mut FileWriter,
    name: &str,
    ends_name: &str,
    lists: impl Iterator<Item = Vec<u32>>,
) -> Result<(), SearchError> {
    let (mut flat, mut ends) = (Vec::new(), Vec::new());
    for list in lists {
        flat.extend(list);
        ends.push(flat.len() as u32);
    }
    writer.section(name, flat.as_bytes())?;
    Ok(writer.section(ends_name, ends.as_bytes())?)
}

/// The stems of a name's words that say something, each once; of "À la", whatever it has.
fn significant(text: &str) -> Vec<String> {
    let words = Words::of(text);
    let mut stems: Vec<String> =
        words.iter().filter(|word| !is_stop_word(word)).map(|word| stem(word).into()).collect();
    stems.sort();
    stems.dedup();
    stems
}

/// A category that a query names, and the words (a bit each) that name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NamedCategory {
    pub(super) category: CategoryId,
    pub(super) words: u32,
    /// What it costs that only a category has the words.
    pub(super) cost: i32,
}

/// How a word of the query is compared with the words of category names.
pub(super) enum Compare<'a> {
    /// As it is, apart from its plural.
    Stem(&'a str),
    /// As it is or as a beginning.
    Prefix(&'a str),
    /// With its typos.
    Fuzzy(&'a DFA),
}

/// The names of categories, read in place.
pub(super) struct CategoryNames {
    words: Map<Section>,
    lists: Lists,
    names: Lists,
}

impl CategoryNames {
    pub(super) fn open(file: &MappedFile) -> Result<Self, MappedError> {
        file.verify_section(section::CATEGORY_WORDS)?;
        let words =
            Map::new(file.bytes(section::CATEGORY_WORDS)?).map_err(|error| file.damaged(format!("words: {error}")))?;
        let lists =
            Lists { flat: file.slice(section::CATEGORY_LISTS)?, ends: file.slice(section::CATEGORY_LIST_ENDS)? };
        let names =
            Lists { flat: file.slice(section::CATEGORY_NAMES)?, ends: file.slice(section::CATEGORY_NAME_ENDS)? };
        Ok(Self { words, lists, names })
    }

    /// The categories named by words; each of `query` may be compared in several ways. A category below another one
    /// that the same words name is left out; those named by most words come first, then the most general.
    pub(super) fn named<'a>(
        &self,
        query: impl Iterator<Item = (u32, Compare<'a>)>,
        cost: i32,
        taxonomy: &Taxonomy,
    ) -> Vec<NamedCategory> {
        let mut meant: Vec<(u32, u32)> = Vec::new();
        for (bit, compare) in query {
            self.similar(&compare, |number| match meant.iter_mut().find(|(known, _)| *known == number) {
                Some((_, bits)) => *bits |= bit,
                None => meant.push((number, bit)),
            });
        }
        let mut found: Vec<NamedCategory> = Vec::new();
        let names = meant.iter().flat_map(|(number, _)| self.lists.get(*number)).take(NAMES_MAX);
        for name in names.filter_map(|name| self.covered(*name, &meant, cost)) {
            if (name.category.0 as usize) < taxonomy.len() && !found.contains(&name) && found.len() < FOUND_MAX {
                found.push(name);
            }
        }
        let general = |named: &NamedCategory| {
            let above = taxonomy.ancestors(named.category);
            !found.iter().any(|other| {
                let covers = other.words & named.words == named.words;
                covers
                    && (above.contains(&other.category)
                        || other.category == named.category && other.words != named.words)
            })
        };
        let mut general: Vec<_> = found.iter().copied().filter(general).collect();
        general
            .sort_by_key(|named| (u32::MAX - named.words.count_ones(), taxonomy.depth(named.category), named.category));
        general.truncate(CATEGORIES_MAX);
        general
    }

    fn similar(&self, compare: &Compare<'_>, mut take: impl FnMut(u32)) {
        match compare {
            Compare::Stem(word) => {
                if let Some(number) = self.words.get(stem(word)) {
                    take(number as u32);
                }
            }
            Compare::Prefix(word) if word.len() < PREFIX_LEN_MIN => {}
            Compare::Prefix(word) => each(self.words.search(Str::new(word).starts_with()), take),
            Compare::Fuzzy(automaton) => each(self.words.search(automaton), take),
        }
    }

    /// The category of a name if each of its words is meant.
    fn covered(&self, name: u32, meant: &[(u32, u32)], cost: i32) -> Option<NamedCategory> {
        let (category, words) = self.names.get(name).split_first()?;
        let mut covered = 0;
        for word in words {
            covered |= meant.iter().find(|(number, _)| number == word)?.1;
        }
        Some(NamedCategory { category: CategoryId(*category), words: covered, cost })
    }
}

fn each<'m, A: Automaton + 'm>(
    search: impl IntoStreamer<'m, Into = fst::map::Stream<'m, A>>,
    mut take: impl FnMut(u32),
) {
    let mut stream = search.into_stream();
    for _ in 0..SIMILAR_MAX {
        let Some((_, number)) = stream.next() else { return };
        take(number as u32);
    }
}

struct Lists {
    flat: Slice<u32>,
    ends: Slice<u32>,
}

impl Lists {
    fn get(&self, index: u32) -> &[u32] {
        let index = index as usize;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(index).copied().unwrap_or(start);
        self.flat.get(start as usize..end as usize).unwrap_or(&[])
    }
}
