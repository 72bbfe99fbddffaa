//! What a record says of its nutrients: from the label, estimated, or not at all.
//!
//! Two shapes live in one dump. Up to schema 1002, `nutriments` holds `{name}_100g` values of the
//! label and `nutriments_estimated` those computed from the ingredients. From 1003 on,
//! `nutrition.aggregated_set` holds both, each with its source. Values of the prepared product are
//! other values, and never stand in for those of the product as sold; values per serving do only
//! where there are no others and the serving's size is known.

use super::scan::{self, Malformed};
use super::serving;
use super::value::{Number, Value};
use super::wanted::{Field, Wanted};
use crate::food::nutrition::{Amount, Basis, Nutrient, Nutrition, kj_from_kcal, salt_from_sodium, salt_of_both};

/// Percent of anything, and of alcohol by volume.
const PERCENT_MAX: f64 = 100.0;

/// A value that is read, by the name that Open Food Facts gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nutriment {
    /// `alcohol`, percent by volume
    Alcohol,
    /// `carbohydrates`, g
    Carbohydrates,
    /// `energy`, kJ
    Energy,
    /// `energy-kcal`, kcal
    EnergyKcal,
    /// `energy-kj`, kJ
    EnergyKj,
    /// `fat`, g
    Fat,
    /// `fiber`, g
    Fiber,
    /// `fruits-vegetables-legumes`, %
    FruitsVegetablesLegumes,
    /// `fruits-vegetables-legumes-estimate-from-ingredients`, %
    FruitsVegetablesLegumesEstimate,
    /// `fruits-vegetables-nuts-estimate-from-ingredients`, %: the same of the older rule
    FruitsVegetablesNutsEstimate,
    /// `proteins`, g
    Proteins,
    /// `salt`, g
    Salt,
    /// `saturated-fat`, g
    SaturatedFat,
    /// `sodium`, g
    Sodium,
    /// `sugars`, g
    Sugars,
}

/// How many [`Nutriment`]s there are.
const NUTRIMENTS: usize = Nutriment::Sugars as usize + 1;

impl Nutriment {
    /// Those of the nutrition label, by which one knows that there is a label.
    const LABEL: [Self; 9] = [
        Self::Energy,
        Self::EnergyKj,
        Self::EnergyKcal,
        Self::Fat,
        Self::SaturatedFat,
        Self::Carbohydrates,
        Self::Sugars,
        Self::Proteins,
        Self::Salt,
    ];

    /// The value of a name, if it is wanted.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"alcohol" => Self::Alcohol,
            b"carbohydrates" => Self::Carbohydrates,
            b"energy" => Self::Energy,
            b"energy-kcal" => Self::EnergyKcal,
            b"energy-kj" => Self::EnergyKj,
            b"fat" => Self::Fat,
            b"fiber" => Self::Fiber,
            b"fruits-vegetables-legumes" => Self::FruitsVegetablesLegumes,
            b"fruits-vegetables-legumes-estimate-from-ingredients" => Self::FruitsVegetablesLegumesEstimate,
            b"fruits-vegetables-nuts-estimate-from-ingredients" => Self::FruitsVegetablesNutsEstimate,
            b"proteins" => Self::Proteins,
            b"salt" => Self::Salt,
            b"saturated-fat" | b"saturated_fat" => Self::SaturatedFat,
            b"sodium" => Self::Sodium,
            b"sugars" => Self::Sugars,
            _ => return None,
        })
    }

    /// The nutrient whose limit holds for it.
    fn limit(self) -> Nutrient {
        match self {
            Self::Energy | Self::EnergyKcal | Self::EnergyKj => Nutrient::Energy,
            _ => Nutrient::Carbohydrates,
        }
    }

    /// The value of a key of `nutriments` or a column of the export: `{name}_100g`.
    pub(super) fn per_100g(key: &[u8]) -> Option<Self> {
        Self::named(key.strip_suffix(b"_100g")?)
    }
}

/// The values of one record, before they become a [`Nutrition`].
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Amounts([Option<Amount>; NUTRIMENTS]);

impl Amounts {
    /// Sets one value; a negative or absurd one is none.
    pub(super) fn set(&mut self, nutriment: Nutriment, number: Number, estimated: bool) {
        self.0[nutriment as usize] = Amount::parsed(nutriment.limit(), number.value, estimated || number.about).ok();
    }

    fn get(&self, nutriment: Nutriment) -> Option<Amount> {
        self.0[nutriment as usize]
    }

    fn mark_estimated(&mut self, nutriment: Nutriment) {
        if let Some(amount) = &mut self.0[nutriment as usize] {
            amount.estimated = true;
        }
    }

    /// Whether anything of the nutrition label is known.
    fn has_label(&self) -> bool {
        Nutriment::LABEL.iter().any(|&nutriment| self.get(nutriment).is_some_and(|amount| !amount.estimated))
    }

    /// The values of `nutriments`.
    fn of_nutriments(object: &[u8]) -> Result<Self, Malformed> {
        let mut amounts = Self::default();
        let mut about = Vec::new();
        for member in scan::members(object) {
            let (key, raw) = member?;
            if let Some(nutriment) = Nutriment::per_100g(key) {
                if let Some(number) = Value::Json(raw).number() {
                    amounts.set(nutriment, number, false);
                }
            } else if let Some(nutriment) = key.strip_suffix(b"_modifier").and_then(Nutriment::named)
                && raw == br#""~""#
            {
                about.push(nutriment);
            }
        }
        for nutriment in about {
            amounts.mark_estimated(nutriment);
        }
        Ok(amounts)
    }

    /// The values of `nutriments_estimated`, all marked as such.
    fn of_estimates(object: &[u8]) -> Self {
        let mut amounts = Self::of_nutriments(object).unwrap_or_default();
        for amount in amounts.0.iter_mut().flatten() {
            amount.estimated = true;
        }
        amounts
    }

    /// The values of `nutrition.aggregated_set`, and what they are counted per.
    fn of_aggregated_set(object: &[u8]) -> Option<(Self, Basis)> {
        let set = scan::member(object, "aggregated_set")?;
        let text = |key| Value::Json(scan::member(set, key)?).text();
        if text("preparation").is_some_and(|preparation| preparation != "as_sold") {
            return None;
        }
        let basis = match text("per").as_deref() {
            Some("100ml") => Basis::Per100ml,
            Some("100g") | None => Basis::Per100g,
            Some(_) => return None,
        };
        let mut amounts = Self::default();
        for (name, nutrient) in scan::members(scan::member(set, "nutrients")?).map_while(Result::ok) {
            if let Some(nutriment) = Nutriment::named(name) {
                amounts.set_aggregated(nutriment, nutrient);
            }
        }
        Some((amounts, basis))
    }

    fn set_aggregated(&mut self, nutriment: Nutriment, nutrient: &[u8]) {
        let mut number = None;
        let mut estimated = false;
        for (key, raw) in scan::members(nutrient).map_while(Result::ok) {
            match key {
                b"value" => number = Value::Json(raw).number(),
                b"source" => estimated |= raw == br#""estimate""#,
                b"modifier" => estimated |= raw == br#""~""#,
                _ => {}
            }
        }
        if let Some(number) = number {
            self.set(nutriment, number, estimated);
        }
    }

    /// The energy in kJ, from kJ where it is given, else from kcal.
    fn energy_kj(&self) -> Option<Amount> {
        let kcal = self.get(Nutriment::EnergyKcal);
        self.get(Nutriment::EnergyKj)
            .or_else(|| self.get(Nutriment::Energy))
            .or_else(|| kcal.map(|kcal| Amount { value: kj_from_kcal(kcal.value), ..kcal }))
    }

    fn salt_g(&self) -> Option<Amount> {
        match (self.get(Nutriment::Salt), self.get(Nutriment::Sodium)) {
            (Some(salt), Some(sodium)) => Some(Amount { value: salt_of_both(salt.value, sodium.value), ..salt }),
            (salt, sodium) => {
                salt.or_else(|| sodium.map(|sodium| Amount { value: salt_from_sodium(sodium.value), ..sodium }))
            }
        }
    }

    /// The share of fruit, vegetables and legumes; what OFF computed from the ingredients is an estimate.
    fn fruits_vegetables_legumes(&self) -> Option<Amount> {
        let estimate = |nutriment| self.get(nutriment).map(|amount| Amount::estimated(amount.value));
        self.get(Nutriment::FruitsVegetablesLegumes)
            .or_else(|| estimate(Nutriment::FruitsVegetablesLegumesEstimate))
            .or_else(|| estimate(Nutriment::FruitsVegetablesNutsEstimate))
            .filter(|amount| amount.value <= PERCENT_MAX)
    }

    fn nutrition(&self, basis: Basis) -> Nutrition {
        let fat_g = self.get(Nutriment::Fat);
        let carbohydrates_g = self.get(Nutriment::Carbohydrates);
        Nutrition {
            basis,
            energy_kj: self.energy_kj(),
            energy_kcal: self.get(Nutriment::EnergyKcal),
            fat_g,
            saturated_fat_g: part_of(self.get(Nutriment::SaturatedFat), fat_g),
            carbohydrates_g,
            sugars_g: part_of(self.get(Nutriment::Sugars), carbohydrates_g),
            fiber_g: self.get(Nutriment::Fiber),
            proteins_g: self.get(Nutriment::Proteins),
            salt_g: self.salt_g(),
            fruits_vegetables_legumes_percent: self.fruits_vegetables_legumes(),
            alcohol_percent: self
                .get(Nutriment::Alcohol)
                .map(|amount| amount.value)
                .filter(|&value| value <= PERCENT_MAX),
        }
    }
}

/// A part, unless it is an estimate that contradicts the whole: the label is right, the estimate wrong.
fn part_of(part: Option<Amount>, whole: Option<Amount>) -> Option<Amount> {
    part.filter(|part| !part.estimated || whole.is_none_or(|whole| part.value <= whole.value))
}

/// The nutrition of a dump's record.
///
/// Estimates fill in only where the label says nothing at all, so that a list never mixes the two
/// without saying so; from schema 1003 on Open Food Facts mixes them itself, and marks them.
pub(super) fn of_record(wanted: &Wanted<'_>) -> Nutrition {
    let object = |field| wanted.get(field).and_then(Value::object);
    if let Some((amounts, basis)) = object(Field::Nutrition).and_then(Amounts::of_aggregated_set) {
        let basis = if basis == Basis::Per100ml { basis } else { basis_of(wanted) };
        return amounts.nutrition(basis);
    }
    let mut amounts =
        object(Field::Nutriments).and_then(|object| Amounts::of_nutriments(object).ok()).unwrap_or_default();
    if !amounts.has_label()
        && let Some(served) = object(Field::Nutriments).and_then(|object| serving::amounts(wanted, object))
    {
        for (amount, served) in amounts.0.iter_mut().zip(served.0) {
            *amount = amount.or(served);
        }
    }
    if !amounts.has_label()
        && let Some(estimates) = object(Field::NutrimentsEstimated)
    {
        let estimates = Amounts::of_estimates(estimates);
        for (amount, estimate) in amounts.0.iter_mut().zip(estimates.0) {
            *amount = amount.or(estimate);
        }
    }
    amounts.nutrition(basis_of(wanted))
}

/// The nutrition of a row whose columns gave `amounts`.
pub(super) fn of_row(wanted: &Wanted<'_>, amounts: &Amounts) -> Nutrition {
    amounts.nutrition(basis_of(wanted))
}

/// What the values are counted per. Records say "100g" of drinks too: the unit of the net quantity
/// decides, and where there is none, whether it is a beverage.
fn basis_of(wanted: &Wanted<'_>) -> Basis {
    let text = |field| wanted.get(field).and_then(Value::text);
    if text(Field::NutritionDataPer).is_some_and(|per| per == "100ml") {
        return Basis::Per100ml;
    }
    let millilitres = match (text(Field::ProductQuantityUnit), text(Field::Quantity)) {
        (Some(unit), _) => unit.eq_ignore_ascii_case("ml"),
        (None, Some(quantity)) => is_volume(&quantity),
        (None, None) => {
            wanted.get(Field::CategoriesTags).is_some_and(|tags| tags.list().iter().any(|tag| tag == "en:beverages"))
        }
    };
    if millilitres { Basis::Per100ml } else { Basis::Per100g }
}

/// Whether a net quantity as written ends in a unit of volume (`1 L`, `33cl`, `250 ml e`).
fn is_volume(quantity: &str) -> bool {
    let lower = quantity.to_lowercase();
    let unit = lower.trim_end_matches([' ', 'e', '℮', '.']);
    let unit = unit.rsplit(|letter: char| letter.is_ascii_digit() || letter == ' ').next().unwrap_or("");
    matches!(unit, "l" | "cl" | "ml" | "dl" | "litr" | "liter" | "litre" | "litros" | "litri" | "litres")
}
