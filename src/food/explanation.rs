//! One sentence that says why: "68 % less sugar, 5 g more fibre, a little more salt".
//!
//! Every number in a text is rounded from a [`Reason`] or is a NOVA group of the [`Substitute`].

mod tongue;

use super::lang::Lang;
use super::nutrition::Nutrient;
use super::substitution::{Hidden, Reason, Status, Substitute};

use tongue::Tongue;

/// Gains that a sentence names; more is a table, and the page has one.
const GAINS_MAX: usize = 3;
/// Energy rounds to "a little" below this, %.
const LITTLE_ENERGY_PERCENT: f64 = 10.0;

/// Why a substitute is healthier, and in what it is not: in French, else in English.
pub fn text(substitute: &Substitute, lang: Lang) -> String {
    let tongue = Tongue::of(lang);
    let gains = gains(&substitute.reasons).into_iter();
    let losses = substitute.reasons.iter().filter(|reason| !reason.better && is_owned_up(reason.nutrient));
    let mut parts: Vec<String> = gains.chain(losses).map(|reason| tongue.change(reason)).collect();
    if substitute.is_by_letter_alone() {
        parts.push(tongue.letter_alone().to_owned());
    } else if !substitute.reasons.iter().any(|reason| reason.better) {
        parts.insert(0, tongue.better_letter().to_owned());
    }
    if let Some((from, to)) = substitute.worse_nova {
        parts.push(tongue.more_processed(from, to));
    }
    parts
        .extend(substitute.added_allergens.iter().map(|allergen| tongue.contains(&allergen.name(lang).to_lowercase())));
    if substitute.added_allergens.has_other() {
        parts.push(tongue.contains_another_allergen());
    }
    if substitute.mixes_bases {
        parts.push(tongue.mixed_bases().to_owned());
    }
    if !substitute.untold.is_empty() && !substitute.is_by_letter_alone() {
        parts.push(tongue.untold(&substitute.untold));
    }
    parts.join(", ")
}

/// One change alone, as the sentence says it ("68 % less sugar"): in French, else in English.
pub fn change(reason: &Reason, lang: Lang) -> String {
    Tongue::of(lang).change(reason)
}

/// How the question ended, with what could be done about it: in French, else in English.
pub fn status(status: Status, hidden: &Hidden, lang: Lang) -> String {
    let kept_away = hidden.allergen + hidden.diet + hidden.unknown + hidden.country;
    Tongue::of(lang).status(status, kept_away > 0).to_owned()
}

/// The most telling gains; fat and energy only where there is room, since saturates and sugars say it better.
fn gains(reasons: &[Reason]) -> Vec<&Reason> {
    let better = || reasons.iter().filter(|reason| reason.better);
    let is_second = |nutrient| matches!(nutrient, Nutrient::Fat | Nutrient::Energy);
    let first = better().filter(|reason| !is_second(reason.nutrient));
    let second = better().filter(|reason| is_second(reason.nutrient));
    first.chain(second).take(GAINS_MAX).collect()
}

/// Losses that a shopper must hear of, however small.
fn is_owned_up(nutrient: Nutrient) -> bool {
    matches!(nutrient, Nutrient::Sugars | Nutrient::SaturatedFat | Nutrient::Salt | Nutrient::Energy | Nutrient::Fiber)
}

/// How a change is told.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Amount {
    /// From something to nothing.
    Nothing,
    /// From something to next to nothing.
    AlmostNothing,
    /// Too little for a number.
    Little,
    /// In percent of the original, whole.
    Percent(f64),
    /// In grams.
    Grams(f64),
}

fn amount(reason: &Reason) -> Amount {
    let change = (reason.to - reason.from).abs();
    let percent = reason.change_percent.unwrap_or(0.0).abs();
    let is_energy = reason.nutrient == Nutrient::Energy;
    let is_little = if is_energy { percent < LITTLE_ENERGY_PERCENT } else { change < little_g(reason.nutrient) };
    let is_less = reason.to < reason.from;
    if is_less && reason.better && reason.to <= 0.0 {
        Amount::Nothing
    } else if is_less && reason.better && !is_energy && percent >= 99.5 {
        Amount::AlmostNothing
    } else if is_little {
        Amount::Little
    } else if is_energy || (is_less && reason.better) {
        if percent < 1.0 { Amount::Little } else { Amount::Percent(percent.round()) }
    } else {
        Amount::Grams(rounded_g(change))
    }
}

/// Below this a change has no number, g per 100 g.
fn little_g(nutrient: Nutrient) -> f64 {
    match nutrient {
        Nutrient::Energy => 0.0,
        Nutrient::Salt => 0.15,
        Nutrient::SaturatedFat => 0.4,
        Nutrient::Sugars | Nutrient::Fiber => 0.8,
        Nutrient::Fat | Nutrient::Carbohydrates | Nutrient::Proteins => 1.0,
    }
}

/// As a person says it: whole grams from 3 on, halves from 1 on, tenths below.
fn rounded_g(grams: f64) -> f64 {
    if grams >= 3.0 {
        grams.round()
    } else if grams >= 1.0 {
        (grams * 2.0).round() / 2.0
    } else {
        (grams * 10.0).round() / 10.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::tongue::SPACE;
    use super::*;
    use crate::food::allergen::{Allergen, Allergens};
    use crate::food::substitution::{Gain, Lane};

    fn reason(nutrient: Nutrient, from: f64, to: f64) -> Reason {
        let more_is_better = matches!(nutrient, Nutrient::Fiber | Nutrient::Proteins);
        let change_percent = (from > 0.0).then(|| (to - from) / from * 100.0);
        Reason {
            nutrient,
            from,
            to,
            kcal: None,
            change_percent,
            better: (to > from) == more_is_better,
            estimated: false,
        }
    }

    fn substitute(reasons: Vec<Reason>) -> Substitute {
        Substitute {
            doc: 0,
            lane: Lane::Same,
            shared_category: None,
            gain: Gain { grades: 1, score: None },
            reasons,
            untold: Vec::new(),
            worse_nova: None,
            added_allergens: Allergens::NONE,
            mixes_bases: false,
        }
    }

    #[test]
    fn a_sentence_says_when_it_compares_a_weight_with_a_volume() {
        let ice_cream = Substitute { mixes_bases: true, ..substitute(vec![reason(Nutrient::Sugars, 24.0, 12.0)]) };

        assert_eq!(
            text(&ice_cream, Lang::EN),
            "50\u{a0}% less sugar, one counted per 100\u{a0}g, the other per 100\u{a0}ml"
        );
    }

    #[test]
    fn a_sentence_names_gains_and_owns_up_to_losses() {
        let spread = substitute(vec![
            reason(Nutrient::Sugars, 56.0, 18.0),
            reason(Nutrient::Fiber, 3.0, 8.0),
            reason(Nutrient::Salt, 0.1, 0.2),
        ]);

        assert_eq!(text(&spread, Lang::EN), "68\u{a0}% less sugar, 5\u{a0}g more fibre, a little more salt");
        assert_eq!(
            text(&spread, Lang::FR),
            "68\u{a0}% de sucres en moins, 5\u{a0}g de fibres en plus, un peu plus de sel"
        );
    }

    #[test]
    fn numbers_are_rounded_as_a_person_rounds_them() {
        for (nutrient, from, to, english, french) in [
            (Nutrient::Sugars, 10.6, 0.0, "no sugar", "sans sucres"),
            (Nutrient::Sugars, 50.0, 0.1, "almost no sugar", "presque pas de sucres"),
            (Nutrient::Sugars, 10.0, 9.5, "a little less sugar", "un peu moins de sucres"),
            (Nutrient::Sugars, 4.0, 16.4, "12 g more sugar", "12 g de sucres en plus"),
            (Nutrient::Salt, 0.0, 0.42, "0.4 g more salt", "0,4 g de sel en plus"),
            (Nutrient::Salt, 1.3, 0.65, "50 % less salt", "50 % de sel en moins"),
            (Nutrient::SaturatedFat, 2.0, 3.6, "1.5 g more saturated fat", "1,5 g d’acides gras saturés en plus"),
            (Nutrient::Fiber, 3.0, 8.3, "5 g more fibre", "5 g de fibres en plus"),
            (Nutrient::Fiber, 3.0, 3.6, "a little more fibre", "un peu plus de fibres"),
            (Nutrient::Energy, 2252.0, 1010.0, "55 % less energy", "55 % de calories en moins"),
            (Nutrient::Energy, 1000.0, 950.0, "a little less energy", "un peu moins de calories"),
            (Nutrient::Proteins, 5.0, 9.6, "5 g more protein", "5 g de protéines en plus"),
        ] {
            let substitute = substitute(vec![reason(nutrient, from, to)]);
            let told = |lang, letter: &str| text(&substitute, lang).replace(SPACE, " ").replace(letter, "");
            assert_eq!(told(Lang::EN, "a better Nutri-Score, "), english);
            assert_eq!(told(Lang::FR, "un meilleur Nutri-Score, "), french);
        }
    }

    #[test]
    fn where_only_the_letters_are_known_a_sentence_says_so() {
        let beans = substitute(Vec::new());

        assert_eq!(text(&beans, Lang::EN), "a better Nutri-Score (no nutrient of both is known)");
        assert_eq!(text(&beans, Lang::FR), "un meilleur Nutri-Score (aucun nutriment n’est connu pour les deux)");
    }

    #[test]
    fn what_one_of_both_does_not_state_is_said_last() {
        let told = vec![reason(Nutrient::Sugars, 50.0, 25.0)];
        let biscuit = Substitute { untold: vec![Nutrient::SaturatedFat, Nutrient::Salt], ..substitute(told) };
        let by_letter = Substitute { untold: vec![Nutrient::Salt], ..substitute(Vec::new()) };

        assert_eq!(text(&biscuit, Lang::EN), "50\u{a0}% less sugar, not known for one of both: saturated fat, salt");
        assert_eq!(
            text(&biscuit, Lang::FR),
            "50\u{a0}% de sucres en moins, inconnu pour l’un des deux\u{a0}: acides gras saturés, sel"
        );
        assert!(!text(&by_letter, Lang::EN).contains("one of both:"), "nothing of it is known, which is said");
    }

    #[test]
    fn an_estimate_says_about() {
        let estimated = Reason { estimated: true, ..reason(Nutrient::Sugars, 40.0, 10.0) };
        let substitute = substitute(vec![estimated]);
        assert_eq!(text(&substitute, Lang::EN).replace(SPACE, " "), "about 75 % less sugar");
        assert_eq!(text(&substitute, Lang::FR).replace(SPACE, " "), "environ 75 % de sucres en moins");
    }

    #[test]
    fn more_processing_and_an_added_allergen_are_said() {
        let mut substitute = substitute(vec![reason(Nutrient::Sugars, 40.0, 10.0)]);
        substitute.worse_nova = Some((3, 4));
        substitute.added_allergens = Allergen::Nuts.into();
        assert_eq!(
            text(&substitute, Lang::EN).replace(SPACE, " "),
            "75 % less sugar, more processed (NOVA 4 instead of 3), contains nuts, unlike the original"
        );
        assert_eq!(
            text(&substitute, Lang::FR).replace(SPACE, " "),
            "75 % de sucres en moins, plus transformé (NOVA 4 au lieu de 3), contient l’allergène « fruits à coque », absent de l’original"
        );
    }

    #[test]
    fn every_status_has_its_sentence_in_both_languages() {
        let statuses = [Status::Found, Status::AlreadyBest, Status::NoneFound, Status::NotComparable];
        let sentences: std::collections::BTreeSet<String> = statuses
            .iter()
            .flat_map(|one| [Lang::EN, Lang::FR].map(|lang| status(*one, &Hidden::default(), lang)))
            .collect();
        assert_eq!(sentences.len(), 8);
        let hidden = Hidden { allergen: 3, ..Hidden::default() };
        assert!(status(Status::NoneFound, &hidden, Lang::EN).contains("wishes"));
        assert!(status(Status::NoneFound, &hidden, Lang::FR).contains("souhaits"));
    }

    /// The numbers of a text, decimal comma or point.
    fn numbers(text: &str) -> Vec<f64> {
        text.split(|letter: char| !letter.is_ascii_digit() && letter != '.' && letter != ',')
            .map(|word| word.trim_matches([',', '.']).replace(',', "."))
            .filter_map(|word| word.parse().ok())
            .collect()
    }

    proptest! {
        #[test]
        fn every_number_comes_from_a_reason_and_no_change_is_told_as_zero(
            amounts in prop::collection::vec((0usize..8, 0.0f64..100.0, 0.0f64..100.0), 1..8)
        ) {
            let reasons: Vec<Reason> = amounts
                .iter()
                .filter(|(_, from, to)| (from - to).abs() > 0.04)
                .map(|(nutrient, from, to)| reason(Nutrient::ALL[*nutrient], *from, *to))
                .collect();
            let substitute = substitute(reasons);
            for lang in [Lang::EN, Lang::FR] {
                let text = text(&substitute, lang);
                prop_assert!(!text.replace("Nutri-Score", "").contains('-'), "{text}");
                for number in numbers(&text) {
                    prop_assert!(number > 0.0, "{text}");
                    let is_told = substitute.reasons.iter().any(|reason| {
                        let change = (reason.to - reason.from).abs();
                        (number - change).abs() <= 0.5
                            || reason.change_percent.is_some_and(|percent| (number - percent.abs()).abs() <= 0.5)
                    });
                    prop_assert!(is_told, "{number} in {text}");
                }
            }
        }
    }
}
