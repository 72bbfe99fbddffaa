//! Which of the better products a person would rather buy.

use rustc_hash::FxHashSet;

use super::form::Form;
use super::profile::Profile;
use super::reasons::{Worsening, has_better, reasons, untold};
use super::uses::{CLOSEST, CLOSEST_GUESSED};
use super::weight::{letters, weight};
use super::words;
use super::{Gain, Hidden, Lane, Substitute, Wishes};
use crate::food::allergen::{self, Allergens};
use crate::food::category::CategoryId;
use crate::food::diet::Verdict;

/// Points that make a difference within one letter: three is a whole step of most components.
const CLEAR_POINTS: i16 = 3;
/// Products of one brand among the first [`CROWD_PLACES`].
const BRAND_MAX: usize = 2;
/// The places that are kept free of crowding: what a phone shows without scrolling.
const CROWD_PLACES: usize = 5;
/// Of the first places, those that the bolder lane gets when both lanes are asked for.
const BOLDER_SHARE: f32 = 0.4;
/// So many letters more than the first of the same use a bolder swap that stands in well must gain to be the better
/// proposal: popcorn of letter a goes before tortilla chips of letter b for crisps of letter c. Trials of larger swaps
/// found them accepted as often as small ones.
const BOLDER_LEAD: f32 = 1.0;
/// And so many more where the first of the same use is of the very category that the original is thought to be of.
const BOLDER_LEAD_OVER_GUESSED: f32 = 3.0;
/// But over a first of the same use that gains so many letters none of them leads: the biscuit filled with fruit goes before fruit
/// purée, though that gains four.
const SAME_LETTERS_ENOUGH: f32 = 2.0;
/// Letters that another food must gain unless it stands in well or is filed where the original is: nobody takes pickled
/// garlic for vinegar because its letter is the next one.
const BOLDER_LETTERS_MIN: f32 = 1.5;

/// Points of salt, sugars and saturates that another food may be worse by; a bolder swap is no bargain then.
const WORSENING_BOLD_MAX: f32 = 4.0;
/// Candidates of a usual question, so that the lists need not grow.
const CANDIDATES_USUAL: usize = 256;
/// In a category that says next to nothing, names must be at least so alike, and what is spread on bread is no pasta.
const LIKENESS_MIN: f32 = 0.3;
/// And have at least so many words in common: one may be a chance, of the language or of the sketch.
const WORDS_IN_COMMON_MIN: u32 = 2;

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
    /// Whether its other categories say that it is something else.
    pub is_aside: bool,
    /// Whether its record names itself the category where the original is filed: the most specific one, or the broad one
    /// of an original that is filed in no other, wherever it was found.
    pub is_kin: bool,
    /// Whether what that category offers stands in well for the original.
    pub stands_in: bool,
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

fn is_alike(original: &Profile, candidate: &Profile) -> bool {
    let (one, other) = (original.sketch(), candidate.sketch());
    let is_spread = |profile: &Profile| profile.form().has(Form::SPREAD);
    is_spread(original) == is_spread(candidate)
        && words::common(one, other) >= WORDS_IN_COMMON_MIN
        && words::similarity(one, other) >= LIKENESS_MIN
}

/// Another food is worth the change only for a better letter; points alone are too little.
fn has_better_letter(original: &Profile, candidate: &Profile) -> bool {
    let stated = original.stated_grade().zip(candidate.stated_grade());
    candidate.grade() < original.grade() || stated.is_some_and(|(from, to)| to < from)
}

/// Collects the candidates of one question and ranks them.
pub struct Ranking<'a> {
    original: &'a Profile,
    worsening: Worsening,
    wishes: &'a Wishes,
    ranked: Vec<Ranked<'a>>,
    /// Places in `ranked` in the lower half, in the upper half what puts the heaviest first.
    order: Vec<u64>,
    hidden: Hidden,
    hidden_docs: FxHashSet<u32>,
    available: [usize; 2],
}

struct Ranked<'a> {
    candidate: Candidate<'a>,
    gain: Gain,
    added_allergens: Allergens,
}

impl<'a> Ranking<'a> {
    /// Nothing considered yet.
    pub fn new(original: &'a Profile, wishes: &'a Wishes) -> Self {
        Self {
            original,
            worsening: Worsening::from(original),
            wishes,
            ranked: Vec::with_capacity(CANDIDATES_USUAL),
            order: Vec::with_capacity(CANDIDATES_USUAL),
            hidden: Hidden::default(),
            hidden_docs: FxHashSet::default(),
            available: [0; 2],
        }
    }

    /// How much better a product is, if it is, has a fitting form and is no pack of the original itself.
    ///
    /// `is_vague` is whether it was found in a category that says little, so that only a like name counts.
    pub fn gain(&self, profile: &Profile, lane: Lane, is_vague: bool) -> Option<Gain> {
        let original = self.original;
        let gain = gain(original, profile)?;
        let fits = match lane {
            Lane::Same => original.form().allows(profile.form()),
            Lane::Bolder => original.form().allows_boldly(profile.form()),
        };
        let is_other = profile.name_key() != original.name_key() && !profile.is_implausible();
        (fits && is_other && (!is_vague || is_alike(original, profile))).then_some(gain)
    }

    /// Takes a candidate in, unless something that was wished excludes it.
    ///
    /// `gain` is that of [`gain`](Self::gain); `sold_where_wished` whether it is known to be sold in the
    /// wished country, true without one.
    pub fn consider(&mut self, candidate: Candidate<'a>, gain: Gain, sold_where_wished: bool) {
        let profile = candidate.profile;
        let worsening = self.worsening.of(profile);
        if candidate.lane == Lane::Bolder && !self.is_worth_the_change(&candidate, gain, worsening) {
            return;
        }
        if let Some(wish) = self.hiding(profile, sold_where_wished) {
            // A product stands in the lists of several categories; it is hidden once. One that would not be proposed
            // without the wish is not hidden by it.
            let added = added_allergens(self.original, profile);
            if !self.hidden_docs.contains(&candidate.doc) && self.is_tellable(&candidate, added) {
                self.hidden_docs.insert(candidate.doc);
                *wish(&mut self.hidden) += 1;
            }
            return;
        }
        let added_allergens = added_allergens(self.original, profile);
        if added_allergens.0 == 0 && candidate.availability != Availability::Elsewhere {
            self.available[candidate.lane as usize] += 1;
        }
        let weight = weight(self.original, &candidate, gain, worsening);
        self.order.push(u64::from(heaviest_first(weight)) << 32 | self.ranked.len() as u64);
        self.ranked.push(Ranked { candidate, gain, added_allergens });
    }

    /// Whether another food is better enough than the original for a person to change what they eat.
    fn is_worth_the_change(&self, candidate: &Candidate, gain: Gain, worsening: f32) -> bool {
        let is_likely = candidate.stands_in || candidate.is_kin;
        has_better_letter(self.original, candidate.profile)
            && worsening <= WORSENING_BOLD_MAX
            && (is_likely || letters(self.original, candidate.profile, gain) >= BOLDER_LETTERS_MIN)
    }

    /// How many of a lane were taken in that are not sold elsewhere only, without an added allergen.
    pub fn available_len(&self, lane: Lane) -> usize {
        self.available[lane as usize]
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

    /// The proposals, the lane with the better one first, the best first in each; and what the wishes hid.
    ///
    /// The lane of the same use leads, unless its first proposal is no better letter from where the original is filed (or
    /// from where it is only guessed to belong), and the first bolder one
    /// - is filed beside the original in a broad category, has its form and at least as good a letter, or
    /// - stands in well on the occasion and gains [`BOLDER_LEAD`] more than one that gains less than
    ///   [`SAME_LETTERS_ENOUGH`] ([`BOLDER_LEAD_OVER_GUESSED`] more where the category is a guess).
    pub fn finish(mut self, limit: usize) -> (Vec<Substitute>, Hidden) {
        self.order.sort_unstable();
        let mut chosen = self.choose(limit, |ranked| ranked.added_allergens.0 == 0);
        if chosen.is_empty() {
            chosen = self.choose(limit, |_| true);
        }
        (chosen, self.hidden)
    }

    fn choose(&self, limit: usize, admits: impl Fn(&Ranked) -> bool) -> Vec<Substitute> {
        let reserved = |lane: Lane| {
            let bolder = (limit as f32 * BOLDER_SHARE) as usize;
            if lane == Lane::Bolder { bolder } else { limit - bolder }
        };
        let fill = |shelf: &mut Shelf<'a>, lane: Lane, up_to: usize| {
            let mut of_lane = self.best_first(lane).filter(|ranked| admits(ranked));
            while shelf.substitutes.len() < up_to
                && let Some(ranked) = of_lane.next()
            {
                if shelf.has_room(ranked.candidate.profile, lane)
                    && let Some(substitute) = self.propose(ranked)
                {
                    shelf.put(ranked.candidate.profile, substitute);
                }
            }
        };
        let lead = self.lead(&admits);
        let other = if lead == Lane::Same { Lane::Bolder } else { Lane::Same };
        let mut shelf = Shelf { lead, profiles: Vec::new(), substitutes: Vec::new() };
        fill(&mut shelf, lead, reserved(lead).max(1));
        fill(&mut shelf, other, limit);
        // What the other lane left free.
        fill(&mut shelf, lead, limit);
        let mut chosen = shelf.substitutes;
        chosen.sort_by_key(|substitute| substitute.lane != lead);
        chosen
    }

    /// What was taken in for a lane, if that was asked for, the heaviest first.
    fn best_first(&self, lane: Lane) -> impl Iterator<Item = &Ranked<'a>> {
        let is_wished = self.wishes.lane.is_none_or(|wished| wished == lane);
        let all = self.order.iter().map(|key| &self.ranked[*key as u32 as usize]);
        let of_lane = all.filter(move |ranked| is_wished && ranked.candidate.lane == lane);
        // What is of the same use is no bolder swap, whichever lane was asked for.
        of_lane.filter(move |ranked| lane == Lane::Same || !self.is_of_same_use(ranked.candidate.doc))
    }

    /// The lane whose first proposal is the better one.
    fn lead(&self, admits: impl Fn(&Ranked) -> bool) -> Lane {
        let is_proposed = |ranked: &&Ranked| {
            let candidate = &ranked.candidate;
            admits(ranked) && self.is_tellable(candidate, ranked.added_allergens)
        };
        let first = |lane: Lane| self.best_first(lane).find(is_proposed);
        let letters = |ranked: &Ranked| letters(self.original, ranked.candidate.profile, ranked.gain);
        let is_bolder_ahead = first(Lane::Same).zip(first(Lane::Bolder)).is_some_and(|(same, bolder)| {
            let more = letters(bolder) - letters(same);
            let is_better_kin = bolder.candidate.is_kin && self.is_of_one_form(bolder) && more >= 0.0;
            let is_guessed = same.candidate.closeness == CLOSEST_GUESSED;
            let enough = if is_guessed { BOLDER_LEAD_OVER_GUESSED } else { BOLDER_LEAD };
            let is_little = letters(same) < SAME_LETTERS_ENOUGH;
            let is_far_better = bolder.candidate.stands_in && is_little && more >= enough;
            !self.is_kept(same) && (is_better_kin || is_far_better)
        });
        if is_bolder_ahead { Lane::Bolder } else { Lane::Same }
    }

    /// Whether a first proposal of the same use stays the first: a better letter from where the original is filed. Where
    /// that is only guessed, nothing is sure enough to stay whatever the other lane has.
    fn is_kept(&self, same: &Ranked) -> bool {
        let candidate = &same.candidate;
        let is_close = candidate.closeness == CLOSEST || candidate.is_kin && candidate.closeness != CLOSEST_GUESSED;
        is_close && letters(self.original, candidate.profile, same.gain) > 0.0
    }

    fn is_of_one_form(&self, ranked: &Ranked) -> bool {
        self.original.form() == ranked.candidate.profile.form()
    }

    fn is_of_same_use(&self, doc: u32) -> bool {
        self.ranked.iter().any(|ranked| ranked.candidate.lane == Lane::Same && ranked.candidate.doc == doc)
    }

    /// Whether there is anything to say for a product: a value that got better, or of some products, of which little
    /// is known, the letter alone.
    fn is_tellable(&self, candidate: &Candidate, added: Allergens) -> bool {
        has_better(self.original, candidate.profile) || self.is_told_by_letter(candidate, added)
    }

    fn is_told_by_letter(&self, candidate: &Candidate, added: Allergens) -> bool {
        let profile = candidate.profile;
        let is_close = candidate.lane == Lane::Same || candidate.is_kin;
        if !is_close || self.original.known_amounts().min(profile.known_amounts()) > LITTLE_KNOWN {
            return false;
        }
        let reasons = reasons(self.original, profile);
        if reasons.is_empty() {
            // Of many a record only the letter is known. Then the one that is shown must be better, and no allergen the price.
            return profile.grade() < self.original.grade() && added.0 == 0;
        }
        reasons.iter().all(|reason| reason.change_percent.is_some_and(|percent| percent < MUCH_PERCENT))
    }

    fn propose(&self, ranked: &Ranked) -> Option<Substitute> {
        let (profile, lane) = (ranked.candidate.profile, ranked.candidate.lane);
        let worse_nova = self.original.nova().zip(profile.nova()).filter(|(from, to)| to > from);
        self.is_tellable(&ranked.candidate, ranked.added_allergens).then(|| Substitute {
            doc: ranked.candidate.doc,
            lane,
            shared_category: (lane == Lane::Same).then_some(ranked.candidate.category),
            gain: ranked.gain,
            reasons: reasons(self.original, profile),
            untold: untold(self.original, profile).collect(),
            worse_nova,
            added_allergens: ranked.added_allergens,
            // A drink weighs what it measures, near enough.
            mixes_bases: self.original.basis() != profile.basis() && !profile.form().has(Form::DRINK),
        })
    }
}

/// What is already proposed: no product twice in another size, no brand crowding the first places.
struct Shelf<'a> {
    /// The lane that is shown first.
    lead: Lane,
    profiles: Vec<&'a Profile>,
    substitutes: Vec<Substitute>,
}

impl<'a> Shelf<'a> {
    fn has_room(&self, profile: &Profile, lane: Lane) -> bool {
        let is_there = self.profiles.iter().any(|there| there.name_key() == profile.name_key());
        let of_brand = profile
            .brand()
            .map_or(0, |brand| self.profiles.iter().filter(|there| there.brand() == Some(brand)).count());
        // That lane is shown first, whatever stands in the other already.
        let ahead = self.substitutes.iter().filter(|there| there.lane == self.lead || lane != self.lead).count();
        !is_there && (of_brand < BRAND_MAX || ahead >= CROWD_PLACES)
    }

    fn put(&mut self, profile: &'a Profile, substitute: Substitute) {
        self.profiles.push(profile);
        self.substitutes.push(substitute);
    }
}

/// A number that is the smaller the heavier a candidate is.
fn heaviest_first(weight: f32) -> u32 {
    // Of the bits of a float, all but the sign are in order where it is positive, and reversed where not.
    let bits = weight.to_bits();
    if bits >> 31 == 0 { !bits & !(1 << 31) } else { bits }
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
