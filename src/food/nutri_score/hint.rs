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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Family, Inputs, components};
    use super::*;

    fn with(inputs: &Inputs, id: ComponentId, grams: f64) -> Inputs {
        match id {
            ComponentId::Sugars => Inputs { sugars_g: Some(grams), ..*inputs },
            ComponentId::SaturatedFat => Inputs { saturated_fat: Some(grams), ..*inputs },
            ComponentId::Salt => Inputs { salt_g: Some(grams), ..*inputs },
            other => panic!("{other:?} is not to be reduced"),
        }
    }

    #[test]
    fn a_drink_with_less_sugar_would_be_better() {
        let lemonade = Inputs {
            family: Family::Beverage,
            energy_kj: Some(125.0),
            sugars_g: Some(7.0),
            salt_g: Some(0.0),
            ..Inputs::default()
        };

        let hint = next_grade_hint(&components(&lemonade)).expect("sugar is all there is");

        assert_eq!((hint.id, hint.to_g, hint.grade), (ComponentId::Sugars, 6.0, Grade::C));
        assert!((hint.less_g() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_makes_the_best_better() {
        let apple = Inputs { energy_kj: Some(220.0), sugars_g: Some(10.0), ..Inputs::default() };
        let scored = components(&apple);

        assert_eq!(scored.grade, Grade::B);
        assert!(next_grade_hint(&scored).is_some());
        let best = components(&Inputs { sugars_g: Some(3.0), ..apple });
        assert_eq!((best.grade, next_grade_hint(&best)), (Grade::A, None));
    }

    proptest! {
        #[test]
        fn a_hint_that_is_followed_reaches_its_grade_and_a_hair_more_does_not(
            beverage in any::<bool>(),
            sugars in 0.0..60.0f64,
            saturated_fat in 0.0..15.0f64,
            salt in 0.0..5.0f64,
            proteins in 0.0..20.0f64,
            energy in 0.0..3_000.0f64,
        ) {
            let inputs = Inputs {
                family: if beverage { Family::Beverage } else { Family::General },
                energy_kj: Some(energy),
                sugars_g: Some(sugars),
                saturated_fat: Some(saturated_fat),
                salt_g: Some(salt),
                proteins_g: Some(proteins),
                ..Inputs::default()
            };
            let scored = components(&inputs);
            if let Some(hint) = next_grade_hint(&scored) {
                prop_assert!(hint.grade < scored.grade && hint.to_g < hint.from_g);
                prop_assert_eq!(components(&with(&inputs, hint.id, hint.to_g)).grade, hint.grade);
                prop_assert_eq!(components(&with(&inputs, hint.id, hint.to_g + 1e-9)).grade, scored.grade);
                prop_assert!(hint.from_g - hint.less_g() <= hint.to_g + 1e-6);
            }
        }
    }
}
