//! Misspelt words: which words of a query are suspected, and what they may have meant.

use std::sync::OnceLock;

use fst::{IntoStreamer, Streamer};
use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder};

use super::plan::{Pattern, Plan, cost};
use super::query::Query;
use super::walk::Found;
use super::{ENOUGH, SUSPICIOUS, SearchIndex};

/// Letters from which on one may be wrong.
const ONE_TYPO_LEN_MIN: usize = 5;
/// Letters from which on two may be wrong.
const TWO_TYPOS_LEN_MIN: usize = 9;
/// The same where nothing else is found: a letter doubled in the wrong place is two mistakes ("nuttela").
const TWO_TYPOS_LEN_LAST: usize = 7;
/// Letters of the longest word that is corrected: the automaton grows with it.
const TYPO_LEN_MAX: usize = 40;
/// Words of the dictionary that one misspelt word may stand for; the most usual ones are kept.
const SIMILAR_MAX: usize = 64;
/// Similar words that are looked at before the most usual are chosen.
const LOOKED_AT_MAX: usize = 4_096;

/// Which words of a query are looked for with typos.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Round {
    /// A bit per word.
    pub(super) words: u32,
    /// How many letters may be wrong, 1 or 2.
    pub(super) distance: u8,
    /// Whether something was found as written.
    pub(super) is_with_results: bool,
}

/// What to try, in this order, after a query as written found this.
pub(super) fn rounds(plan: &Plan, query: &Query, index: &SearchIndex, found: &Found) -> Vec<Round> {
    let count = found.count;
    if count > 0 && !found.is_complete {
        // there is more as written
        return Vec::new();
    }
    let long = |len: usize| {
        let words = query.words.iter().enumerate().filter(|(_, word)| word.chars().count() >= len);
        words.fold(0u32, |bits, (place, _)| bits | 1 << place) & plan.required
    };
    let is_rare = |word: &u32, at_most: u32| plan.count(index, 1 << word) <= u64::from(at_most);
    let places = |at_most: u32| {
        (0..query.words.len() as u32).filter(|word| is_rare(word, at_most)).fold(0u32, |bits, word| bits | 1 << word)
    };
    let (one, two) = (long(ONE_TYPO_LEN_MIN), long(TWO_TYPOS_LEN_MIN));
    let mut rounds: Vec<Round> = if count == 0 {
        let unknown = places(0);
        // an automaton for two typos is much larger than one for one, so only one word gets it
        let rarest = |words: u32| {
            let places = (0..query.words.len() as u32).filter(|place| words & 1 << place != 0);
            places.min_by_key(|place| plan.count(index, 1 << place)).map_or(0, |place| 1 << place)
        };
        let tries = [(one & unknown, 1), (one, 1), (rarest(two), 2), (rarest(long(TWO_TYPOS_LEN_LAST)), 2)];
        tries.into_iter().map(|(words, distance)| Round { words, distance, is_with_results: false }).collect()
    } else if count < ENOUGH || plan.required.is_power_of_two() && count <= SUSPICIOUS {
        vec![Round { words: one & places(SUSPICIOUS), distance: 1, is_with_results: true }]
    } else {
        Vec::new()
    };
    rounds.retain(|round| round.words != 0);
    rounds.dedup();
    rounds
}

/// The tables from which automata for one and for two typos are made; computed when first needed.
#[derive(Default)]
pub(super) struct TypoAutomata {
    one: OnceLock<LevenshteinAutomatonBuilder>,
    two: OnceLock<LevenshteinAutomatonBuilder>,
}

impl TypoAutomata {
    /// Accepts the words that differ from `word` by at most `distance` letters, a swap being one.
    pub(super) fn whole_word(&self, word: &str, distance: u8) -> Option<DFA> {
        (word.chars().count() <= TYPO_LEN_MAX).then(|| self.builder(distance).build_dfa(word))
    }

    /// Accepts the words whose beginning differs from `word` by at most one letter.
    pub(super) fn beginning(&self, word: &str) -> Option<DFA> {
        (word.chars().count() <= TYPO_LEN_MAX).then(|| self.builder(1).build_prefix_dfa(word))
    }

    fn builder(&self, distance: u8) -> &LevenshteinAutomatonBuilder {
        let table = if distance == 1 { &self.one } else { &self.two };
        table.get_or_init(|| LevenshteinAutomatonBuilder::new(distance, true))
    }
}

/// The most usual words that an automaton accepts, the word itself apart; of those with two typos only the ones that
/// begin like `word`, for else the whole dictionary would be walked.
pub(super) fn similar_words(index: &SearchIndex, automaton: &DFA, distance: u8, word: &str, bit: u32) -> Vec<Pattern> {
    let mut found: Vec<(u8, u32)> = Vec::new();
    let mut search = index.terms.search_with_state(automaton);
    if let (2.., Some(first)) = (distance, word.chars().next()) {
        let after = char::from_u32(u32::from(first) + 1).unwrap_or(char::MAX);
        search = search.ge(first.to_string()).lt(after.to_string());
    }
    let mut stream = search.into_stream();
    while let Some((_, ordinal, state)) = stream.next() {
        if let Distance::Exact(distance @ 1..) = automaton.distance(state) {
            found.push((distance, ordinal as u32));
        }
        if found.len() == LOOKED_AT_MAX {
            break;
        }
    }
    found.sort_by_key(|(distance, ordinal)| (*distance, u32::MAX - index.count(*ordinal)));
    found.truncate(SIMILAR_MAX);
    let cost = |distance| if distance == 1 { cost::TYPO } else { cost::TWO_TYPOS };
    found.into_iter().map(|(distance, ordinal)| Pattern::word(ordinal, bit, cost(distance))).collect()
}
