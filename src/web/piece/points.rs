//! What makes a grade: the points of the Nutri-Score, one line each.

use crate::food::nutri_score::{Component, ComponentId, Kind, Scored};

use super::super::language::Speaker;
use super::grade::Badge;

/// The sum and its lines.
#[derive(Debug, Clone, PartialEq)]
pub struct PointsTable {
    /// Lines that count against.
    pub against: Vec<Line>,
    /// Lines that count for.
    pub in_favour: Vec<Line>,
    /// "17 points against, 3 in favour: 14 points".
    pub sum: String,
    /// The grade that the points give.
    pub badge: Badge,
    /// Why the points of protein are left out, if they are.
    pub protein_note: Option<String>,
}

/// One component.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Its value with its unit.
    pub value: String,
    /// "7 of 15 points".
    pub points: String,
    /// Length of the bar, 0 to 100.
    pub width: String,
    /// Whether the points enter the sum.
    pub counts: bool,
}

impl PointsTable {
    /// The table of a score.
    pub fn of(scored: &Scored, speaker: Speaker<'_>) -> Self {
        let lines = |kind: Kind| {
            let of_kind = scored.components.iter().filter(move |component| component.id.kind() == kind);
            of_kind.map(|component| line(component, scored.counts(component.id), speaker)).collect()
        };
        let number = |points: i16| (speaker.language.points(points)).into();
        Self {
            against: lines(Kind::Negative),
            in_favour: lines(Kind::Positive),
            sum: speaker.say_with(
                "points-sum",
                &[
                    ("against", number(scored.negative_points.into())),
                    ("favour", number(scored.positive_points.into())),
                    ("score", number(scored.score.into())),
                ],
            ),
            badge: Badge::letter(scored.grade, speaker),
            protein_note: (!scored.protein_rule.counts()).then(|| speaker.say("points-protein-ignored").into_owned()),
        }
    }
}

fn line(component: &Component, counts: bool, speaker: Speaker<'_>) -> Line {
    Line {
        name: speaker.say(message(component.id)).into_owned(),
        value: value(component, speaker),
        points: speaker.say_with(
            "points-of",
            &[("points", f64::from(component.points).into()), ("max", f64::from(component.points_max).into())],
        ),
        width: format!("{:.1}", f64::from(component.points) / f64::from(component.points_max.max(1)) * 100.0),
        counts,
    }
}

fn value(component: &Component, speaker: Speaker<'_>) -> String {
    let language = speaker.language;
    match (component.value, component.id) {
        (None, _) => speaker.say("points-value-unknown").into_owned(),
        (Some(value), ComponentId::NonNutritiveSweeteners) => {
            speaker.say(if value > 0.0 { "points-with" } else { "points-without" }).into_owned()
        }
        (Some(value), id) => match id.unit() {
            "%" => language.percent(value),
            "kJ" => format!("{}\u{a0}kJ", language.count(value.round().max(0.0) as u64)),
            unit => format!("{}\u{a0}{unit}", language.decimal(value)),
        },
    }
}

fn message(id: ComponentId) -> &'static str {
    match id {
        ComponentId::Energy => "points-energy",
        ComponentId::EnergyFromSaturatedFat => "points-energy-from-saturated-fat",
        ComponentId::Sugars => "points-sugars",
        ComponentId::SaturatedFat => "points-saturated-fat",
        ComponentId::SaturatedFatRatio => "points-saturated-fat-ratio",
        ComponentId::Salt => "points-salt",
        ComponentId::NonNutritiveSweeteners => "points-sweeteners",
        ComponentId::Proteins => "points-proteins",
        ComponentId::Fiber => "points-fiber",
        ComponentId::FruitsVegetablesLegumes => "points-fruits",
    }
}
