//! What each trait of a candidate is worth beside the others.

use super::profile::Profile;
use super::ranking::{Availability, Candidate};
use super::reasons::untold;
use super::uses::CLOSEST_GUESSED;
use super::words;
use super::{Gain, Lane};
use crate::food::diet::{Analysis, Verdict};

// How close the use is comes first: a person does not buy another thing. Then letters and availability, which weigh against
// each other: in the own category two letters are worth a product from elsewhere. Then what is alike and well known. All of
// them were chosen by hand on real products; docs/benchmarks.md says what they bring.
const CLOSENESS: f32 = 65.0;
const COUNTRY_SHARED: f32 = 6.5;
const COUNTRY_PRESUMED: f32 = -3.0;
const COUNTRY_OTHER: f32 = -10.0;
const GRADE: f32 = 4.5;
/// And so much more for a letter in the original's own category: within one use the better of two is the one to buy, though
/// another may be sold nearer.
const OWN_GRADE: f32 = 3.25;
/// The same where the original is filed in a broad category only: of what people filed beside it nobody knows which is the
/// most alike, so the letter decides.
const BESIDE_GRADE: f32 = 9.0;
/// For a letter that the record states itself, rather than one that we computed.
const STATED: f32 = 22.0;
/// For a letter that we computed from estimates: less than a letter is worth, so that of two products of one use the one
/// whose values are on its label comes first, unless the other is better.
const ESTIMATED: f32 = -3.0;
/// For points alone, without a better letter: a better letter in another category is worth less than points in this one.
const SAME_LETTER: f32 = -12.0;
const POINT: f32 = 0.07;
const POINTS_COUNTED_MAX: i16 = 20;
const NAME: f32 = 3.0;
const FORM: f32 = -0.8;
const WORSE_POINT: f32 = -0.3;
const WORSENING_MAX: f32 = 10.0;
const WORSE_NOVA: f32 = -0.4;
/// For each of sugars, saturated fat and salt that cannot be compared: a shopper should not have to guess.
const UNTOLD: f32 = -2.0;
const COMPLETENESS: f32 = 0.5;
const POPULARITY: f32 = 0.8;
/// For what is known to be no vegetarian food, where the original is known to be one: who eats a patty of beans wants no
/// chicken.
const WITH_MEAT: f32 = -30.0;
/// The same of vegan foods: bread with milk is bread all the same.
const WITH_MILK_OR_EGGS: f32 = -2.0;
const ALLERGENS_UNKNOWN: f32 = -0.3;
/// For an allergen in words that the original's declaration lacks: it may be a further one, so it comes last.
const DECLARED_OTHERWISE: f32 = -80.0;
/// How much of its closeness is left to a product whose categories contradict one another.
const ASIDE: f32 = 0.95;
/// For a product that people filed exactly where the original is: a dessert cream for a dessert cream, rather than a
/// yogurt, which is only known to be one of the dairy desserts.
const KIN: f32 = 17.0;

/// How many letters better it is, between those by the rule in use and those that the packs state.
pub(super) fn letters(original: &Profile, candidate: &Profile, gain: Gain) -> f32 {
    let stated = original.stated_grade().zip(candidate.stated_grade());
    let stated = stated.map_or(f32::from(gain.grades), |(from, to)| f32::from(from as u8) - f32::from(to as u8));
    f32::midpoint(f32::from(gain.grades), stated)
}

/// How good a proposal a candidate is; the heaviest is the first.
pub(super) fn weight(original: &Profile, candidate: &Candidate, gain: Gain, worsening: f32) -> f32 {
    let profile = candidate.profile;
    let letters = letters(original, profile, gain);
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
        + if candidate.is_kin { KIN } else { 0.0 }
        + country
        + GRADE * letters
        + own_grade(candidate) * letters
        + SAME_LETTER * (1.0 - letters.min(1.0))
        + POINT * f32::from(gain.score.unwrap_or(0).min(POINTS_COUNTED_MAX))
        + if profile.stated_grade().is_some() { STATED } else { 0.0 }
        + if profile.has_estimated_letter() { ESTIMATED } else { 0.0 }
        + NAME * words::similarity(original.sketch(), profile.sketch())
        + FORM * original.form().distance(profile.form()) as f32
        + WORSE_POINT * worsening.min(WORSENING_MAX)
        + WORSE_NOVA * f32::from(nova)
        + diet(original.analysis(), profile.analysis())
        + UNTOLD * untold(original, profile).count() as f32
        + COMPLETENESS * f32::from(profile.completeness()) / 100.0
        + POPULARITY * f32::from(profile.popularity()) / 255.0
        + if is_unsure { ALLERGENS_UNKNOWN } else { 0.0 }
        + if declares_otherwise { DECLARED_OTHERWISE } else { 0.0 }
}

/// What a letter is worth beyond [`GRADE`] for being found where the original is.
fn own_grade(candidate: &Candidate) -> f32 {
    match candidate.lane {
        Lane::Same if candidate.closeness >= CLOSEST_GUESSED => OWN_GRADE,
        Lane::Bolder if candidate.is_kin => BESIDE_GRADE,
        Lane::Same | Lane::Bolder => 0.0,
    }
}

/// What it costs to leave the diet that the original is known to fit.
fn diet(original: Analysis, candidate: Analysis) -> f32 {
    let leaves = |from: Verdict, to: Verdict| from == Verdict::Yes && to == Verdict::No;
    if leaves(original.vegetarian, candidate.vegetarian) {
        WITH_MEAT
    } else if leaves(original.vegan, candidate.vegan) {
        WITH_MILK_OR_EGGS
    } else {
        0.0
    }
}
