//! Whether there is little, some or much of a nutrient: the traffic lights.

use serde::{Deserialize, Serialize};

use super::Nutrient;

/// How much there is of a nutrient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Little.
    Low,
    /// Some.
    Moderate,
    /// Much.
    High,
}

/// Whether something is eaten or drunk: of a drink one takes more, so half as much of a nutrient is a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Consumed {
    /// Eaten.
    Food,
    /// Drunk.
    Drink,
}

/// From how much on it is moderate, and above how much it is high, g per 100 g of food.
///
/// Source: UK Food Standards Agency, front-of-pack nutrition labelling guidance; Open Food Facts
/// applies the limits of food, and half of them for drinks.
const LIMITS_G: [(Nutrient, f64, f64); 4] = [
    (Nutrient::Fat, 3.0, 20.0),
    (Nutrient::SaturatedFat, 1.5, 5.0),
    (Nutrient::Sugars, 5.0, 12.5),
    (Nutrient::Salt, 0.3, 1.5),
];

/// How much smaller the limits of a drink are.
const DRINK_DIVISOR: f64 = 2.0;

/// The level of an amount in grams per 100 g or 100 ml; nutrients other than fat, saturated fat, sugars
/// and salt have none.
pub fn level(nutrient: Nutrient, grams: f64, consumed: Consumed) -> Option<Level> {
    let (_, moderate, high) = LIMITS_G.into_iter().find(|(limited, ..)| *limited == nutrient)?;
    let divisor = if consumed == Consumed::Drink { DRINK_DIVISOR } else { 1.0 };
    Some(if grams < moderate / divisor {
        Level::Low
    } else if grams > high / divisor {
        Level::High
    } else {
        Level::Moderate
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_themselves_are_moderate_and_those_of_drinks_are_half() {
        for (nutrient, grams, food, drink) in [
            (Nutrient::Fat, 1.4, Level::Low, Level::Low),
            (Nutrient::Fat, 3.0, Level::Moderate, Level::Moderate),
            (Nutrient::Fat, 20.0, Level::Moderate, Level::High),
            (Nutrient::Fat, 20.1, Level::High, Level::High),
            (Nutrient::SaturatedFat, 0.75, Level::Low, Level::Moderate),
            (Nutrient::Sugars, 10.6, Level::Moderate, Level::High),
            (Nutrient::Salt, 0.29, Level::Low, Level::Moderate),
            (Nutrient::Salt, 1.51, Level::High, Level::High),
        ] {
            assert_eq!(level(nutrient, grams, Consumed::Food), Some(food), "{nutrient:?} {grams}");
            assert_eq!(level(nutrient, grams, Consumed::Drink), Some(drink), "{nutrient:?} {grams} in a drink");
        }
        assert_eq!(level(Nutrient::Fiber, 9.0, Consumed::Food), None);
    }
}
