//! The better products of every category, chosen when the snapshot is built, so that a question is
//! answered by reading a few short lists.
//!
//! Per category that means one use (or one occasion) there is a list of its best products, and one
//! for each country where the category is too large for a single list. A question walks the lists of
//! the original's categories, the closest first, and hands what it finds to
//! [`food::substitution::ranking`](crate::food::substitution::ranking).

mod builder;
mod guess;
mod noted;
mod outliers;
mod said;
mod selection;
mod sets;

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use super::mapped::{MappedError, MappedFile, Slice};
use crate::food::category::CategoryId;
use crate::food::country::{Country, CountrySet};
use crate::food::nutri_score::Grade;
use crate::food::substitution::profile::Profile;
use crate::food::substitution::ranking::{Availability, Candidate, Ranking};
use crate::food::substitution::{Hidden, LIMIT_DEFAULT, LIMIT_MAX, Lane, Proposals, Status, Wishes};

pub use builder::CandidatesBuilder;

/// The country of a list that holds products of all countries.
const ALL_COUNTRIES: u16 = u16::MAX;
/// Set in a list's entry for a product that is first of all something else.
const ASIDE: u32 = 1 << 31;
/// Set in a list's entry for a product whose record names the list's category itself, not only one below it.
const NAMED: u32 = 1 << 30;
/// What remains of an entry: documents have 30 bits, enough for a billion.
const DOC: u32 = NAMED - 1;
/// Lists of single countries that one question reads per category: a product sold in fifty
/// countries is served well enough by two of them and the common list.
const COUNTRY_LISTS_READ_MAX: usize = 2;
/// Candidates in the lane of the same use, sold where the original is, after which no wider category is read.
const SAME_ENOUGH: usize = 20;
/// Candidates in the bolder lane after which no further neighbour is read.
const BOLDER_ENOUGH: usize = 20;
/// Products read from each neighbouring category: its best ones.
const BOLDER_READ_MAX: usize = 16;
/// Products read for one question at most; bounds the time of the worst one.
const READ_MAX: usize = 1_000;
/// Broad categories of which it is noted for each product in a list whether its record names them: as many as a word has
/// bits, and more than say where anything is filed.
const NOTED_MAX: usize = 64;

mod sections {
    pub(super) const PROFILES: &str = "swap-profiles";
    pub(super) const COUNTRIES: &str = "swap-countries";
    pub(super) const LEVEL_STARTS: &str = "swap-level-starts";
    pub(super) const LEVELS: &str = "swap-levels";
    pub(super) const LIST_STARTS: &str = "swap-list-starts";
    pub(super) const LISTS: &str = "swap-lists";
    pub(super) const DOCS: &str = "swap-docs";
    pub(super) const PICKS: &str = "swap-picks";
    pub(super) const FILED: &str = "swap-filed";
}

/// A category to look in, for all products of one category set.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
struct LevelRow {
    category: u32,
    bolder: u8,
    closeness: u8,
    /// [`VAGUE`], [`OWN`] and [`STANDS_IN`].
    marks: u8,
    /// Of a broad category that is noted: its place among those, from 1; else 0.
    noted: u8,
}

impl LevelRow {
    /// Of the products that any category offers, those whose records name this broad category too, as a bit of what is
    /// noted of each.
    fn noted_bit(self) -> u64 {
        if self.noted == 0 { 0 } else { 1 << (self.noted - 1) }
    }
}

/// A level whose products are hardly alike.
const VAGUE: u8 = 1;
/// A level that is the most specific category of the products.
const OWN: u8 = 1 << 1;
/// A level whose products stand in well for what is asked for.
const STANDS_IN: u8 = 1 << 2;

/// Where the list of a category, or of a category in a country, is.
#[derive(Debug, Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
struct ListRow {
    start: u32,
    len: u16,
    country: u16,
}

/// The candidates of one snapshot, read in place.
#[derive(Debug, Clone)]
pub struct Candidates {
    profiles: Slice<Profile>,
    countries: Slice<[u64; 4]>,
    level_starts: Slice<u32>,
    levels: Slice<LevelRow>,
    list_starts: Slice<u32>,
    lists: Slice<ListRow>,
    docs: Slice<u32>,
    /// The profiles of `docs`, copied in their order: a list is read from one place in memory, not from a
    /// hundred.
    picks: Slice<Profile>,
    /// Which noted broad categories the records of `docs` name, in their order.
    filed: Slice<u64>,
}

impl Candidates {
    /// Finds the sections that [`CandidatesBuilder::finish`] wrote.
    pub fn open(file: &MappedFile) -> Result<Self, MappedError> {
        Ok(Self {
            profiles: file.slice(sections::PROFILES)?,
            countries: file.slice(sections::COUNTRIES)?,
            level_starts: file.slice(sections::LEVEL_STARTS)?,
            levels: file.slice(sections::LEVELS)?,
            list_starts: file.slice(sections::LIST_STARTS)?,
            lists: file.slice(sections::LISTS)?,
            docs: file.slice(sections::DOCS)?,
            picks: file.slice(sections::PICKS)?,
            filed: file.slice(sections::FILED)?,
        })
    }

    /// What is known of each product, by document.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// Where a product is sold; empty where nobody has said.
    pub fn countries(&self, profile: &Profile) -> CountrySet {
        CountrySet(self.countries.get(profile.country_set as usize).copied().unwrap_or_default())
    }

    /// The candidates of a category, the best first; none where it is too broad to look in.
    pub fn best_of(&self, category: CategoryId) -> impl Iterator<Item = &Profile> {
        let common = self.lists_of(category.0).first();
        common.map(|list| self.picks_of(*list)).unwrap_or_default().iter()
    }

    /// What to buy instead of `original`.
    pub fn substitutes(&self, original: u32, wishes: &Wishes) -> Proposals {
        let Some(profile) = self.profiles.get(original as usize) else {
            return ended(Status::NotComparable);
        };
        let levels = self.levels_of(profile);
        let Some(grade) = profile.grade().filter(|_| !levels.is_empty()) else {
            return ended(Status::NotComparable);
        };
        if grade == Grade::A && profile.stated_grade().is_none_or(|stated| stated == Grade::A) {
            return ended(Status::AlreadyBest);
        }
        let mut search = Search::new(self, profile, levels, wishes);
        for level in levels {
            search.read(*level);
        }
        let limit = if wishes.limit == 0 { LIMIT_DEFAULT } else { wishes.limit.min(LIMIT_MAX) };
        let (substitutes, hidden) = search.ranking.finish(limit);
        let status = match (substitutes.is_empty(), hidden == Hidden::default()) {
            (false, _) => Status::Found,
            (true, true) if grade == Grade::A => Status::AlreadyBest,
            (true, _) => Status::NoneFound,
        };
        Proposals { status, substitutes, hidden }
    }

    fn levels_of(&self, profile: &Profile) -> &[LevelRow] {
        let set = profile.category_set as usize;
        let bounds = self.level_starts.get(set).zip(self.level_starts.get(set + 1));
        bounds.and_then(|(start, end)| self.levels.get(*start as usize..*end as usize)).unwrap_or(&[])
    }

    /// The lists of a category: the common one first, then those of countries with the most candidates.
    fn lists_of(&self, category: u32) -> &[ListRow] {
        let at = category as usize;
        let bounds = self.list_starts.get(at).zip(self.list_starts.get(at + 1));
        bounds.and_then(|(start, end)| self.lists.get(*start as usize..*end as usize)).unwrap_or(&[])
    }

    fn docs_of(&self, list: ListRow) -> &[u32] {
        let start = list.start as usize;
        self.docs.get(start..start + usize::from(list.len)).unwrap_or(&[])
    }

    fn picks_of(&self, list: ListRow) -> &[Profile] {
        let start = list.start as usize;
        self.picks.get(start..start + usize::from(list.len)).unwrap_or(&[])
    }

    fn filed_of(&self, list: ListRow) -> &[u64] {
        let start = list.start as usize;
        self.filed.get(start..start + usize::from(list.len)).unwrap_or(&[])
    }
}

fn ended(status: Status) -> Proposals {
    Proposals { status, substitutes: Vec::new(), hidden: Hidden::default() }
}

/// One question while it is answered.
struct Search<'a> {
    candidates: &'a Candidates,
    original: &'a Profile,
    sold_in: CountrySet,
    wishes: &'a Wishes,
    ranking: Ranking<'a>,
    read: usize,
    /// Where the original is filed in a broad category and nowhere closer: the bit of that category.
    filed_with: u64,
}

impl<'a> Search<'a> {
    fn new(candidates: &'a Candidates, original: &'a Profile, levels: &[LevelRow], wishes: &'a Wishes) -> Self {
        let own = levels.iter().find(|level| level.marks & OWN != 0 && level.bolder != 0);
        Self {
            candidates,
            original,
            sold_in: candidates.countries(original),
            wishes,
            ranking: Ranking::new(original, wishes),
            read: 0,
            filed_with: own.map_or(0, |level| level.noted_bit()),
        }
    }

    /// Considers the best products of one category, unless there is enough already.
    fn read(&mut self, level: LevelRow) {
        let lane = if level.bolder == 0 { Lane::Same } else { Lane::Bolder };
        let (enough, most) = match lane {
            Lane::Same => (SAME_ENOUGH, usize::MAX),
            Lane::Bolder => (BOLDER_ENOUGH, BOLDER_READ_MAX),
        };
        // The lane of the same use is read even for a bolder swap, which must be another food.
        let is_wished = lane == Lane::Same || self.wishes.lane != Some(Lane::Same);
        if !is_wished || self.read >= READ_MAX || self.ranking.available_len(lane) >= enough {
            return;
        }
        let lists = self.candidates.lists_of(level.category);
        let mut of_countries = 0;
        for list in lists.iter().skip(1) {
            if of_countries < COUNTRY_LISTS_READ_MAX && self.concerns(*list) {
                self.consider_all(*list, level, lane, most);
                of_countries += 1;
            }
        }
        if let Some(common) = lists.first() {
            self.consider_all(*common, level, lane, most);
        }
    }

    fn concerns(&self, list: ListRow) -> bool {
        let country = Country(list.country as u8);
        match self.wishes.country {
            Some(wished) => country == wished,
            None => list.country != ALL_COUNTRIES && self.sold_in.contains(country),
        }
    }

    fn consider_all(&mut self, list: ListRow, level: LevelRow, lane: Lane, most: usize) {
        let entries = self.candidates.docs_of(list).iter().zip(self.candidates.picks_of(list));
        for ((entry, profile), filed) in entries.zip(self.candidates.filed_of(list)).take(most) {
            self.read += 1;
            let Some(gain) = self.ranking.gain(profile, lane, level.marks & VAGUE != 0) else { continue };
            let (availability, sold_where_wished) = self.availability(profile);
            let candidate = Candidate {
                doc: entry & DOC,
                profile,
                lane,
                closeness: level.closeness,
                category: CategoryId(level.category),
                is_aside: entry & ASIDE != 0,
                is_kin: self.is_kin(*entry, *filed, level),
                stands_in: level.marks & STANDS_IN != 0,
                availability,
            };
            self.ranking.consider(candidate, gain, sold_where_wished);
        }
    }

    /// Whether people filed a product exactly where the original is.
    fn is_kin(&self, entry: u32, filed: u64, level: LevelRow) -> bool {
        level.marks & OWN != 0 && entry & NAMED != 0 || filed & self.filed_with != 0
    }

    fn availability(&self, profile: &Profile) -> (Availability, bool) {
        let sold_in = self.candidates.countries(profile);
        if let Some(wished) = self.wishes.country {
            let is_sold = sold_in.contains(wished);
            return (if is_sold { Availability::Shared } else { Availability::Elsewhere }, is_sold);
        }
        let availability = if sold_in.is_empty() || self.sold_in.is_empty() {
            Availability::Unknown
        } else if sold_in.intersects(self.sold_in) {
            let is_sure = profile.has_interpreted_countries() == self.original.has_interpreted_countries();
            if is_sure { Availability::Shared } else { Availability::Presumed }
        } else {
            Availability::Elsewhere
        };
        (availability, true)
    }
}
