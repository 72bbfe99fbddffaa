//! Whether a product matches a plan, and how well: what it says is read once, word by word.
//!
//! The score is a sum of points. A whole name is worth more than everything that is not about words, so that the
//! product called exactly so comes first; a misspelling costs more than popularity can give back, so that what is
//! as written comes first; the rest (popularity, language, country, order of words) decides among equals.

use super::Search;
use super::category_names::NamedCategory;
use super::forward::{Document, Field, Token};
use super::plan::{Pattern, Plan, cost};
use super::query::QUERY_WORDS_MAX;
use crate::food::product::Lang;

/// All words of the query, and no other, are a name of the product.
const WHOLE_NAME: i32 = 280;
/// They are its brand.
const WHOLE_BRAND: i32 = 80;
/// The last of them is only the beginning of its brand: "butter" begins Butterfinger.
const WHOLE_BRAND_BEGUN: i32 = 20;
/// They are a name of the product and words found elsewhere in it, such as the brand.
const NAME_AND_MORE: i32 = 100;
/// Points that a product loses each time its place in the order of popularity grows by a factor of e: some 120 for the
/// last of 4 million.
const UNPOPULARITY: f32 = 8.0;
/// The product's main language is the one preferred.
const LANGUAGE: i32 = 25;
/// It is sold in the preferred country.
const COUNTRY: i32 = 40;
/// The record is complete.
const COMPLETENESS: u32 = 10;
/// All words of the query name a category, as written or begun, and the product is of it: who asks for butter means no can
/// of peas of a brand called so. More than a whole brand, less than a whole name.
const NAMED_KIND: i32 = 90;
/// The last word of the query is only the beginning of that name's.
const WHOLE_NAME_BEGUN: i32 = 40;
/// Per word that follows the one it follows in the query.
const IN_ORDER: i32 = 8;
/// Per word that says nothing about a food, or was left out, and is there all the same.
const OPTIONAL_WORD: i32 = 30;
/// Per word of the name that nobody asked for, and at most.
const OTHER_WORD: i32 = 2;
const OTHER_WORDS_MAX: i32 = 10;

/// What it costs that a word is found in a field.
fn field_cost(field: Field, lang: Lang) -> i32 {
    match field {
        Field::Name | Field::Brand | Field::BrandJoined => 0,
        Field::NameFr if lang == Lang::FR => 0,
        Field::NameEn if lang == Lang::EN => 0,
        Field::NameFr | Field::NameEn => 10,
        Field::Quantity => 30,
        Field::NameOther => 40,
        Field::Generic => 60,
    }
}

/// Judges documents for one plan.
pub(super) struct Ranking<'a> {
    search: &'a Search<'a>,
    plan: &'a Plan,
    /// Patterns of one word of the dictionary, by its ordinal.
    points: Vec<(u32, &'a Pattern)>,
    ranges: Vec<&'a Pattern>,
    /// Categories that all words of the query name.
    kinds: Vec<u32>,
}

/// What was found so far in a document.
struct Reading {
    /// What the best match of each word costs.
    costs: [i32; QUERY_WORDS_MAX],
    /// Words that were found in text, a bit each.
    found: u32,
    in_order: i32,
    bonus: i32,
    others_in_name: i32,
    /// The best name of which every word was asked for has these words of the query.
    covered_name: u32,
    /// The same for names of which the last word may only be begun.
    begun_name: u32,
    text: Option<Segment>,
}

/// The text (a name, a brand …) that is being read.
struct Segment {
    field: Field,
    words: u32,
    others: i32,
    /// Whether a word is only there as a beginning.
    is_begun: bool,
    /// The words of the query that the token before matched.
    before: u32,
}

impl<'a> Ranking<'a> {
    pub(super) fn new(search: &'a Search<'a>, plan: &'a Plan) -> Self {
        let is_point = |pattern: &&Pattern| pattern.end - pattern.first == 1;
        let (points, ranges): (Vec<&Pattern>, Vec<&Pattern>) = plan.patterns.iter().partition(is_point);
        let mut points: Vec<_> = points.into_iter().map(|pattern| (pattern.first, pattern)).collect();
        points.sort_by_key(|(ordinal, _)| *ordinal);
        let names_all = |named: &&NamedCategory| {
            named.cost <= cost::CATEGORY && plan.required != 0 && named.words & plan.required == plan.required
        };
        let kinds = plan.categories.iter().filter(names_all).map(|named| named.category.0).collect();
        Self { search, plan, points, ranges, kinds }
    }

    /// Whether a document has what the lists walked do not tell: a word with a beginning that very many have. This is
    /// quicker to see than the score.
    pub(super) fn may_match(&self, document: &Document<'_>) -> bool {
        self.ranges.iter().filter(|range| range.is_heavy).all(|range| {
            document.tokens().any(|token| (range.first..range.end).contains(&token.ordinal()))
                || range.words & self.plan.required == 0
                || self.is_in_category_named_by(range.words, document)
        })
    }

    fn is_in_category_named_by(&self, words: u32, document: &Document<'_>) -> bool {
        let categories = self.search.facts.categories_of(document.categories);
        let mut named = self.plan.categories.iter().filter(|named| named.words & words != 0);
        named.any(|named| categories.contains(&named.category.0))
    }

    /// The score of a document; `None` if a required word does not match.
    pub(super) fn score(&self, document: &Document<'_>) -> Option<i32> {
        let Document { doc, head, countries, .. } = *document;
        let reading = self.read(document.tokens());
        let mut score = reading.bonus + reading.in_order * IN_ORDER - self.cost(&reading, document)?;
        let required = self.plan.required;
        score += match (reading.covered_name, reading.begun_name) {
            (0, 0) => -reading.others_in_name.min(OTHER_WORDS_MAX),
            (words, _) if words & required == required => WHOLE_NAME,
            (0, _) => WHOLE_NAME_BEGUN,
            _ => NAME_AND_MORE,
        };
        if self.is_of_named_kind(document) {
            score += NAMED_KIND;
        }
        score -= (UNPOPULARITY * (doc as f32 + 1.0).ln()) as i32;
        score += (head.completeness() * COMPLETENESS / 100) as i32;
        if head.lang() == self.search.request.lang {
            score += LANGUAGE;
        }
        let preferred = self.search.request.prefer_country;
        if preferred.is_some_and(|country| self.search.facts.countries_of(countries).contains(country)) {
            score += COUNTRY;
        }
        Some(score)
    }

    fn is_of_named_kind(&self, document: &Document<'_>) -> bool {
        let categories = || self.search.facts.categories_of(document.categories);
        !self.kinds.is_empty() && self.kinds.iter().any(|kind| categories().contains(kind))
    }

    /// What the matches cost in all; `None` if a required word is neither in the text nor in a category.
    fn cost(&self, reading: &Reading, document: &Document<'_>) -> Option<i32> {
        let missing = self.plan.required & !reading.found;
        let optional = (reading.found & !self.plan.required).count_ones() as i32;
        let words = bits(self.plan.required & reading.found);
        let cost = words.map(|word| reading.costs[word]).sum::<i32>() - optional * OPTIONAL_WORD;
        if missing == 0 {
            return Some(cost);
        }
        let categories = self.search.facts.categories_of(document.categories);
        let named = self.plan.categories.iter().filter(|named| categories.contains(&named.category.0));
        let (covered, dearest) =
            named.fold((0, 0), |(words, dearest), named| (words | named.words, named.cost.max(dearest)));
        // several words that name one category are one thing, so they cost less than as many things
        (missing & !covered == 0).then(|| cost + dearest + (missing.count_ones() as i32 - 1) * cost::PLURAL)
    }

    fn read(&self, tokens: impl Iterator<Item = Token>) -> Reading {
        let mut reading = Reading {
            costs: [i32::MAX / 32; QUERY_WORDS_MAX],
            found: 0,
            in_order: 0,
            bonus: 0,
            others_in_name: 0,
            covered_name: 0,
            begun_name: 0,
            text: None,
        };
        let mut tokens = tokens.peekable();
        while let Some(token) = tokens.next() {
            if token.is_start() {
                self.end_text(&mut reading);
                reading.text = Some(Segment { field: token.field(), words: 0, others: 0, is_begun: false, before: 0 });
            }
            let next = tokens.peek().filter(|next| !next.is_start()).map(|next| next.ordinal());
            self.read_word(&mut reading, token, next);
        }
        self.end_text(&mut reading);
        reading
    }

    fn read_word(&self, reading: &mut Reading, token: Token, next: Option<u32>) {
        let ordinal = token.ordinal();
        let start = self.points.partition_point(|(point, _)| *point < ordinal);
        let points =
            self.points[start..].iter().take_while(|(point, _)| *point == ordinal).map(|(_, pattern)| *pattern);
        let ranges = self.ranges.iter().copied().filter(|range| (range.first..range.end).contains(&ordinal));
        let follows = |pattern: &&Pattern| {
            pattern.followed_by.is_none_or(|(first, end)| next.is_some_and(|next| (first..end).contains(&next)))
        };
        let place_cost = field_cost(token.field(), self.search.request.lang);
        let Some(text) = reading.text.as_mut() else { return };
        let mut words = 0;
        for pattern in points.chain(ranges).filter(follows) {
            text.is_begun |= words == 0 && pattern.end - pattern.first > 1;
            words |= pattern.words;
            for word in bits(pattern.words) {
                let cost = (pattern.cost + place_cost) / pattern.words.count_ones() as i32;
                reading.costs[word] = reading.costs[word].min(cost);
            }
            if pattern.followed_by.is_some() {
                // the second half is matched too, so it is no other word
                text.others -= 1;
            }
        }
        reading.found |= words;
        if words == 0 {
            text.others += 1;
        } else if text.before << 1 & words != 0 {
            reading.in_order += 1;
        }
        text.words |= words;
        text.before = words;
    }

    fn end_text(&self, reading: &mut Reading) {
        let Some(text) = reading.text.take() else { return };
        let has_all = text.words & self.plan.required == self.plan.required;
        if text.field.is_name() {
            if text.others <= 0 && text.words & self.plan.required != 0 {
                let name = if text.is_begun { &mut reading.begun_name } else { &mut reading.covered_name };
                *name |= text.words;
            } else if text.field == Field::Name {
                reading.others_in_name = text.others * OTHER_WORD;
            }
        } else if matches!(text.field, Field::Brand | Field::BrandJoined) && text.others <= 0 && has_all {
            reading.bonus = reading.bonus.max(if text.is_begun { WHOLE_BRAND_BEGUN } else { WHOLE_BRAND });
        }
    }
}

/// The places of the bits in a set.
fn bits(mut set: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = set.trailing_zeros() as usize;
        set &= set.wrapping_sub(1);
        (place < QUERY_WORDS_MAX).then_some(place)
    })
}
