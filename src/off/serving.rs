//! Nutrients per serving, turned into nutrients per 100 g where the serving's size is known.
//!
//! Some records hold only what was typed from the label, `{name}_value` with `{name}_unit`, per serving.

use super::nutriments::{Amounts, Nutriment};
use super::scan;
use super::value::{Number, Value};
use super::wanted::{Field, Wanted};
use crate::food::nutrition::KJ_PER_KCAL;

/// A serving below this is a typing error or a spice, g or ml.
const SERVING_MIN: f64 = 2.0;
/// A serving above this is a whole pack, or an error, g or ml.
const SERVING_MAX: f64 = 2_000.0;

/// The values of `nutriments` per 100 g or 100 ml, if they are per serving of known size, or per 100 g
/// without saying so in their names.
pub(super) fn amounts(wanted: &Wanted<'_>, nutriments: &[u8]) -> Option<Amounts> {
    let per = wanted.get(Field::NutritionDataPer).and_then(Value::text)?;
    let factor = match &*per {
        "100g" | "100ml" => 1.0,
        "serving" => 100.0 / serving(wanted)?,
        _ => return None,
    };
    let units: Vec<(&[u8], &[u8])> = scan::members(nutriments)
        .map_while(Result::ok)
        .filter_map(|(key, raw)| Some((key.strip_suffix(b"_unit")?, raw)))
        .collect();
    let mut amounts = Amounts::default();
    for (key, raw) in scan::members(nutriments).map_while(Result::ok) {
        let Some(name) = key.strip_suffix(b"_value") else { continue };
        let unit = units.iter().find(|(named, _)| *named == name).map_or(&b""[..], |(_, unit)| unit);
        if let Some(nutriment) = Nutriment::named(name)
            && let Some(number) = Value::Json(raw).number()
            && let Some(scale) = scale(nutriment, unit)
        {
            amounts.set(nutriment, Number { value: number.value * scale * factor, ..number }, false);
        }
    }
    Some(amounts)
}

/// The size of a serving, g or ml.
fn serving(wanted: &Wanted<'_>) -> Option<f64> {
    let quantity = wanted.get(Field::ServingQuantity).and_then(Value::number).map(|number| number.value);
    let size = || wanted.get(Field::ServingSize).and_then(Value::text).and_then(|text| size_in(&text));
    quantity.or_else(size).filter(|size| (SERVING_MIN..=SERVING_MAX).contains(size))
}

/// The grams or millilitres in "1 UNIT (52 g)", "250ml", "30 g (about 15 crisps)".
fn size_in(text: &str) -> Option<f64> {
    let lower = text.to_lowercase();
    let end_of = |unit: &str| {
        lower.match_indices(unit).map(|(at, _)| at).find(|at| {
            let after = lower[at + unit.len()..].chars().next();
            let before = lower[..*at].trim_end().chars().next_back();
            after.is_none_or(|next| !next.is_alphabetic()) && before.is_some_and(|last| last.is_ascii_digit())
        })
    };
    let end = end_of("g").or_else(|| end_of("ml")).or_else(|| end_of("gr"))?;
    let before = lower[..end].trim_end();
    let digits = before.rfind(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != ',');
    before[digits.map_or(0, |at| at + 1)..].replace(',', ".").parse().ok()
}

/// What a value of this unit is multiplied by to be in the unit that is kept; none for a unit that is no mass.
fn scale(nutriment: Nutriment, unit: &[u8]) -> Option<f64> {
    match (nutriment, unit) {
        (Nutriment::Energy, br#""kcal""#) => Some(KJ_PER_KCAL),
        (Nutriment::EnergyKcal, br#""kJ""#) => Some(1.0 / KJ_PER_KCAL),
        (Nutriment::Energy | Nutriment::EnergyKcal | Nutriment::EnergyKj, _) | (_, br#""g""# | b"") => Some(1.0),
        (_, br#""mg""#) => Some(1e-3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_serving_is_read_as_people_write_it() {
        for (written, size) in [
            ("52g", Some(52.0)),
            ("1 UNIT (52 g)", Some(52.0)),
            ("30 g (about 15 crisps)", Some(30.0)),
            ("1 cup (250 ml)", Some(250.0)),
            ("12,5 g", Some(12.5)),
            ("2 biscuits", None),
            ("1 glass", None),
            ("", None),
        ] {
            assert_eq!(size_in(written), size, "{written}");
        }
    }

    #[test]
    fn values_per_serving_become_values_per_100_g() {
        let line = br#"{"nutrition_data_per":"serving","serving_size":"1 bar (50 g)","nutriments":{"sugars_value":20,
            "sugars_unit":"g","salt_value":"250","salt_unit":"mg","energy_value":200,"energy_unit":"kcal"}}"#;
        let wanted = Wanted::of_line(line).expect("json");
        let nutrition = super::super::nutriments::of_record(&wanted);

        assert_eq!(nutrition.sugars_g.map(|sugars| sugars.value), Some(40.0));
        assert_eq!(nutrition.salt_g.map(|salt| salt.value), Some(0.5));
        assert!((nutrition.energy_kj.expect("energy").value - 1673.6).abs() < 0.01);
    }
}
