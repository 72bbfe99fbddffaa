//! What changes between two foods, nutrient by nutrient.

use super::Reason;
use super::profile::Profile;
use crate::food::nutrition::Nutrient;

/// A nutrient, which way is healthier, and how much of it is worth a word.
struct Yardstick {
    nutrient: Nutrient,
    more_is_better: bool,
    /// A smaller difference is within what labels round; g, or kJ.
    noticeable: f64,
    /// About one point of the Nutri-Score; makes differences of two nutrients comparable.
    point: f64,
}

/// Carbohydrates are left out: neither more nor less of them is better, sugars and fibre say it.
const YARDSTICKS: [Yardstick; 7] = [
    Yardstick { nutrient: Nutrient::Sugars, more_is_better: false, noticeable: 0.5, point: 3.4 },
    Yardstick { nutrient: Nutrient::SaturatedFat, more_is_better: false, noticeable: 0.2, point: 1.0 },
    Yardstick { nutrient: Nutrient::Salt, more_is_better: false, noticeable: 0.04, point: 0.2 },
    Yardstick { nutrient: Nutrient::Fiber, more_is_better: true, noticeable: 0.5, point: 1.1 },
    Yardstick { nutrient: Nutrient::Proteins, more_is_better: true, noticeable: 0.8, point: 3.0 },
    Yardstick { nutrient: Nutrient::Energy, more_is_better: false, noticeable: 60.0, point: 335.0 },
    Yardstick { nutrient: Nutrient::Fat, more_is_better: false, noticeable: 0.8, point: 5.0 },
];

/// So many times more energy in a food of one kind is no difference between two recipes.
const PORTION_TIMES_MIN: f64 = 2.0;
/// A change below this share of what was there is no news, %.
const NOTICEABLE_PERCENT: f64 = 5.0;

/// The changes worth a word, the most telling first. Where there are none, the largest there is.
pub fn reasons(original: &Profile, substitute: &Profile) -> Vec<Reason> {
    let is_sound = |yardstick: &&Yardstick| yardstick.is_sound(original, substitute);
    let mut weighed: Vec<(f64, bool, Reason)> = YARDSTICKS
        .iter()
        .filter(is_sound)
        .filter_map(|yardstick| yardstick.measure(original, substitute))
        .filter(|(points, _, _)| *points > 0.0)
        .collect();
    weighed.sort_by(|one, other| other.0.total_cmp(&one.0));
    if weighed.iter().any(|(_, noticeable, _)| *noticeable) {
        weighed.retain(|(_, noticeable, _)| *noticeable);
    } else {
        weighed.truncate(1);
    }
    weighed.into_iter().map(|(_, _, reason)| reason).collect()
}

/// What most counts against a food and cannot be compared, because one of the two does not say how much it has of it.
pub fn untold(original: &Profile, substitute: &Profile) -> impl Iterator<Item = Nutrient> {
    let is_told = |nutrient: &Nutrient| original.amount(*nutrient).and(substitute.amount(*nutrient)).is_some();
    [Nutrient::Sugars, Nutrient::SaturatedFat, Nutrient::Salt].into_iter().filter(move |one| !is_told(one))
}

/// Whether any of the [`reasons`] is a better one: what is not better in anything that can be told is not proposed.
///
/// Asked of every product that a wish hides, so nothing is gathered or sorted for it.
pub fn has_better(original: &Profile, substitute: &Profile) -> bool {
    let mut is_any_noticeable = false;
    let mut largest = (0.0, false);
    for yardstick in &YARDSTICKS {
        let is_sound = yardstick.is_sound(original, substitute);
        let amounts = original.amount(yardstick.nutrient).zip(substitute.amount(yardstick.nutrient));
        let Some((from, to)) = amounts.filter(|(from, to)| is_sound && from.total_cmp(to).is_ne()) else { continue };
        let (points, is_better) = ((to - from).abs() / yardstick.point, yardstick.is_better(from, to));
        if yardstick.is_noticeable(from, to) {
            if is_better {
                return true;
            }
            is_any_noticeable = true;
        } else if points > largest.0 {
            largest = (points, is_better);
        }
    }
    !is_any_noticeable && largest.1
}

/// Measures how much worse substitutes of one original are in salt, sugars and saturated fat.
pub struct Worsening {
    limits: [Limit; 3],
}

/// From where on more of a nutrient counts.
struct Limit {
    nutrient: Nutrient,
    from: f32,
    noticed_above: f32,
    point: f32,
}

impl Worsening {
    /// What the original contains is where worse begins; what it does not state cannot get worse.
    pub fn from(original: &Profile) -> Self {
        let limit = |at: usize| {
            let yardstick = &YARDSTICKS[at];
            let from = original.amount(yardstick.nutrient).unwrap_or(f64::INFINITY);
            let noticed_above = from + yardstick.noticeable.max(from * NOTICEABLE_PERCENT / 100.0);
            Limit {
                nutrient: yardstick.nutrient,
                from: from as f32,
                noticed_above: noticed_above as f32,
                point: yardstick.point as f32,
            }
        };
        Self { limits: [limit(0), limit(1), limit(2)] }
    }

    /// How much worse a substitute is, in points of the Nutri-Score.
    pub fn of(&self, substitute: &Profile) -> f32 {
        let points = |limit: &Limit| {
            let to = substitute.amount(limit.nutrient).unwrap_or_default() as f32;
            if to > limit.noticed_above { (to - limit.from) / limit.point } else { 0.0 }
        };
        self.limits.iter().map(points).sum()
    }
}

impl Yardstick {
    /// Whether the two values can be compared. All but the energy always can.
    fn is_sound(&self, original: &Profile, substitute: &Profile) -> bool {
        // Where a record contradicts itself, it is its energy as often as not.
        self.nutrient != Nutrient::Energy || !original.is_implausible() && !is_of_a_portion(original, substitute)
    }

    fn is_better(&self, from: f64, to: f64) -> bool {
        (to > from) == self.more_is_better
    }

    fn is_noticeable(&self, from: f64, to: f64) -> bool {
        let change = (to - from).abs();
        change >= self.noticeable && (from <= 0.0 || change / from * 100.0 >= NOTICEABLE_PERCENT)
    }

    fn measure(&self, original: &Profile, substitute: &Profile) -> Option<(f64, bool, Reason)> {
        let from = original.amount(self.nutrient)?;
        let to = substitute.amount(self.nutrient)?;
        let change_percent = (from > 0.0).then(|| (to - from) / from * 100.0);
        let reason = Reason {
            nutrient: self.nutrient,
            from,
            to,
            kcal: original.kcal().zip(substitute.kcal()).filter(|_| self.nutrient == Nutrient::Energy),
            change_percent,
            better: self.is_better(from, to),
            estimated: original.is_estimated(self.nutrient) || substitute.is_estimated(self.nutrient),
        };
        Some(((to - from).abs() / self.point, self.is_noticeable(from, to), reason))
    }
}

/// Whether the energy of the original is that of a portion, or of the food as it is prepared: it is all that the record
/// states, and next to nothing beside that of a food of its kind. A biscuit of 180 kJ is one biscuit, not 100 g.
fn is_of_a_portion(original: &Profile, substitute: &Profile) -> bool {
    let energies = original.amount(Nutrient::Energy).zip(substitute.amount(Nutrient::Energy));
    energies.is_some_and(|(from, to)| from * PORTION_TIMES_MIN <= to) && original.known_amounts() == 1
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::form::Form;
    use super::*;
    use crate::food::barcode::Barcode;
    use crate::food::product::{Implausibility, Product};

    /// Amounts in the order of [`Nutrient::ALL`]; those below 0 are not known.
    fn profile(amounts: &[f64], implausible: bool) -> Profile {
        let mut product = Product::new(Barcode::from_number(20_000_011), "food");
        for (nutrient, amount) in Nutrient::ALL.into_iter().zip(amounts).filter(|(_, amount)| **amount >= 0.0) {
            product.nutrition = product.nutrition.with(nutrient, *amount);
        }
        product.implausible = implausible.then_some(Implausibility::Energy);
        Profile::of(&product, None, Form::default())
    }

    #[test]
    fn an_energy_that_stands_alone_and_is_that_of_one_biscuit_is_no_reason() {
        let biscuit = profile(&[1_850.0, 15.0, 1.4, 65.0, 16.0, 7.5, 9.0, 0.35], false);
        for (energy_kj, is_told) in [(180.0, false), (925.0, false), (1_500.0, true), (2_000.0, true)] {
            let original = profile(&[energy_kj], false);

            assert_eq!(!reasons(&original, &biscuit).is_empty(), is_told, "{energy_kj} kJ");
        }
        let known_otherwise = profile(&[180.0, 1.0], false);
        assert_eq!(reasons(&known_otherwise, &biscuit).len(), 2);
    }

    proptest! {
        #[test]
        fn something_is_better_exactly_where_a_better_reason_is_told(
            from in vec(-1.0..3.0f64, 8), to in vec(-1.0..3.0f64, 8), implausible in any::<bool>(),
        ) {
            let (original, substitute) = (profile(&from, implausible), profile(&to, false));

            let told = reasons(&original, &substitute).iter().any(|reason| reason.better);

            prop_assert_eq!(has_better(&original, &substitute), told);
        }
    }
}
