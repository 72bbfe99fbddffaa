//! Enumerates the documents that may match a plan, most popular first, within a fixed amount of work.

use super::plan::{Pattern, Plan};
use super::postings::{Cursor, END};
use super::rank::Ranking;
use super::{Count, Search, SearchIndex, SearchRequest, SearchResults};
use crate::catalogue::snapshot::Doc;

/// Matches that are scored: with documents in order of popularity, a better one hardly comes later.
const SCORED_MAX: usize = 1_024;
/// Documents that are looked at in one walk to see whether they match.
const READ_MAX: usize = 4_096;
/// Documents that a filter turns away in one walk: that is seen without reading them, some milliseconds for so many.
const TURNED_AWAY_MAX: usize = 65_536;
/// Documents that are read together: so many reads of memory as a processor has under way at once, a few times over.
const BATCH: usize = 32;
/// Moves within posting lists in one walk, in each list on its own: some milliseconds.
const STEPS_MAX: usize = 60_000;
/// Documents that are looked at in all walks of one search.
const READ_IN_ALL_MAX: usize = 2 * READ_MAX;
/// Lists that are walked as lists; shorter ones are merged beforehand.
pub(super) const LISTS_MAX: usize = 24;
/// Documents in lists merged beforehand, for one word.
const MERGED_MAX: usize = 16_384;
/// A list longer than this is walked rather than merged.
const LONG: u32 = 256;
/// With so few candidates it is quicker to read each than to walk the lists of the other words.
const FEW: u64 = 256;

/// The matches of a plan, best first.
#[derive(Debug, Default)]
pub(super) struct Found {
    docs: Vec<u32>,
    /// Matches seen.
    pub(super) count: u32,
    /// Whether all of the catalogue was considered.
    pub(super) is_complete: bool,
}

impl Found {
    /// Documents that are in their order already.
    pub(super) fn in_order(docs: Vec<u32>) -> Self {
        Self { count: docs.len() as u32, docs, is_complete: true }
    }

    /// The page that was asked for.
    pub(super) fn page(&self, request: &SearchRequest, left_out: Option<String>) -> SearchResults {
        let docs = self.docs.iter().skip(request.offset).take(request.limit).map(|doc| Doc(*doc)).collect();
        let count = if self.is_complete { Count::Exact(self.count) } else { Count::AtLeast(self.count) };
        SearchResults { docs, count, left_out }
    }
}

/// Finds and sorts the matches of a plan.
pub(super) fn run(search: &Search<'_>, plan: &Plan, ranking: &Ranking<'_>) -> Found {
    let Some(mut walk) = Walk::new(search, plan) else {
        return Found { is_complete: true, ..Found::default() };
    };
    let mut matches: Vec<(i32, u32)> = Vec::new();
    let (mut read, mut turned_away) = (0, 0);
    let read_max = READ_MAX.min(READ_IN_ALL_MAX.saturating_sub(search.read.get()));
    let mut doc = walk.next(0);
    while doc != END && matches.len() < SCORED_MAX && read < read_max && turned_away < TURNED_AWAY_MAX {
        let mut batch = Vec::with_capacity(BATCH);
        while doc != END && batch.len() < BATCH.min(read_max - read) && turned_away < TURNED_AWAY_MAX {
            if search.passes(doc) {
                batch.push(doc);
            } else {
                turned_away += 1;
            }
            doc = walk.next(doc + 1);
        }
        read += batch.len();
        let documents = search.documents(&batch);
        let documents = documents.iter().filter(|document| ranking.may_match(document));
        matches.extend(documents.filter_map(|document| Some((ranking.score(document)?, document.doc))));
    }
    search.read.set(search.read.get() + read);
    let is_complete = doc == END && !walk.is_cut;
    matches.sort_unstable_by_key(|(score, doc)| (-score, *doc));
    let count = matches.len() as u32;
    Found { docs: matches.into_iter().map(|(_, doc)| doc).collect(), count, is_complete }
}

/// The documents that are in a list of every required word.
struct Walk<'a> {
    unions: Vec<Union<'a>>,
    documents: u32,
    steps: usize,
    /// Whether documents may have been passed over.
    is_cut: bool,
}

impl<'a> Walk<'a> {
    /// `None` if nothing can match.
    fn new(search: &Search<'a>, plan: &Plan) -> Option<Self> {
        let index = search.index;
        let mut walk = Self { unions: Vec::new(), documents: index.len(), steps: 0, is_cut: false };
        let mut words: Vec<(u64, u32)> = Vec::new();
        for word in (0..plan.words as u32).map(|place| 1 << place).filter(|word| plan.required & word != 0) {
            let covered = plan.categories.iter().filter(|named| named.words & word != 0);
            let named: u64 = covered.map(|named| u64::from(index.count(index.category_entry(named.category)))).sum();
            let weight = plan.count(index, word) + named;
            if weight == 0 {
                return None;
            }
            let is_heavy = plan.patterns.iter().any(|pattern| pattern.words & word != 0 && pattern.is_heavy);
            if !is_heavy {
                words.push((weight, word));
            }
        }
        words.sort_unstable();
        if let Some(category) = search.request.category {
            walk.unions.push(Union::of([index.category_entry(category)], index));
        }
        for (_, word) in words.iter().take_while(|(weight, _)| *weight == words[0].0 || words[0].0 > FEW) {
            let union = Union::of_word(index, plan, *word);
            walk.is_cut |= union.is_cut;
            walk.unions.push(union);
        }
        if let (true, Some(prefix)) = (words.is_empty() && walk.unions.is_empty(), &plan.heavy_prefix)
            && !search.has_filter()
        {
            walk.unions.push(Union::top(index, plan, prefix));
            walk.is_cut = true;
        }
        Some(walk)
    }

    /// The first candidate that is not before `target`.
    fn next(&mut self, mut target: u32) -> u32 {
        'candidates: loop {
            if target == END {
                return END;
            }
            if self.unions.is_empty() {
                return if target < self.documents { target } else { END };
            }
            if self.steps > STEPS_MAX {
                self.is_cut = true;
                return END;
            }
            for union in &mut self.unions {
                let doc = union.seek(target, &mut self.steps);
                if doc != target {
                    target = doc;
                    continue 'candidates;
                }
            }
            return target;
        }
    }
}

/// The documents that are in at least one of some lists.
struct Union<'a> {
    lists: Vec<Cursor<'a>>,
    pairs: Vec<Pair<'a>>,
    merged: Vec<u32>,
    at: usize,
    is_cut: bool,
}

impl<'a> Union<'a> {
    fn of(ordinals: impl IntoIterator<Item = u32>, index: &'a SearchIndex) -> Self {
        let mut union = Self { lists: Vec::new(), pairs: Vec::new(), merged: Vec::new(), at: 0, is_cut: false };
        let mut long: Vec<(u32, u32)> = Vec::new();
        for ordinal in ordinals {
            match index.count(ordinal) {
                0 => {}
                1 => union.merged.push(index.entry(ordinal).place() as u32),
                count if count > LONG => long.push((count, ordinal)),
                _ => union.merge(index.cursor(ordinal)),
            }
        }
        long.sort_unstable();
        long.dedup();
        // of too many long lists the longest stay: they have the best known products
        let cut = long.len().saturating_sub(LISTS_MAX);
        union.is_cut |= cut > 0;
        union.lists.extend(long[cut..].iter().map(|(_, ordinal)| index.cursor(*ordinal)));
        union.merged.sort_unstable();
        union.merged.dedup();
        union
    }

    /// All lists of one word of the query.
    fn of_word(index: &'a SearchIndex, plan: &Plan, word: u32) -> Self {
        let patterns = plan.patterns.iter().filter(|pattern| pattern.words & word != 0);
        let (pairs, singles): (Vec<&Pattern>, Vec<&Pattern>) =
            patterns.partition(|pattern| pattern.followed_by.is_some());
        let words = singles.iter().flat_map(|pattern| pattern.first..pattern.end);
        let categories = plan.categories.iter().filter(|named| named.words & word != 0);
        let ordinals = words.chain(categories.map(|named| index.category_entry(named.category)));
        let mut union = Self::of(ordinals, index);
        for pair in pairs {
            let followers = pair.followed_by.map_or(0..0, |(first, end)| first..end);
            let right = (followers.len() <= LISTS_MAX).then(|| Self::of(followers, index));
            union.pairs.push(Pair { left: index.cursor(pair.first), right, reached: 0 });
        }
        union
    }

    /// The most popular documents below a heavy prefix, and of what else stands for the only word.
    fn top(index: &'a SearchIndex, plan: &Plan, prefix: &str) -> Self {
        let ordinals = plan.patterns.iter().filter(|pattern| !pattern.is_heavy && pattern.followed_by.is_none());
        let mut union = Self::of(ordinals.flat_map(|pattern| pattern.first..pattern.end), index);
        union.merged.extend(index.prefixes.of(prefix).unwrap_or(&[]));
        union.merged.sort_unstable();
        union.merged.dedup();
        union
    }

    fn merge(&mut self, mut list: Cursor<'_>) {
        while list.doc() != END {
            if self.merged.len() == MERGED_MAX {
                self.is_cut = true;
                return;
            }
            self.merged.push(list.doc());
            list.seek(list.doc() + 1);
        }
    }

    /// `target` if it is in one of the lists; else a later document before which there is none.
    fn seek(&mut self, target: u32, steps: &mut usize) -> u32 {
        *steps += 1;
        let ahead = &self.merged[self.at..];
        self.at += match ahead.first() {
            Some(doc) if *doc < target => ahead.partition_point(|doc| *doc < target),
            _ => 0,
        };
        let mut nearest = self.merged.get(self.at).copied().unwrap_or(END);
        for list in &mut self.lists {
            if nearest == target {
                return target;
            }
            *steps += 1;
            nearest = nearest.min(list.seek(target));
        }
        for pair in &mut self.pairs {
            if nearest == target {
                return target;
            }
            nearest = nearest.min(pair.seek(target, steps));
        }
        nearest
    }
}

/// The documents that have both halves of a word; whether they follow each other is seen when they are read.
///
/// They are not enumerated beforehand: two usual halves have tens of thousands in common, and the other words of the
/// query pass over nearly all of them.
struct Pair<'a> {
    left: Cursor<'a>,
    /// `None` where the second half is begun and very many words go on from there: it is seen when they are read.
    right: Option<Union<'a>>,
    /// A document before which there is none, apart from those passed already.
    reached: u32,
}

impl Pair<'_> {
    /// As [`Union::seek`].
    fn seek(&mut self, target: u32, steps: &mut usize) -> u32 {
        if self.reached <= target {
            *steps += 1;
            let left = self.left.seek(target);
            self.reached = self.right.as_mut().map_or(left, |right| right.seek(left, steps));
        }
        self.reached
    }
}
