//! A food in 64 bytes: what the ranking needs to know of it, and nothing else.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use super::form::Form;
use super::words;
use crate::food::allergen::{Allergen, Allergens};
use crate::food::category::CategoryId;
use crate::food::diet::{Analysis, Verdict};
use crate::food::nutri_score::{Grade, NutriScore, Version};
use crate::food::nutrition::{Basis, Nutrient, Nutrition, kcal_from_kj};
use crate::food::product::Product;

/// A nutrient that nobody has said.
const AMOUNT_UNKNOWN: u16 = u16::MAX;
/// Masses are kept in steps of 2 mg, so that 100 g fit a `u16` and no label is rounded visibly.
const STEPS_PER_GRAM: f64 = 500.0;
/// The largest mass or energy that is kept; a label that says more is implausible anyway.
const STEPS_MAX: f64 = 65_534.0;
/// No statement of the energy in kcal that could be kept.
const KCAL_UNSTATED: i8 = i8::MIN;
/// No score.
const SCORE_UNKNOWN: i8 = i8::MIN;
/// No grade, no NOVA group.
const NONE: u8 = u8::MAX;
/// No category.
const CATEGORY_NONE: u32 = u32::MAX;

const PER_100_ML: u8 = 1;
const IMPLAUSIBLE: u8 = 1 << 1;
const ALLERGENS_KNOWN: u8 = 1 << 2;
const TRACES_KNOWN: u8 = 1 << 3;
const VERSION_2023: u8 = 1 << 4;
const COUNTRIES_INTERPRETED: u8 = 1 << 5;
const LETTER_ESTIMATED: u8 = 1 << 6;

/// What the ranking knows of one product. Plain bytes, read in place from the catalogue's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(C)]
pub struct Profile {
    sketch: u64,
    amounts: [u16; 8],
    name_key: u32,
    brand: u32,
    category: u32,
    /// Which set of categories it has, as the catalogue numbers them.
    pub category_set: u32,
    /// Which set of countries it is sold in, as the catalogue numbers them; 0 is the empty one.
    pub country_set: u32,
    allergens: u16,
    traces: u16,
    form: u16,
    declared: u16,
    declared_otherwise: u16,
    popularity: u8,
    completeness: u8,
    score: i8,
    grade: u8,
    stated_grade: u8,
    nova: u8,
    flags: u8,
    estimated: u8,
    diets: u8,
    /// How far the stated kcal are from those that the kJ make, whole kcal.
    kcal_offset: i8,
}

impl Profile {
    /// Reads a product; `category` is its most specific one, `form` what its categories and name say.
    pub fn of(product: &Product, category: Option<CategoryId>, form: Form) -> Self {
        let (grade, score, version) = letter(product.nutri_score);
        let name = product.names.first().map_or("", |name| name.text.as_str());
        let brand = product.brands.first().map_or("", String::as_str);
        let declared = declared(product);
        Self {
            sketch: words::sketch(name, brand),
            amounts: Nutrient::ALL.map(|nutrient| stepped(&product.nutrition, nutrient)),
            name_key: words::key(name, brand),
            brand: words::brand_key(brand),
            category: category.map_or(CATEGORY_NONE, |id| id.0),
            category_set: 0,
            country_set: 0,
            allergens: product.allergens.unwrap_or_default().0,
            traces: product.traces.unwrap_or_default().0,
            form: form.0,
            declared: declared.0,
            declared_otherwise: declared.1,
            popularity: logarithmic(product.popularity),
            completeness: product.completeness.min(100),
            score: score.unwrap_or(SCORE_UNKNOWN),
            grade: grade.map_or(NONE, |grade| grade as u8),
            stated_grade: product.stated_grade.map_or(NONE, |grade| grade as u8),
            nova: product.nova_group.unwrap_or(NONE),
            flags: flags(product, version),
            estimated: estimates(&product.nutrition),
            diets: diets(product.analysis),
            kcal_offset: kcal_offset(&product.nutrition),
        }
    }

    /// How much it contains: g, or kJ for energy, per 100 g or 100 ml.
    pub fn amount(&self, nutrient: Nutrient) -> Option<f64> {
        let steps = self.amounts[nutrient as usize];
        let unit = if nutrient == Nutrient::Energy { 1.0 } else { STEPS_PER_GRAM };
        (steps != AMOUNT_UNKNOWN).then(|| f64::from(steps) / unit)
    }

    /// The energy in kcal: as stated, else as the kJ make.
    pub fn kcal(&self) -> Option<f64> {
        let computed = kcal_from_kj(self.amount(Nutrient::Energy)?);
        let is_stated = self.kcal_offset != KCAL_UNSTATED;
        Some(if is_stated { computed.round() + f64::from(self.kcal_offset) } else { computed })
    }

    /// Whether that amount is an estimate.
    pub fn is_estimated(&self, nutrient: Nutrient) -> bool {
        self.estimated & (1 << nutrient as u8) != 0
    }

    /// The grade by the rule in use, else the letter that the record states.
    pub fn grade(&self) -> Option<Grade> {
        to_grade(self.grade).or_else(|| self.stated_grade())
    }

    /// The letter that the record states.
    pub fn stated_grade(&self) -> Option<Grade> {
        to_grade(self.stated_grade)
    }

    /// The points behind the grade.
    pub fn score(&self) -> Option<i8> {
        (self.score != SCORE_UNKNOWN).then_some(self.score)
    }

    /// Whether the score is by the rule of 2023; scores of two rules are not compared.
    pub fn is_scored_by_2023(&self) -> bool {
        self.flags & VERSION_2023 != 0
    }

    /// Whether the letter was computed from values of which some are estimates.
    pub fn has_estimated_letter(&self) -> bool {
        self.flags & LETTER_ESTIMATED != 0
    }

    /// NOVA group.
    pub fn nova(&self) -> Option<u8> {
        (1..=4).contains(&self.nova).then_some(self.nova)
    }

    /// Its most specific category.
    pub fn category(&self) -> Option<CategoryId> {
        (self.category != CATEGORY_NONE).then_some(CategoryId(self.category))
    }

    /// What the values are counted per.
    pub fn basis(&self) -> Basis {
        if self.flags & PER_100_ML == 0 { Basis::Per100g } else { Basis::Per100ml }
    }

    /// Whether its countries are named in other words than the canonical ones.
    pub fn has_interpreted_countries(&self) -> bool {
        self.flags & COUNTRIES_INTERPRETED != 0
    }

    /// Whether the record contradicts itself; then it is never proposed.
    pub fn is_implausible(&self) -> bool {
        self.flags & IMPLAUSIBLE != 0
    }

    /// Allergens it contains, if known.
    pub fn allergens(&self) -> Option<Allergens> {
        (self.flags & ALLERGENS_KNOWN != 0).then_some(Allergens(self.allergens))
    }

    /// Whether it declares an allergen in words that `other`'s declaration lacks. As far as we understand
    /// them both may mean one thing (`pl:śmietanka` is cream, so milk), but we may misread one.
    pub fn declares_beyond(&self, other: &Self) -> bool {
        let has_other_words = self.declared_otherwise != 0 && self.declared_otherwise != other.declared_otherwise;
        self.declared & !other.declared != 0 || has_other_words
    }

    /// Allergens it may contain traces of, if known.
    pub fn traces(&self) -> Option<Allergens> {
        (self.flags & TRACES_KNOWN != 0).then_some(Allergens(self.traces))
    }

    /// What is known of its diets.
    pub fn analysis(&self) -> Analysis {
        Analysis {
            vegan: to_verdict(self.diets),
            vegetarian: to_verdict(self.diets >> 2),
            palm_oil_free: to_verdict(self.diets >> 4),
        }
    }

    /// What form it has.
    pub fn form(&self) -> Form {
        Form(self.form)
    }

    /// Its first brand; none if it has none.
    pub fn brand(&self) -> Option<u32> {
        (self.brand != 0).then_some(self.brand)
    }

    /// Equal for packs of one product in several sizes: same brand, same words in the name.
    pub fn name_key(&self) -> u32 {
        self.name_key
    }

    /// The words of its name, for [`words::similarity`].
    pub fn sketch(&self) -> u64 {
        self.sketch
    }

    /// How much it is scanned, 0 to 255 on a logarithmic scale.
    pub fn popularity(&self) -> u8 {
        self.popularity
    }

    /// How complete the record is, 0 to 100.
    pub fn completeness(&self) -> u8 {
        self.completeness
    }

    /// How many of the eight nutrients are known.
    pub fn known_amounts(&self) -> u32 {
        self.amounts.iter().map(|steps| u32::from(*steps != AMOUNT_UNKNOWN)).sum()
    }
}

/// The allergens that are declared by their canonical tags, and a key of the other words; 0 for none.
fn declared(product: &Product) -> (u16, u16) {
    if product.allergen_tags.is_empty() {
        return (product.allergens.unwrap_or_default().0, 0);
    }
    let canonical = product.allergen_tags.iter().filter_map(|tag| Allergen::from_tag(tag)).collect::<Allergens>();
    let mut otherwise: Vec<&str> =
        product.allergen_tags.iter().map(String::as_str).filter(|tag| Allergen::from_tag(tag).is_none()).collect();
    otherwise.sort_unstable();
    let key = if otherwise.is_empty() { 0 } else { (words::hash(&otherwise.join(" ")) as u16).max(1) };
    (canonical.0, key)
}

fn letter(score: NutriScore) -> (Option<Grade>, Option<i8>, Option<Version>) {
    match score {
        NutriScore::Graded { grade, score, version, .. } => (Some(grade), score, Some(version)),
        NutriScore::NotApplicable | NutriScore::Unknown => (None, None, None),
    }
}

fn stepped(nutrition: &Nutrition, nutrient: Nutrient) -> u16 {
    let unit = if nutrient == Nutrient::Energy { 1.0 } else { STEPS_PER_GRAM };
    nutrition
        .amount(nutrient)
        .filter(|amount| amount.value.is_finite() && amount.value >= 0.0)
        .map_or(AMOUNT_UNKNOWN, |amount| (amount.value * unit).round().min(STEPS_MAX) as u16)
}

/// A difference too large for a byte is a contradiction, of which the kJ are as good as the kcal.
fn kcal_offset(nutrition: &Nutrition) -> i8 {
    let energy_kj = f64::from(stepped(nutrition, Nutrient::Energy));
    let offset = nutrition.kcal().map(|kcal| kcal.round() - kcal_from_kj(energy_kj).round());
    offset.filter(|offset| offset.abs() <= f64::from(i8::MAX)).map_or(KCAL_UNSTATED, |offset| offset as i8)
}

/// 16 steps per doubling: a product scanned twice as often stands one notch higher, not twice as high.
fn logarithmic(popularity: u32) -> u8 {
    (f64::from(popularity).ln_1p() * 16.0 / std::f64::consts::LN_2).min(255.0) as u8
}

fn flags(product: &Product, version: Option<Version>) -> u8 {
    [
        (product.nutrition.basis == Basis::Per100ml, PER_100_ML),
        (product.implausible.is_some(), IMPLAUSIBLE),
        (product.allergens.is_some(), ALLERGENS_KNOWN),
        (product.traces.is_some(), TRACES_KNOWN),
        (version == Some(Version::V2023), VERSION_2023),
        (product.countries_interpreted, COUNTRIES_INTERPRETED),
        (product.nutri_score.is_estimated(), LETTER_ESTIMATED),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .fold(0, |flags, (_, flag)| flags | flag)
}

fn estimates(nutrition: &Nutrition) -> u8 {
    Nutrient::ALL
        .into_iter()
        .filter(|nutrient| nutrition.amount(*nutrient).is_some_and(|amount| amount.estimated))
        .fold(0, |mask, nutrient| mask | 1 << nutrient as u8)
}

fn diets(analysis: Analysis) -> u8 {
    from_verdict(analysis.vegan) | from_verdict(analysis.vegetarian) << 2 | from_verdict(analysis.palm_oil_free) << 4
}

fn from_verdict(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Unknown => 0,
        Verdict::Yes => 1,
        Verdict::No => 2,
        Verdict::Maybe => 3,
    }
}

fn to_verdict(bits: u8) -> Verdict {
    match bits & 3 {
        1 => Verdict::Yes,
        2 => Verdict::No,
        3 => Verdict::Maybe,
        _ => Verdict::Unknown,
    }
}

fn to_grade(byte: u8) -> Option<Grade> {
    [Grade::A, Grade::B, Grade::C, Grade::D, Grade::E].get(usize::from(byte)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::food::barcode::Barcode;
    use crate::food::nutrition::Amount;

    #[test]
    fn the_stated_kilocalories_are_kept_beside_the_kilojoules() {
        for (kj, stated, expected) in
            [(2_252.0, Some(539.0), 539.0), (2_252.0, None, 538.0), (0.0, Some(0.4), 0.0), (539.0, Some(539.0), 129.0)]
        {
            let mut product = Product::new(Barcode::from_number(20_000_011), "spread");
            product.nutrition = product.nutrition.with(Nutrient::Energy, kj);
            product.nutrition.energy_kcal = stated.map(Amount::labelled);

            let kcal = Profile::of(&product, None, Form::default()).kcal();

            assert_eq!(kcal.map(f64::round), Some(expected), "{kj} kJ, {stated:?} kcal");
        }
    }
}
