//! Numbers for things that recur: sets of categories, sets of countries.

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;
use zerocopy::IntoBytes;

use crate::food::category::{CategoryId, Taxonomy};
use crate::food::country::CountrySet;
use crate::food::substitution::form::Form;

/// The distinct sets of categories, each with everything above its members.
pub(super) struct CategorySets<'a> {
    taxonomy: &'a Taxonomy,
    numbers: FxHashMap<u64, u32>,
    sets: Vec<CategorySet>,
    members: Vec<CategoryId>,
}

/// One set.
#[derive(Clone, Copy)]
pub(super) struct CategorySet {
    start: u32,
    end: u32,
    /// The deepest of its own categories.
    pub(super) most_specific: Option<CategoryId>,
    /// The form that its categories say.
    pub(super) form: Form,
    /// Whether its most specific category is a guess.
    pub(super) is_guessed: bool,
    /// Which of its members the record names itself, the first in the lowest bit. The others lie above them.
    named: u64,
}

impl<'a> CategorySets<'a> {
    pub(super) fn new(taxonomy: &'a Taxonomy) -> Self {
        Self { taxonomy, numbers: FxHashMap::default(), sets: Vec::new(), members: Vec::new() }
    }

    /// The number of the categories that a product names, in any order but for the most specific one: of equally
    /// deep ones that is the first. Sets are told apart by a hash of 64 bits: among a million sets two collide once
    /// in 37 million builds, and then one product is compared with wrong ones.
    pub(super) fn number(&mut self, own: &[CategoryId]) -> u32 {
        self.number_of(own, None)
    }

    /// The same for categories of which one was guessed.
    pub(super) fn number_with(&mut self, guess: CategoryId, named: &[CategoryId]) -> u32 {
        let all: Vec<CategoryId> = std::iter::once(guess).chain(named.iter().copied()).collect();
        self.number_of(&all, Some(guess))
    }

    fn number_of(&mut self, own: &[CategoryId], guess: Option<CategoryId>) -> u32 {
        let most_specific = self.taxonomy.most_specific(own);
        let mut ids: Vec<u32> = own.iter().map(|id| id.0).collect();
        ids.sort_unstable();
        ids.extend(most_specific.map(|id| id.0));
        ids.extend(guess.map(|id| id.0));
        let hash = xxh3_64(ids.as_slice().as_bytes());
        if let Some(number) = self.numbers.get(&hash) {
            return *number;
        }
        let number = self.sets.len() as u32;
        let start = self.members.len();
        self.members.extend(closure(self.taxonomy, own));
        let members = &self.members[start..];
        let places = (0..u64::BITS).zip(members).filter(|(_, id)| own.contains(id));
        let named = places.fold(0, |named, (place, _)| named | 1 << place);
        self.sets.push(CategorySet {
            start: start as u32,
            end: self.members.len() as u32,
            most_specific,
            form: Form::of_categories(self.taxonomy, members),
            named,
            is_guessed: guess.is_some() && guess == most_specific,
        });
        self.numbers.insert(hash, number);
        number
    }

    /// Whether `category` is the most specific one of a set, above it, or as deep: else the product is
    /// first of all something else.
    pub(super) fn is_core(&self, number: u32, category: CategoryId) -> bool {
        let deepest = self.sets[number as usize].most_specific;
        deepest.is_none_or(|deepest| {
            self.taxonomy.depth(category) >= self.taxonomy.depth(deepest) || self.taxonomy.is_a(deepest, category)
        })
    }

    /// The categories that the records of a set name themselves.
    pub(super) fn named(&self, number: u32) -> impl Iterator<Item = CategoryId> {
        let named = self.sets[number as usize].named;
        let places = (0..u64::BITS).zip(self.members(number));
        places.filter(move |(place, _)| named >> place & 1 == 1).map(|(_, id)| *id)
    }

    /// Whether the record names `category` itself. Of a record with more than 64 categories, which is none that makes
    /// sense, the last ones are not told.
    pub(super) fn is_named(&self, number: u32, category: CategoryId) -> bool {
        let place = self.members(number).binary_search(&category).ok().filter(|place| *place < u64::BITS as usize);
        place.is_some_and(|place| self.sets[number as usize].named >> place & 1 == 1)
    }

    pub(super) fn len(&self) -> usize {
        self.sets.len()
    }

    pub(super) fn set(&self, number: u32) -> CategorySet {
        self.sets[number as usize]
    }

    /// Its categories, those above included.
    pub(super) fn members(&self, number: u32) -> &[CategoryId] {
        let set = self.sets[number as usize];
        &self.members[set.start as usize..set.end as usize]
    }
}

fn closure(taxonomy: &Taxonomy, own: &[CategoryId]) -> Vec<CategoryId> {
    let mut all: Vec<CategoryId> = own.to_vec();
    all.extend(own.iter().flat_map(|id| taxonomy.ancestors(*id)));
    all.sort_unstable();
    all.dedup();
    all
}

/// The distinct sets of countries; number 0 is the empty one.
pub(super) struct CountrySets {
    numbers: FxHashMap<CountrySet, u32>,
    pub(super) sets: Vec<[u64; 4]>,
}

impl CountrySets {
    pub(super) fn new() -> Self {
        Self { numbers: FxHashMap::from_iter([(CountrySet::default(), 0)]), sets: vec![[0; 4]] }
    }

    pub(super) fn number(&mut self, countries: CountrySet) -> u32 {
        *self.numbers.entry(countries).or_insert_with(|| {
            self.sets.push(countries.0);
            self.sets.len() as u32 - 1
        })
    }
}
