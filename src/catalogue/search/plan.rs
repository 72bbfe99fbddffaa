//! What in the dictionary, and which categories, the words of a query stand for.

use fst::{IntoStreamer, Streamer};

use super::category_names::{Compare, NamedCategory};
use super::query::Query;
use super::typo::Round;
use super::walk::LISTS_MAX;
use super::{SearchIndex, typo};
use crate::catalogue::text::stem;
use crate::food::category::Taxonomy;

/// A word in more products than this is not tried as two words.
const SPLIT_COUNT_MAX: u32 = 1_000;
/// Ways to cut a word in two that are tried.
const SPLITS_MAX: usize = 3;
/// The shortest word that is tried as two.
const SPLIT_LEN_MIN: usize = 4;
/// Bytes of the longest word made of neighbouring ones.
const JOINED_LEN_MAX: usize = 32;
/// Neighbouring words that are tried as one.
const JOINED_WORDS_MAX: usize = 3;

/// What a match costs in the rank; see [`super::rank`] for the scale.
pub(super) mod cost {
    /// The word in its singular or plural.
    pub(in super::super) const PLURAL: i32 = 15;
    /// Two words of the query written as one, or the other way round.
    pub(in super::super) const JOINED: i32 = 20;
    /// The word is the beginning of the product's.
    pub(in super::super) const PREFIX: i32 = 160;
    /// One letter is wrong.
    pub(in super::super) const TYPO: i32 = 560;
    /// Two letters are wrong.
    pub(in super::super) const TWO_TYPOS: i32 = 700;
    /// Only a category of the product has the word.
    pub(in super::super) const CATEGORY: i32 = 250;
}

/// Words of the dictionary that stand for words of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The first ordinal.
    pub(super) first: u32,
    /// The ordinal after the last.
    pub(super) end: u32,
    /// Ordinals of which one must follow at once.
    pub(super) followed_by: Option<(u32, u32)>,
    /// The words of the query, a bit each.
    pub(super) words: u32,
    /// What the match costs.
    pub(super) cost: i32,
    /// Whether so many products have one that they are not enumerated.
    pub(super) is_heavy: bool,
}

impl Pattern {
    pub(super) fn word(ordinal: u32, words: u32, cost: i32) -> Self {
        Self { first: ordinal, end: ordinal + 1, followed_by: None, words, cost, is_heavy: false }
    }
}

/// What a query means.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    pub(super) patterns: Vec<Pattern>,
    pub(super) categories: Vec<NamedCategory>,
    /// The words that must match, a bit each.
    pub(super) required: u32,
    /// The last word, where it may be the beginning of a word in very many products.
    pub(super) heavy_prefix: Option<String>,
    /// Words of the query.
    pub(super) words: usize,
}

impl Plan {
    /// The words as they are written: also as plural, beginning, joined and split.
    pub(super) fn as_written(index: &SearchIndex, query: &Query, taxonomy: &Taxonomy) -> Self {
        let mut plan = Self { required: query.required, words: query.words.len(), ..Self::default() };
        for (place, word) in query.words.iter().enumerate() {
            plan.add_word(index, word, 1 << place);
            plan.add_splits(index, word, 1 << place, query.open_word() == Some(place));
        }
        if let Some(open) = query.open_word() {
            plan.add_prefix(index, &query.words[open], 1 << open);
        }
        for len in 2..=JOINED_WORDS_MAX {
            plan.add_joined(index, query, len);
        }
        plan.add_categories(index, query, query.open_word(), taxonomy);
        plan
    }

    /// The categories that the words name, those known already apart; the `open` one may only be begun.
    fn add_categories(&mut self, index: &SearchIndex, query: &Query, open: Option<usize>, taxonomy: &Taxonomy) {
        let stems = query.words.iter().enumerate().map(|(place, word)| (1 << place, Compare::Stem(word)));
        let beginning = open.map(|open| (1 << open, Compare::Prefix(&query.words[open])));
        self.add_new(index.categories.named(stems.chain(beginning), cost::CATEGORY, taxonomy));
    }

    fn add_new(&mut self, categories: Vec<NamedCategory>) {
        for named in categories {
            let is_same = |known: &NamedCategory| known.category == named.category && known.words == named.words;
            if !self.categories.iter().any(is_same) {
                self.categories.push(named);
            }
        }
    }

    /// Adds what some of the words may be misspellings of.
    pub(super) fn add_misspellings(&mut self, index: &SearchIndex, query: &Query, taxonomy: &Taxonomy, round: Round) {
        let mut compared = Vec::new();
        for (place, word) in query.words.iter().enumerate().filter(|(place, _)| round.words & 1 << place != 0) {
            if let Some(automaton) = index.automata.whole_word(word, round.distance) {
                self.patterns.extend(typo::similar_words(index, &automaton, round.distance, word, 1 << place));
                compared.push((1 << place, automaton));
            }
        }
        if let Some(open) = query.open_word().filter(|open| round.words & 1 << open != 0 && !round.is_with_results)
            && let Some(automaton) = index.automata.beginning(&query.words[open])
        {
            self.patterns.extend(typo::similar_words(index, &automaton, 1, &query.words[open], 1 << open));
        }
        if round.is_with_results {
            // a category near to what is already found says nothing about it
            return;
        }
        let stems = query.words.iter().enumerate().map(|(place, word)| (1 << place, Compare::Stem(word)));
        let fuzzy = compared.iter().map(|(bit, automaton)| (*bit, Compare::Fuzzy(automaton)));
        self.add_new(index.categories.named(stems.chain(fuzzy), cost::CATEGORY + cost::TYPO, taxonomy));
    }

    /// The same with one word that need not match. Without the last word, the one before it may be the one that is
    /// still being typed: "choc" finds chocolate, so "choc" and a word that nothing has must not find less.
    pub(super) fn without(&self, word: usize, index: &SearchIndex, query: &Query, taxonomy: &Taxonomy) -> Self {
        let mut plan = Self { required: self.required & !(1 << word), ..self.clone() };
        let before =
            word.checked_sub(1).filter(|before| word + 1 == query.words.len() && plan.required & 1 << before != 0);
        if let Some(open) = before {
            plan.heavy_prefix = None;
            plan.add_prefix(index, &query.words[open], 1 << open);
            plan.add_categories(index, query, Some(open), taxonomy);
        }
        plan
    }

    /// The words to try to do without: those that nothing stands for first, then the rarest; one must remain.
    pub(super) fn words_to_leave_out(&self, index: &SearchIndex) -> Vec<usize> {
        let mut words: Vec<usize> = (0..self.words).filter(|word| self.required & 1 << word != 0).collect();
        words.sort_by_key(|word| self.count(index, 1 << word));
        if words.len() < 2 { Vec::new() } else { words }
    }

    /// About how many products have a word of the query, categories apart.
    pub(super) fn count(&self, index: &SearchIndex, word: u32) -> u64 {
        let patterns = self.patterns.iter().filter(|pattern| pattern.words & word != 0);
        patterns.map(|pattern| weight(index, pattern)).sum()
    }

    fn add_word(&mut self, index: &SearchIndex, word: &str, bit: u32) {
        if let Some(ordinal) = index.ordinal(word) {
            self.patterns.push(Pattern::word(ordinal, bit, 0));
        }
        if word.len() < 3 || word.ends_with(|last: char| !last.is_alphabetic()) {
            return;
        }
        let singular = stem(word);
        let others = [singular.to_owned(), format!("{singular}s"), format!("{singular}x")];
        let others = others.iter().filter(|other| *other != word).filter_map(|other| index.ordinal(other));
        self.patterns.extend(others.map(|ordinal| Pattern::word(ordinal, bit, cost::PLURAL)));
    }

    fn add_prefix(&mut self, index: &SearchIndex, prefix: &str, bit: u32) {
        let Some((first, end)) = index.range(prefix) else { return };
        let is_heavy = index.is_heavy(prefix, first, end);
        if is_heavy {
            self.heavy_prefix = Some(prefix.to_owned());
        }
        self.patterns.push(Pattern { first, end, followed_by: None, words: bit, cost: cost::PREFIX, is_heavy });
    }

    fn add_joined(&mut self, index: &SearchIndex, query: &Query, len: usize) {
        for (place, neighbours) in query.words.windows(len).enumerate() {
            let joined = neighbours.concat();
            if joined.len() > JOINED_LEN_MAX {
                continue;
            }
            let bits = ((1 << len) - 1) << place;
            if let Some(ordinal) = index.ordinal(&joined) {
                self.patterns.push(Pattern::word(ordinal, bits, cost::JOINED));
            } else if query.open_word() == Some(place + len - 1)
                && let Some((first, end)) = index.range(&joined)
                && !index.is_heavy(&joined, first, end)
            {
                let cost = cost::JOINED + cost::PREFIX;
                self.patterns.push(Pattern { first, end, followed_by: None, words: bits, cost, is_heavy: false });
            }
        }
    }

    /// The word as two that follow each other ("cocacola", "haagendazs"); the second of an open word may be begun.
    fn add_splits(&mut self, index: &SearchIndex, word: &str, bit: u32, is_open: bool) {
        let is_usual = index.ordinal(word).is_some_and(|ordinal| index.count(ordinal) > SPLIT_COUNT_MAX);
        if is_usual {
            return;
        }
        let mut splits: Vec<(u32, Pattern)> = Vec::new();
        for (at, _) in word.char_indices().skip(1) {
            let (left, right) = word.split_at(at);
            let is_between_words = is_between_digit_and_letter(left, right);
            let is_long_enough =
                word.len() >= SPLIT_LEN_MIN && [left, right].iter().all(|half| half.chars().nth(1).is_some());
            let Some(first) = index.ordinal(left).filter(|_| is_between_words || is_long_enough) else { continue };
            let exact = index.ordinal(right).map(|second| (second, second + 1));
            let Some(second) = exact.or_else(|| index.range(right).filter(|_| is_open && right.len() > 2)) else {
                continue;
            };
            let rarer = index.count(first).min(index.count(second.0));
            let pattern = Pattern { followed_by: Some(second), ..Pattern::word(first, bit, cost::JOINED) };
            splits.push((rarer, pattern));
        }
        splits.sort_by_key(|(rarer, _)| std::cmp::Reverse(*rarer));
        self.patterns.extend(splits.into_iter().take(SPLITS_MAX).map(|(_, pattern)| pattern));
    }
}

/// Whether a number ends or begins between two halves of a word: people write "7up" and "omega3" either way.
fn is_between_digit_and_letter(left: &str, right: &str) -> bool {
    let is_digit = |letter: Option<char>| letter.map(|letter| letter.is_ascii_digit());
    let (before, after) = (is_digit(left.chars().next_back()), is_digit(right.chars().next()));
    before.zip(after).is_some_and(|(before, after)| before != after)
}

/// About how many products a pattern has.
pub(super) fn weight(index: &SearchIndex, pattern: &Pattern) -> u64 {
    let sum = |first: u32, end: u32| (first..end).map(|ordinal| u64::from(index.count(ordinal))).sum::<u64>();
    match pattern.followed_by {
        _ if pattern.is_heavy => super::prefixes::HEAVY,
        Some((first, end)) if end - first == 1 => sum(first, end).min(sum(pattern.first, pattern.end)),
        _ => sum(pattern.first, pattern.end),
    }
}

impl SearchIndex {
    /// Whether so many products have a word of this range that their lists are not walked. A few words are walked
    /// however usual they are: nothing that another word of the query asks for is then passed over.
    fn is_heavy(&self, prefix: &str, first: u32, end: u32) -> bool {
        (end - first) as usize > LISTS_MAX && self.prefixes.of(prefix).is_some()
    }

    /// The ordinals of the words that begin so; `None` if there are none.
    fn range(&self, prefix: &str) -> Option<(u32, u32)> {
        let first_not_before = |bound: &[u8]| {
            self.terms.range().ge(bound).into_stream().next().map_or(self.words, |(_, ordinal)| ordinal as u32)
        };
        let mut after = prefix.as_bytes().to_vec();
        // UTF-8 has no byte 0xff, so the last byte can always be raised
        *after.last_mut()? += 1;
        let (first, end) = (first_not_before(prefix.as_bytes()), first_not_before(&after));
        (first < end).then_some((first, end))
    }
}
