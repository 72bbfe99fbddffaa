//! What would make a product one grade better.

use serde::{Deserialize, Serialize};

use super::Grade;
use super::component::ComponentId;
use super::points::{ProteinRule, Scored};
use super::thresholds::{self, Scale};

/// One nutrient, and how much less of it reaches a better grade.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Hint {
    /// Which: sugars, saturated fat or salt.
    pub id: ComponentId,
    /// How much there is, g per 100 g or 100 ml.
    pub from_g: f64,
    /// How much there may be at most.
    pub to_g: f64,
    /// The grade reached.
    pub grade: Grade,
}

impl Hint {
    /// How much less, in grams; rounded up to the first decimal, so that it is enough.
    pub fn less_g(&self) -> f64 {
        // A label has no more than two decimals: what is left of a third is noise of the subtraction.
        const NOISE: f64 = 1e-6;
        ((self.from_g - self.to_g) * 10.0 - NOISE).ceil() / 10.0
    }
}

/// What a recipe can have less of by itself; energy only follows from the others.
const REDUCIBLE: [ComponentId; 3] = [ComponentId::Sugars, ComponentId::SaturatedFat, ComponentId::Salt];

/// The smallest reduction of a single nutrient, relative to what there is of it, that reaches a
/// better grade with all else unchanged; none where no single one can.
///
/// Less sugar or fat would lower the energy too, so the truth may be a little kinder.
pub fn next_grade_hint(scored: &Scored) -> Option<Hint> {
    let remaining = |hint: &Hint| hint.to_g / hint.from_g;
    REDUCIBLE
        .into_iter()
        .filter_map(|id| hint_of(scored, id))
        .reduce(|best, hint| if remaining(&hint) > remaining(&best) { hint } else { best })
}

fn hint_of(scored: &Scored, id: ComponentId) -> Option<Hint> {
    let component = scored.component(id)?;
    let from_g = component.value?;
    let scale = Scale::of(id, scored.family);
    (0..component.points).rev().find_map(|points| {
        let grade = grade_with_less(scored, component.points - points);
        let to_g = scale.greatest_value_with(points)?;
        (grade < scored.grade).then_some(Hint { id, from_g, to_g, grade })
    })
}

/// The grade with so many negative points less; protein may count again.
fn grade_with_less(scored: &Scored, points: u8) -> Grade {
    let negative = scored.negative_points - points;
    let proteins = scored.component(ComponentId::Proteins).map_or(0, |component| component.points);
    let others = scored.positive_points - if scored.protein_rule.counts() { proteins } else { 0 };
    let counted = if ProteinRule::of(scored.family, negative).counts() { proteins } else { 0 };
    thresholds::grade(negative as i8 - (others + counted) as i8, scored.family)
}
