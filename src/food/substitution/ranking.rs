//! Which of the better products a person would rather buy.

use rustc_hash::FxHashSet;

use super::profile::Profile;
use super::reasons::{reasons, worsening};
use super::words;
use super::{Gain, Hidden, Lane, Substitute, Wishes};
use crate::food::category::CategoryId;
use crate::food::allergen::{self, Allergens};
use crate::food::diet::Verdict;

/// Points that make a difference within one letter: three is a whole step of most components.
const CLEAR_POINTS: i16 = 3;
/// Products of one brand among the first [`CROWD_PLACES`].
const BRAND_MAX: usize = 2;
/// The places that are kept free of crowding: what a phone shows without scrolling.
const CROWD_PLACES: usize = 5;
/// Of the first places, those that the bolder lane gets when both lanes are asked for.
const BOLDER_SHARE: f32 = 0.4;

// What each trait of a candidate weighs. Closeness of use and availability come first: a person does
// not buy what is another thing or is not sold there. Then the gain, then what is alike and well known.
const CLOSENESS: f32 = 60.0;
const COUNTRY_SHARED: f32 = 2.0;
const COUNTRY_PRESUMED: f32 = -6.0;
const COUNTRY_OTHER: f32 = -11.0;
const GRADE: f32 = 4.0;
/// For a letter that the record states itself, rather than one that we computed.
const STATED: f32 = 9.0;
/// For points alone, without a better letter: nearly as much as another category costs.
const SAME_LETTER: f32 = -22.0;
const POINT: f32 = 0.06;
const POINTS_COUNTED_MAX: i16 = 20;
const NAME: f32 = 3.0;
const FORM: f32 = -0.8;
const WORSE_POINT: f32 = -0.5;
const WORSENING_MAX: f32 = 10.0;
/// Points of salt, sugars and saturates that another food may be worse by; a bolder swap is no bargain then.
const WORSENING_BOLD_MAX: f32 = 4.0;
const WORSE_NOVA: f32 = -0.4;
const COMPLETENESS: f32 = 0.5;
const POPULARITY: f32 = 0.8;
const ALLERGENS_UNKNOWN: f32 = -0.3;
const DECLARED_OTHERWISE: f32 = -16.0;
/// How much of its closeness is left to a product whose categories contradict one another.
const ASIDE: f32 = 0.95;
/// In a category that says next to nothing, names must be at least so alike.
const LIKENESS_MIN: f32 = 0.3;

/// With so few amounts known, a better letter need not show in one of them.
const LITTLE_KNOWN: u32 = 2;
/// And then nothing may have grown by more than this.
const MUCH_PERCENT: f64 = 50.0;

/// Whether two foods are sold in one country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// They share one, or the candidate is sold where the shopper asked.
    Shared,
    /// They share one, as far as we understand the words of the two records.
    Presumed,
    /// They share none.
    Elsewhere,
    /// Nobody has said where one of them is sold.
    Unknown,
}

/// A product that might be proposed, and where it was found.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Its document.
    pub doc: u32,
    /// What is known of it.
    pub profile: &'a Profile,
    /// The lane of the category it was found in.
    pub lane: Lane,
    /// The closeness of that category, 255 for the original's own.
    pub closeness: u8,
    /// The category it was found in.
    pub category: CategoryId,
    /// Whether that category says little, so that only a like name makes it a candidate.
    pub is_vague: bool,
    /// Whether its other categories say that it is something else.
    pub is_aside: bool,
    /// Whether it is sold where the original is.
    pub availability: Availability,
}

/// How much healthier `candidate` is, if it is: a better letter, or the same with clearly better points,
/// and by no letter worse, neither by the rule in use nor as the packs state it.
pub fn gain(original: &Profile, candidate: &Profile) -> Option<Gain> {
    let (from, to) = (original.grade()?, candidate.grade()?);
    let stated = original.stated_grade().zip(candidate.stated_grade());
    if to > from || stated.is_some_and(|(from, to)| to > from) {
        return None;
    }
    let comparable = original.is_scored_by_2023() == candidate.is_scored_by_2023();
    let points = original.score().zip(candidate.score()).filter(|_| comparable);
    let score = points.map(|(from, to)| i16::from(from) - i16::from(to));
    let better_stated = stated.is_some_and(|(from, to)| to < from) && score.is_none_or(|points| points > 0);
    let is_better = to < from || better_stated || score.is_some_and(|points| points >= CLEAR_POINTS);
    is_better.then_some(Gain { grades: from as u8 - to as u8, score })
}

/// Another food is worth the change only for a better letter; points alone are too little.
fn has_better_letter(original: &Profile, candidate: &Profile) -> bool {
    let stated = original.stated_grade().zip(candidate.stated_grade());
    candidate.grade() < original.grade() || stated.is_some_and(|(from, to)| to < from)
}

/// Collects the candidates of one question and ranks them.
pub struct Ranking<'a> {
    original: &'a Profile,
    wishes: &'a Wishes,
    ranked: Vec<Ranked<'a>>,
    /// Places in `ranked`, the best first.
    order: Vec<u32>,
    hidden: Hidden,
    hidden_docs: FxHashSet<u32>,
    available: [usize; 2],
}

struct Ranked<'a> {
    candidate: Candidate<'a>,
    gain: Gain,
    weight: f32,
    added_allergens: Allergens,
}

impl<'a> Ranking<'a> {
    /// Nothing considered yet.
    pub fn new(original: &'a Profile, wishes: &'a Wishes) -> Self {
        Self {
            original,
            wishes,
            ranked: Vec::with_capacity(128),
            order: Vec::new(),
            hidden: Hidden::default(),
            hidden_docs: FxHashSet::default(),
            available: [0; 2],
        }
    }

    /// Takes a candidate in if it is better, has a fitting form, and nothing that was wished excludes it.
    ///
    /// `sold_where_wished` is whether it is known to be sold in the wished country; true without one.
    pub fn consider(&mut self, candidate: Candidate<'a>, sold_where_wished: bool) {
        let profile = candidate.profile;
        if profile.is_implausible() || profile.name_key() == self.original.name_key() || !self.fits(&candidate) {
            return;
        }
        let Some(gain) = gain(self.original, profile) else { return };
        if candidate.is_vague && words::similarity(self.original.sketch(), profile.sketch()) < LIKENESS_MIN {
            return;
        }
        if candidate.lane == Lane::Bolder
            && (!has_better_letter(self.original, profile) || worsening(self.original, profile) > WORSENING_BOLD_MAX)
        {
            return;
        }
        if let Some(wish) = self.hiding(profile, sold_where_wished) {
            // A product stands in the lists of several categories; it is hidden once.
            if self.hidden_docs.insert(candidate.doc) {
                *wish(&mut self.hidden) += 1;
            }
            return;
        }
        let added_allergens = added_allergens(self.original, profile);
        if added_allergens.0 == 0 && candidate.availability != Availability::Elsewhere {
            self.available[candidate.lane as usize] += 1;
        }
        let weight = weight(self.original, &candidate, gain);
        self.ranked.push(Ranked { candidate, gain, weight, added_allergens });
    }

    /// How many of a lane were taken in that are not sold elsewhere only, without an added allergen.
    pub fn available_len(&self, lane: Lane) -> usize {
        self.available[lane as usize]
    }

    fn fits(&self, candidate: &Candidate) -> bool {
        let (one, other) = (self.original.form(), candidate.profile.form());
        match candidate.lane {
            Lane::Same => one.allows(other),
            Lane::Bolder => one.allows_boldly(other),
        }
    }

    /// The wish that hides it, if one does.
    fn hiding(&self, profile: &Profile, sold_where_wished: bool) -> Option<fn(&mut Hidden) -> &mut u32> {
        if !sold_where_wished {
            return Some(|hidden| &mut hidden.country);
        }
        let avoided = allergen::contains(profile.allergens(), profile.traces(), self.wishes.without);
        if matches!(avoided, Verdict::Yes | Verdict::Maybe) {
            return Some(|hidden| &mut hidden.allergen);
        }
        let diets = diets(self.wishes, profile);
        if diets.contains(&Some(Verdict::No)) {
            return Some(|hidden| &mut hidden.diet);
        }
        let is_unsure = diets.iter().flatten().any(|verdict| *verdict != Verdict::Yes);
        (is_unsure || avoided == Verdict::Unknown).then_some(|hidden| &mut hidden.unknown)
    }

    /// The proposals, the lane of the same use first, the best first in each; and what the wishes hid.
    pub fn finish(mut self, limit: usize) -> (Vec<Substitute>, Hidden) {
        let of_same = self.ranked.iter().filter(|one| one.candidate.lane == Lane::Same);
        let mut same: Vec<u32> = of_same.map(|one| one.candidate.doc).collect();
        same.sort_unstable();
        // What is of the same use is no bolder swap, whichever lane was asked for.
        self.ranked.retain(|one| match one.candidate.lane {
            Lane::Same => self.wishes.lane != Some(Lane::Bolder),
            Lane::Bolder => same.binary_search(&one.candidate.doc).is_err(),
        });
        self.order = (0..self.ranked.len() as u32).collect();
        self.order.sort_unstable_by(|one, other| {
            let (one, other) = (&self.ranked[*one as usize], &self.ranked[*other as usize]);
            other.weight.total_cmp(&one.weight).then(one.candidate.doc.cmp(&other.candidate.doc))
        });
        let mut chosen = self.choose(limit, |ranked| ranked.added_allergens.0 == 0);
        if chosen.is_empty() {
            chosen = self.choose(limit, |_| true);
        }
        (chosen, self.hidden)
    }

    fn choose(&self, limit: usize, admits: impl Fn(&Ranked) -> bool) -> Vec<Substitute> {
        let bolder_reserved = (limit as f32 * BOLDER_SHARE) as usize;
        let mut shelf = Shelf::default();
        let take = |shelf: &mut Shelf<'a>, lane: Lane, up_to: usize| {
            let mut found = Vec::new();
            let best_first = self.order.iter().map(|at| &self.ranked[*at as usize]);
            for ranked in best_first.filter(|ranked| ranked.candidate.lane == lane && admits(ranked)) {
                if found.len() >= up_to {
                    break;
                }
                if shelf.has_room(ranked.candidate.profile)
                    && let Some(substitute) = self.propose(ranked)
                {
                    shelf.put(ranked.candidate.profile);
                    found.push(substitute);
                }
            }
            found
        };
        let mut same = take(&mut shelf, Lane::Same, limit);
        let bolder_len = limit - same.len().min(limit - bolder_reserved);
        // The bolder lane is chosen beside the part of the first lane that will stay.
        let mut shelf = Shelf::default();
        let kept = same.len().min(limit - bolder_reserved);
        for substitute in &same[..kept] {
            if let Some(ranked) = self.ranked.iter().find(|ranked| ranked.candidate.doc == substitute.doc) {
                shelf.put(ranked.candidate.profile);
            }
        }
        let bolder = take(&mut shelf, Lane::Bolder, bolder_len);
        same.truncate(limit - bolder.len());
        same.extend(bolder);
        same
    }

    fn propose(&self, ranked: &Ranked) -> Option<Substitute> {
        let profile = ranked.candidate.profile;
        let reasons = reasons(self.original, profile);
        let worse_nova = self.original.nova().zip(profile.nova()).filter(|(from, to)| to > from);
        // Of some originals so little is known that only the letter tells.
        let is_told = ranked.candidate.lane == Lane::Same
            && self.original.known_amounts() <= LITTLE_KNOWN
            && !reasons.is_empty()
            && reasons.iter().all(|reason| reason.change_percent.is_some_and(|percent| percent < MUCH_PERCENT));
        (is_told || reasons.iter().any(|reason| reason.better)).then(|| Substitute {
            doc: ranked.candidate.doc,
            lane: ranked.candidate.lane,
            shared_category: (ranked.candidate.lane == Lane::Same).then_some(ranked.candidate.category),
            gain: ranked.gain,
            reasons,
            worse_nova,
            added_allergens: ranked.added_allergens,
        })
    }
}

/// What is already proposed: no product twice in another size, no brand crowding the first places.
#[derive(Default)]
struct Shelf<'a> {
    profiles: Vec<&'a Profile>,
}

impl<'a> Shelf<'a> {
    fn has_room(&self, profile: &Profile) -> bool {
        let is_there = self.profiles.iter().any(|there| there.name_key() == profile.name_key());
        let of_brand = profile
            .brand()
            .map_or(0, |brand| self.profiles.iter().filter(|there| there.brand() == Some(brand)).count());
        !is_there && (of_brand < BRAND_MAX || self.profiles.len() >= CROWD_PLACES)
    }

    fn put(&mut self, profile: &'a Profile) {
        self.profiles.push(profile);
    }
}

fn weight(original: &Profile, candidate: &Candidate, gain: Gain) -> f32 {
    let profile = candidate.profile;
    let stated = original.stated_grade().zip(profile.stated_grade());
    let stated = stated.map_or(f32::from(gain.grades), |(from, to)| f32::from(from as u8) - f32::from(to as u8));
    let letters = f32::midpoint(f32::from(gain.grades), stated);
    let country = match candidate.availability {
        Availability::Shared => COUNTRY_SHARED,
        Availability::Elsewhere => COUNTRY_OTHER,
        Availability::Presumed => COUNTRY_PRESUMED,
        Availability::Unknown => 0.0,
    };
    let nova = original.nova().zip(profile.nova()).map_or(0, |(from, to)| to.saturating_sub(from));
    let is_unsure = profile.allergens().is_none() && original.allergens().is_some();
    let closeness = CLOSENESS * f32::from(candidate.closeness) / 255.0 * if candidate.is_aside { ASIDE } else { 1.0 };
    let declares_otherwise = original.allergens().is_some() && profile.declares_beyond(original);
    closeness
        + country
        + GRADE * letters
        + SAME_LETTER * (1.0 - letters.min(1.0))
        + POINT * f32::from(gain.score.unwrap_or(0).min(POINTS_COUNTED_MAX))
        + if profile.stated_grade().is_some() { STATED } else { 0.0 }
        + NAME * words::similarity(original.sketch(), profile.sketch())
        + FORM * original.form().distance(profile.form()) as f32
        + WORSE_POINT * worsening(original, profile).min(WORSENING_MAX)
        + WORSE_NOVA * f32::from(nova)
        + COMPLETENESS * f32::from(profile.completeness()) / 100.0
        + POPULARITY * f32::from(profile.popularity()) / 255.0
        + if is_unsure { ALLERGENS_UNKNOWN } else { 0.0 }
        + if declares_otherwise { DECLARED_OTHERWISE } else { 0.0 }
}

/// Allergens that it contains and that the original is known not to contain.
fn added_allergens(original: &Profile, candidate: &Profile) -> Allergens {
    match (original.allergens(), candidate.allergens()) {
        (Some(there), Some(here)) => Allergens(here.0 & !there.0),
        _ => Allergens::default(),
    }
}

/// What is known of each diet that was asked for.
fn diets(wishes: &Wishes, profile: &Profile) -> [Option<Verdict>; 3] {
    let analysis = profile.analysis();
    [
        wishes.vegan.then_some(analysis.vegan),
        wishes.vegetarian.then_some(analysis.vegetarian),
        wishes.palm_oil_free.then_some(analysis.palm_oil_free),
    ]
}
