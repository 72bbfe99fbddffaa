//! What the plainest search finds: every product is read and every word compared.
//!
//! A product matches a query if each word of the query is one of its words (of its name, brand and quantity), the last
//! one perhaps only begun. Where a mistake was made, a word may also differ from the product's by one letter from five
//! letters on, by two from nine on (a letter lost, added, replaced, or two neighbours swapped), and only the products
//! with the fewest wrong letters match. Categories, plurals, joined and split words are left to the index.

use std::collections::HashMap;

use foodswap::catalogue::search::{Count, SearchResults};
use foodswap::catalogue::text::{Words, is_stop_word};
use foodswap::food::product::Product;

/// Results that are compared with the oracle's: what a person sees without scrolling.
const SEEN: usize = 10;
/// Letters from which on one, and two, may be wrong.
const TYPO_LENS: [usize; 2] = [5, 9];

/// A query, what the index answered, and what the oracle has found so far.
pub(super) struct Asked {
    /// The words that a product must have, and whether each may be only begun.
    words: Vec<(String, bool)>,
    may_be_misspelt: bool,
    answer: Vec<u32>,
    /// What the index says is the number of all matches, if it says so.
    count: Option<u32>,
    /// Wrong letters of the best matches.
    least: u8,
    matches: u32,
    /// Those of them that the index answered.
    answered: u32,
}

/// That a word of a product is, or may be meant by, a word of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    query: u16,
    word: u8,
    wrong: u8,
}

impl Asked {
    pub(super) fn new(text: &str, may_be_misspelt: bool, results: &SearchResults) -> Self {
        let all = Words::of(text);
        let is_begun = |place: usize| place + 1 == all.len() && text.ends_with(char::is_alphanumeric);
        let mut words: Vec<(String, bool)> =
            all.iter().enumerate().map(|(place, word)| (word.to_owned(), is_begun(place))).collect();
        if words.iter().any(|(word, _)| !is_stop_word(word)) {
            words.retain(|(word, _)| !is_stop_word(word));
        }
        let count = match results.count {
            Count::Exact(count) => Some(count),
            Count::AtLeast(_) => None,
        };
        let answer = results.docs.iter().take(SEEN).map(|doc| doc.0).collect();
        Self { words, may_be_misspelt, answer, count, least: u8::MAX, matches: 0, answered: 0 }
    }

    /// How many letters of one of its words are wrong if `text` was meant; `None` if it was not.
    fn wrong(&self, word: usize, text: &str) -> Option<u8> {
        let (asked, is_begun) = &self.words[word];
        if asked == text || *is_begun && text.starts_with(asked.as_str()) {
            return Some(0);
        }
        let most = TYPO_LENS.iter().filter(|len| self.may_be_misspelt && asked.len() >= **len).count();
        let wrong = distance_up_to(most, asked, text)?;
        Some(wrong as u8)
    }

    fn matched(&mut self, doc: u32, wrong: u8) {
        if wrong > self.least {
            return;
        }
        if wrong < self.least {
            (self.least, self.matches, self.answered) = (wrong, 0, 0);
        }
        self.matches += 1;
        self.answered += u32::from(self.answer.contains(&doc));
    }

    /// The share of the matches, or of as many as are seen, that the index answered; all of nothing is found.
    fn recall(&self) -> f64 {
        let seen = self.matches.min(SEEN as u32);
        if seen == 0 { 1.0 } else { f64::from(self.answered) / f64::from(seen) }
    }
}

/// Reads all products.
pub(super) fn scan(asked: &mut [Asked], products: impl Iterator<Item = Product>) {
    let mut known: HashMap<String, Vec<Hit>> = HashMap::new();
    let mut hits: Vec<Hit> = Vec::new();
    for (doc, product) in (0..).zip(products) {
        hits.clear();
        let texts = product.brands.iter().chain([&product.names[0].text, &product.quantity]);
        for words in texts.map(|text| Words::of(text)) {
            for word in words.iter() {
                if !known.contains_key(word) {
                    known.insert(word.to_owned(), hits_of(word, asked));
                }
                hits.extend(&known[word]);
            }
        }
        hits.sort_unstable();
        hits.dedup_by_key(|hit| (hit.query, hit.word));
        for of_query in hits.chunk_by(|left, right| left.query == right.query) {
            let query = &mut asked[usize::from(of_query[0].query)];
            if of_query.len() == query.words.len() {
                query.matched(doc, of_query.iter().map(|hit| hit.wrong).sum());
            }
        }
    }
}

fn hits_of(text: &str, asked: &[Asked]) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (query, asked) in asked.iter().enumerate() {
        for word in 0..asked.words.len() {
            let hit = |wrong| Hit { query: query as u16, word: word as u8, wrong };
            hits.extend(asked.wrong(word, text).map(hit));
        }
    }
    hits
}

/// Letters lost, added, replaced and swapped, if they are not more than `most`.
fn distance_up_to(most: usize, left: &str, right: &str) -> Option<usize> {
    // a wrong letter changes at most two bits of the set, so that most words are ruled out by it
    let is_far = (letters(left) ^ letters(right)).count_ones() as usize > 2 * most;
    if most == 0 || is_far || left.len().abs_diff(right.len()) > most {
        return None;
    }
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, letter) in left.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, other) in right.iter().enumerate() {
            let mut least = (row[j] + usize::from(letter != other)).min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && *letter == right[j - 1] && left[i - 1] == *other {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    Some(row[right.len()]).filter(|distance| *distance <= most)
}

fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |letters, letter| letters | 1 << (letter % 64))
}

/// Prints what the oracle found of one kind of query.
pub(super) fn report(name: &str, asked: &[Asked]) {
    let mean = asked.iter().map(Asked::recall).sum::<f64>() / asked.len() as f64;
    let whole = asked.iter().filter(|asked| asked.recall() >= 1.0).count();
    let few = asked.iter().filter(|asked| asked.matches <= SEEN as u32).count();
    let counted = asked.iter().filter(|asked| asked.count.is_some()).count();
    let too_few = asked.iter().filter(|asked| asked.count.is_some_and(|count| count < asked.matches)).count();
    println!(
        "{name:20} recall {:6.2} %  nothing missed in {:6.2} %  at most {SEEN} matches in {:5.1} %  \
         exact counts {counted}, too low {too_few}",
        mean * 100.0,
        whole as f64 * 100.0 / asked.len() as f64,
        few as f64 * 100.0 / asked.len() as f64,
    );
}
