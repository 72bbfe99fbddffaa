//! Which product to buy instead: candidates judged by use, gain, plausibility and availability.

pub mod form;
pub mod occasion;
pub mod profile;
pub mod ranking;
pub mod reasons;
pub mod uses;
mod weight;
pub mod words;

use serde::{Deserialize, Serialize};

use super::allergen::Allergens;
use super::category::CategoryId;
use super::country::Country;
use super::nutrition::Nutrient;

/// How far a substitute is from the original's use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// The same use.
    Same,
    /// Another food for the same occasion.
    Bolder,
}

impl Lane {
    /// Both lanes in the order of an answer whose first proposal is of `first`.
    pub fn both_from(first: Option<Self>) -> [Self; 2] {
        match first {
            Some(Self::Bolder) => [Self::Bolder, Self::Same],
            Some(Self::Same) | None => [Self::Same, Self::Bolder],
        }
    }
}

/// One screen: enough to choose from, few enough to compare.
pub const LIMIT_DEFAULT: usize = 10;
/// Nobody compares more; it also bounds the work.
pub const LIMIT_MAX: usize = 50;

/// What the shopper asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Only this lane; both by default.
    pub lane: Option<Lane>,
    /// Allergens to avoid, traces included.
    pub without: Allergens,
    /// Only products known to be vegan.
    pub vegan: bool,
    /// Only products known to be vegetarian.
    pub vegetarian: bool,
    /// Only products known to be without palm oil.
    pub palm_oil_free: bool,
    /// Only products known to be sold there.
    pub country: Option<Country>,
    /// At most so many in all; 0 for [`LIMIT_DEFAULT`].
    pub limit: usize,
}

/// How the question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// There are substitutes.
    Found,
    /// The original is as good as its kind gets.
    AlreadyBest,
    /// Nothing better for this use, or nothing that fits the wishes.
    NoneFound,
    /// The original has no grade or no category to compare by.
    NotComparable,
}

/// How many better products each wish hid, among those considered: the best of the categories close to
/// the original, not the whole catalogue. A product is counted once, under the first that applies of
/// country, allergen, diet, unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hidden {
    /// Contain an allergen to avoid, or traces of it.
    pub allergen: u32,
    /// Known not to fit the diet.
    pub diet: u32,
    /// Not known to be safe, or to fit the diet.
    pub unknown: u32,
    /// Not known to be sold in the country.
    pub country: u32,
}

/// One nutrient, from the original to the substitute.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Which.
    pub nutrient: Nutrient,
    /// In the original: g, or kJ for energy, per 100 g or 100 ml.
    pub from: f64,
    /// In the substitute, likewise.
    pub to: f64,
    /// Of energy: the same in kcal, from and to, as the records state it.
    pub kcal: Option<(f64, f64)>,
    /// The change in percent of `from`; none where `from` is 0.
    pub change_percent: Option<f64>,
    /// Whether the change is for the better.
    pub better: bool,
    /// Whether either value is an estimate.
    pub estimated: bool,
}

/// How much better the substitute is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gain {
    /// Grades, 0 to 4.
    pub grades: u8,
    /// Nutri-Score points, where both scores are known.
    pub score: Option<i16>,
}

/// One proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Substitute {
    /// Its document in the snapshot.
    pub doc: u32,
    /// How far from the original's use.
    pub lane: Lane,
    /// The most specific category that both are in.
    pub shared_category: Option<CategoryId>,
    /// How much better.
    pub gain: Gain,
    /// Per nutrient, the most telling first; none where only the letters can be compared.
    pub reasons: Vec<Reason>,
    /// Sugars, saturated fat and salt as far as one of the two does not state them: there the substitute may be worse.
    pub untold: Vec<Nutrient>,
    /// The NOVA group where the substitute's is worse: from, to.
    pub worse_nova: Option<(u8, u8)>,
    /// Allergens it contains that the original is known not to contain.
    pub added_allergens: Allergens,
    /// Whether one is counted per 100 g and the other per 100 ml: of ice cream 100 ml weigh half of 100 g, so part of a
    /// change is only that.
    pub mixes_bases: bool,
}

impl Substitute {
    /// Whether no value of both is known, so that the letter is all there is to say for it.
    pub fn is_by_letter_alone(&self) -> bool {
        self.reasons.is_empty()
    }
}

/// The whole answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposals {
    /// How it ended.
    pub status: Status,
    /// The proposals: the lane with the better one first, best first in each. Which lane leads is said at
    /// [`ranking::Ranking::finish`].
    pub substitutes: Vec<Substitute>,
    /// What the wishes hid.
    pub hidden: Hidden,
}
