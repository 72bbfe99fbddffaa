//! The Nutri-Score that a record reports: the one it shows, and the official one of 2023.

use super::scan;
use super::value::Value;
use super::wanted::{Field, Wanted};
use crate::food::nutri_score::{Grade, Reported, Version};

/// What Open Food Facts computed by the rule of 2023, whichever version it shows.
#[derive(Debug, Default)]
pub(super) struct Official {
    /// Its grade.
    pub(super) reported: Option<Reported>,
    /// Whether it counted the product as red meat.
    pub(super) red_meat: Option<bool>,
}

impl Official {
    /// Reads `nutriscore`, whose keys are versions of the rule.
    pub(super) fn read(nutriscore: &[u8]) -> Self {
        let Some(rule) = scan::member(nutriscore, "2023") else { return Self::default() };
        let value = |key| scan::member(rule, key).map(Value::Json);
        let grade = value("grade").and_then(Value::text);
        let score = value("score").and_then(score);
        let data = scan::member(rule, "data");
        let red_meat = data.and_then(|data| scan::member(data, "is_red_meat_product"));
        Self {
            reported: grade.and_then(|grade| reported(&grade, score, Some(Version::V2023))),
            red_meat: red_meat.and_then(|flag| Value::Json(flag).number()).map(|flag| flag.value != 0.0),
        }
    }
}

/// The grade that the record shows.
pub(super) fn stated(wanted: &Wanted<'_>) -> Option<Reported> {
    let version = match wanted.text(Field::NutriscoreVersion).as_deref() {
        Some("2023") => Some(Version::V2023),
        Some("2021") => Some(Version::V2021),
        _ => None,
    };
    reported(&wanted.text(Field::NutriscoreGrade)?, wanted.get(Field::NutriscoreScore).and_then(score), version)
}

fn reported(grade: &str, score: Option<i8>, version: Option<Version>) -> Option<Reported> {
    let grade = match grade {
        "a" => Grade::A,
        "b" => Grade::B,
        "c" => Grade::C,
        "d" => Grade::D,
        "e" => Grade::E,
        "not-applicable" => return Some(Reported::NotApplicable),
        _ => return None,
    };
    Some(Reported::Graded { grade, score, version })
}

/// Points, of which there are -17 to 55.
fn score(value: Value<'_>) -> Option<i8> {
    let score = value.number()?.value;
    (-40.0..=100.0).contains(&score).then_some(score.round() as i8)
}
