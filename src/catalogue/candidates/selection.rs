//! Which products of a category its list holds: the best, and enough variety that a wish finds some.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::food::diet::Verdict;
use crate::food::nutri_score::Grade;
use crate::food::substitution::form::Form;
use crate::food::substitution::profile::Profile;

/// Products in the common list of a category.
pub(super) const LIST_MAX: usize = 64;
/// Products in the list of a category in one country.
pub(super) const COUNTRY_LIST_MAX: usize = 32;
/// Of each brand in a list, as long as there are others.
const BRAND_MAX: u32 = 4;
/// Of each part of a category in the list of a whole occasion.
const PART_MAX: u32 = 6;
/// The part of a list that goes to products of one set of allergens at most.
const ALLERGENS_SHARE: usize = 3;
/// The part of a list that is kept for each wish that would else find nothing.
const WISH_SHARE: usize = 12;
/// Nutrients that a product must state; with none there is nothing to give as a reason.
const AMOUNTS_MIN: u32 = 1;

/// Whether a product may be proposed at all.
pub(super) fn is_eligible(profile: &Profile) -> bool {
    profile.grade().is_some_and(|grade| grade < Grade::E)
        && profile.stated_grade().is_none_or(|grade| grade < Grade::E)
        && !profile.is_implausible()
        && profile.known_amounts() >= AMOUNTS_MIN
        && !profile.form().has(Form::ALCOHOLIC)
}

/// How good a proposal it is for whomever: letters first, then points, then how well known and described.
pub(super) fn quality(profile: &Profile) -> u16 {
    let letter = |grade: Option<Grade>| grade.map_or(2, |grade| 4 - grade as u16);
    let letters = letter(profile.grade()) + letter(profile.stated_grade().or(profile.grade()));
    let points = (40 - i16::from(profile.score().unwrap_or(10))).clamp(0, 60) as u16;
    let described = u16::from(profile.completeness()) / 3
        + 6 * profile.known_amounts() as u16
        + if profile.allergens().is_some() { 15 } else { 0 };
    let unprocessed = profile.nova().map_or(5, |group| 5 * (4 - u16::from(group)));
    letters * 100 + points + described + unprocessed + u16::from(profile.popularity()) / 2
}

/// Chooses at most `max` of `docs`, which are sorted best first; the choice keeps that order.
pub(super) fn choose(docs: &[u32], profiles: &[Profile], max: usize, parts_vary: bool) -> Vec<u32> {
    if docs.len() <= max {
        return docs.to_vec();
    }
    let mut list = List { taken: FxHashSet::default(), max };
    list.take_varied(docs, profiles, parts_vary);
    for wish in WISHES {
        let mut left = max / WISH_SHARE;
        for doc in docs {
            if left == 0 {
                break;
            }
            if wish(&profiles[*doc as usize]) {
                left -= 1;
                list.taken.insert(*doc);
            }
        }
    }
    for doc in docs {
        if list.taken.len() >= max {
            break;
        }
        list.taken.insert(*doc);
    }
    docs.iter().copied().filter(|doc| list.taken.contains(doc)).take(max).collect()
}

/// What shoppers ask for most; a list keeps some room for each.
const WISHES: [fn(&Profile) -> bool; 4] = [
    |profile| profile.analysis().vegan == Verdict::Yes,
    |profile| profile.analysis().vegetarian == Verdict::Yes,
    |profile| profile.analysis().palm_oil_free == Verdict::Yes,
    |profile| profile.allergens().is_some_and(|allergens| allergens.0 == 0),
];

struct List {
    taken: FxHashSet<u32>,
    max: usize,
}

impl List {
    /// Fills two thirds without letting a brand, an allergen set or a part of the category crowd it.
    fn take_varied(&mut self, docs: &[u32], profiles: &[Profile], parts_vary: bool) {
        let mut brands: FxHashMap<u32, u32> = FxHashMap::default();
        let mut parts: FxHashMap<u32, u32> = FxHashMap::default();
        let mut allergens: FxHashMap<u16, usize> = FxHashMap::default();
        let mut names: FxHashSet<u32> = FxHashSet::default();
        for doc in docs {
            if self.taken.len() >= self.max * 2 / 3 {
                return;
            }
            let profile = &profiles[*doc as usize];
            let of_brand = brands.entry(profile.brand().unwrap_or(0)).or_default();
            let of_part = parts.entry(profile.category().map_or(u32::MAX, |id| id.0)).or_default();
            let of_allergens = allergens.entry(profile.allergens().map_or(u16::MAX, |set| set.0)).or_default();
            let is_crowded = (*of_brand >= BRAND_MAX && profile.brand().is_some())
                || (parts_vary && *of_part >= PART_MAX)
                || *of_allergens >= self.max / ALLERGENS_SHARE
                || !names.insert(profile.name_key());
            if !is_crowded {
                *of_brand += 1;
                *of_part += 1;
                *of_allergens += 1;
                self.taken.insert(*doc);
            }
        }
    }
}
