//! What a food contains: a value, a bar, and what the value means in words.

use crate::food::nutrition::{Amount, Basis, Consumed, Level, Nutrient, Nutrition, level};

use super::super::language::{Language, Speaker};

/// Kilojoules in a kilocalorie (Regulation (EU) 1169/2011, annex XIV uses the rounded factors behind it).
/// The whole bar.
const WHOLE: f64 = 100.0;

/// Its class in the style.
fn class(level: Level) -> &'static str {
    match level {
        Level::Low => "low",
        Level::Moderate => "medium",
        Level::High => "high",
    }
}

fn level_message(level: Level) -> &'static str {
    match level {
        Level::Low => "level-low",
        Level::Moderate => "level-medium",
        Level::High => "level-high",
    }
}

/// What an adult needs in a day: kJ for energy, g for the rest (Regulation (EU) 1169/2011, annex XIII, part B).
fn reference_intake(nutrient: Nutrient) -> Option<f64> {
    Some(match nutrient {
        Nutrient::Energy => 8400.0,
        Nutrient::Fat => 70.0,
        Nutrient::SaturatedFat => 20.0,
        Nutrient::Carbohydrates => 260.0,
        Nutrient::Sugars => 90.0,
        Nutrient::Proteins => 50.0,
        Nutrient::Salt => 6.0,
        Nutrient::Fiber => return None,
    })
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Which nutrient.
    pub name: String,
    /// Whether it is a part of the row above.
    pub part: bool,
    /// How much, with its unit.
    pub value: String,
    /// Length of the bar, 0 to 100.
    pub width: String,
    /// Class of the bar: `low`, `medium`, `high` or `plain`.
    pub class: &'static str,
    /// "high", in words.
    pub level: Option<String>,
    /// "12 % of a day's reference intake".
    pub share: Option<String>,
    /// Whether somebody computed it.
    pub estimated: bool,
}

/// The rows of what is known, in the order of a label.
pub fn rows(nutrition: &Nutrition, drink: bool, speaker: Speaker<'_>) -> Vec<Row> {
    Nutrient::ALL
        .into_iter()
        .filter_map(|nutrient| {
            let text = written(nutrition, nutrient, speaker.language)?;
            Some(row(nutrient, nutrition.amount(nutrient)?, text, drink, speaker))
        })
        .collect()
}

fn form(drink: bool) -> Consumed {
    if drink { Consumed::Drink } else { Consumed::Food }
}

fn row(nutrient: Nutrient, amount: Amount, value: String, drink: bool, speaker: Speaker<'_>) -> Row {
    let level = level(nutrient, amount.value, form(drink));
    let share = reference_intake(nutrient).map(|intake| amount.value / intake * WHOLE);
    Row {
        name: speaker.say(message(nutrient)).into_owned(),
        part: matches!(nutrient, Nutrient::SaturatedFat | Nutrient::Sugars),
        value,
        width: format!("{:.1}", width(nutrient, amount.value, drink)),
        class: level.map_or("plain", class),
        level: level.map(|level| speaker.say(level_message(level)).into_owned()),
        share: share
            .map(|share| speaker.say_with("nutrient-share", &[("percent", speaker.language.percent(share).into())])),
        estimated: amount.estimated,
    }
}

/// How long the bar of an amount is, 0 to 100.
pub fn width(nutrient: Nutrient, value: f64, drink: bool) -> f64 {
    (value / full(nutrient, drink) * WHOLE).clamp(0.0, WHOLE)
}

/// How long the bar of one of several amounts is, 0 to 100: the largest still fits, and their ratio is seen.
pub fn width_among(nutrient: Nutrient, value: f64, largest: f64, drink: bool) -> f64 {
    (value / full(nutrient, drink).max(largest) * WHOLE).clamp(0.0, WHOLE)
}

/// The amount that fills a bar, kJ for energy and g for the rest: about twice what is called high where something is,
/// so that what lies beyond still shows; else a day's reference intake; of fibre as much as bran has.
fn full(nutrient: Nutrient, drink: bool) -> f64 {
    let full = match nutrient {
        Nutrient::Energy => 8400.0,
        Nutrient::Fat => 40.0,
        Nutrient::SaturatedFat => 10.0,
        Nutrient::Carbohydrates => 260.0,
        Nutrient::Sugars | Nutrient::Fiber => 25.0,
        Nutrient::Proteins => 50.0,
        Nutrient::Salt => 3.0,
    };
    if drink { full / 2.0 } else { full }
}

/// The name of a nutrient as a message.
pub fn message(nutrient: Nutrient) -> &'static str {
    match nutrient {
        Nutrient::Energy => "nutrient-energy",
        Nutrient::Fat => "nutrient-fat",
        Nutrient::SaturatedFat => "nutrient-saturated-fat",
        Nutrient::Carbohydrates => "nutrient-carbohydrates",
        Nutrient::Sugars => "nutrient-sugars",
        Nutrient::Fiber => "nutrient-fiber",
        Nutrient::Proteins => "nutrient-proteins",
        Nutrient::Salt => "nutrient-salt",
    }
}

/// An amount of a food with its unit: energy in both units, masses in grams; none where it is not known.
pub fn written(nutrition: &Nutrition, nutrient: Nutrient, language: Language) -> Option<String> {
    let value = nutrition.value(nutrient)?;
    Some(match nutrition.kcal().filter(|_| nutrient == Nutrient::Energy) {
        Some(kcal) => format!("{} ({}\u{a0}kJ)", kilocalories(kcal, language), language.count(whole(value))),
        None => grams(value, language),
    })
}

/// The same in a narrow place: energy in kilocalories only.
pub fn written_short(nutrition: &Nutrition, nutrient: Nutrient, language: Language) -> Option<String> {
    if nutrient == Nutrient::Energy {
        return nutrition.kcal().map(|kcal| kilocalories(kcal, language));
    }
    written(nutrition, nutrient, language)
}

/// "539 kcal".
pub fn kilocalories(kcal: f64, language: Language) -> String {
    format!("{}\u{a0}kcal", language.count(whole(kcal)))
}

/// "6.3 g".
pub fn grams(value: f64, language: Language) -> String {
    format!("{}\u{a0}g", language.decimal(value))
}

fn whole(value: f64) -> u64 {
    value.round().max(0.0) as u64
}

/// "per 100 g" or "per 100 ml".
pub fn basis(basis: Basis, speaker: Speaker<'_>) -> String {
    let message = match basis {
        Basis::Per100g => "nutrient-per-100g",
        Basis::Per100ml => "nutrient-per-100ml",
    };
    speaker.say(message).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn energy_is_written_as_the_label_states_it_in_both_units() {
        let stated = Nutrition { energy_kcal: Some(Amount::labelled(539.0)), ..Nutrition::default() };
        let spread = stated.with(Nutrient::Energy, 2_252.0).with(Nutrient::Salt, 0.107);
        let short = |nutrient| written_short(&spread, nutrient, Language::English);

        let long = written(&spread, Nutrient::Energy, Language::English);
        assert_eq!(long.as_deref(), Some("539\u{a0}kcal (2,252\u{a0}kJ)"));
        assert_eq!(short(Nutrient::Energy).as_deref(), Some("539\u{a0}kcal"));
        assert_eq!(short(Nutrient::Salt), written(&spread, Nutrient::Salt, Language::English));
        assert_eq!(short(Nutrient::Fat), None);
    }

    #[test]
    fn a_bar_never_leaves_its_track() {
        for nutrient in Nutrient::ALL {
            for value in [-1.0, 0.0, 0.01, 3.0, 100.0, 3700.0] {
                assert!((0.0..=100.0).contains(&width(nutrient, value, false)), "{nutrient:?} {value}");
            }
        }
    }
}
