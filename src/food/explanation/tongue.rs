//! The words of the sentences, in English and in French.

pub(super) use super::super::lang::Tongue;
use super::super::nutrition::Nutrient;
use super::super::substitution::{Reason, Status};
use super::{Amount, amount};

/// Between a number and its unit, in both languages, so that no line breaks there.
pub(super) const SPACE: char = '\u{a0}';

impl Tongue {
    pub(super) fn change(self, reason: &Reason) -> String {
        match self {
            Self::English => english(reason),
            Self::French => french(reason),
        }
    }

    /// How the question ended, with what could be done about it.
    pub(super) fn status(self, status: Status, is_kept_away: bool) -> &'static str {
        match (self, status) {
            (Self::English, Status::Found) => "Healthier foods to buy instead.",
            (Self::French, Status::Found) => "Des aliments plus sains à acheter à la place.",
            (Self::English, Status::AlreadyBest) => "Good choice: it is already among the best of its kind.",
            (Self::French, Status::AlreadyBest) => "Bon choix\u{a0}: c’est déjà l’un des meilleurs de sa catégorie.",
            (Self::English, Status::NoneFound) if is_kept_away => {
                "There are healthier foods, but none that fits your wishes: try with fewer of them."
            }
            (Self::French, Status::NoneFound) if is_kept_away => {
                "Il existe des aliments plus sains, mais aucun ne répond à vos souhaits\u{a0}: essayez d’en retirer."
            }
            (Self::English, Status::NoneFound) => "We know of nothing healthier for the same use.",
            (Self::French, Status::NoneFound) => "Nous ne connaissons rien de plus sain pour le même usage.",
            (Self::English, Status::NotComparable) => {
                "Its record lacks a category or a Nutri-Score, so there is nothing to compare it by."
            }
            (Self::French, Status::NotComparable) => {
                "Sa fiche n’indique pas de catégorie ou de Nutri-Score\u{a0}: nous ne pouvons pas le comparer."
            }
        }
    }

    /// Where no nutrient is known to have got better, the letter is all there is to say.
    pub(super) fn better_letter(self) -> &'static str {
        match self {
            Self::English => "a better Nutri-Score",
            Self::French => "un meilleur Nutri-Score",
        }
    }

    /// Where a record states nothing else.
    pub(super) fn letter_alone(self) -> &'static str {
        match self {
            Self::English => "a better Nutri-Score (no nutrient of both is known)",
            Self::French => "un meilleur Nutri-Score (aucun nutriment n’est connu pour les deux)",
        }
    }

    pub(super) fn more_processed(self, from: u8, to: u8) -> String {
        match self {
            Self::English => format!("more processed (NOVA{SPACE}{to} instead of{SPACE}{from})"),
            Self::French => format!("plus transformé (NOVA{SPACE}{to} au lieu de{SPACE}{from})"),
        }
    }

    pub(super) fn contains(self, allergen: &str) -> String {
        match self {
            Self::English => format!("contains {allergen}, unlike the original"),
            Self::French => format!("contient l’allergène «{SPACE}{allergen}{SPACE}», absent de l’original"),
        }
    }

    pub(super) fn mixed_bases(self) -> &'static str {
        match self {
            Self::English => "one counted per 100\u{a0}g, the other per 100\u{a0}ml",
            Self::French => "l’un compté pour 100\u{a0}g, l’autre pour 100\u{a0}ml",
        }
    }

    /// What most counts and cannot be compared.
    pub(super) fn untold(self, nutrients: &[Nutrient]) -> String {
        let names = |name: fn(Nutrient) -> &'static str| {
            nutrients.iter().map(|nutrient| name(*nutrient)).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::English => format!("not known for one of both: {}", names(english_name)),
            Self::French => format!("inconnu pour l’un des deux{SPACE}: {}", names(french_name)),
        }
    }

    pub(super) fn contains_another_allergen(self) -> String {
        match self {
            Self::English => "contains an allergen that the original does not name".to_owned(),
            Self::French => "contient un allergène que l’original n’indique pas".to_owned(),
        }
    }
}

fn english_name(nutrient: Nutrient) -> &'static str {
    match nutrient {
        Nutrient::Energy => "energy",
        Nutrient::Fat => "fat",
        Nutrient::SaturatedFat => "saturated fat",
        Nutrient::Carbohydrates => "carbohydrate",
        Nutrient::Sugars => "sugar",
        Nutrient::Fiber => "fibre",
        Nutrient::Proteins => "protein",
        Nutrient::Salt => "salt",
    }
}

fn french_name(nutrient: Nutrient) -> &'static str {
    match nutrient {
        Nutrient::Energy => "calories",
        Nutrient::Fat => "matières grasses",
        Nutrient::SaturatedFat => "acides gras saturés",
        Nutrient::Carbohydrates => "glucides",
        Nutrient::Sugars => "sucres",
        Nutrient::Fiber => "fibres",
        Nutrient::Proteins => "protéines",
        Nutrient::Salt => "sel",
    }
}

fn english(reason: &Reason) -> String {
    let what = english_name(reason.nutrient);
    let direction = if reason.to < reason.from { "less" } else { "more" };
    let about = if reason.estimated { "about " } else { "" };
    match amount(reason) {
        Amount::Nothing => format!("no {what}"),
        Amount::AlmostNothing => format!("almost no {what}"),
        Amount::Little => format!("a little {direction} {what}"),
        Amount::Percent(percent) => format!("{about}{percent}{SPACE}% {direction} {what}"),
        Amount::Grams(grams) => format!("{about}{grams}{SPACE}g {direction} {what}"),
    }
}

fn french(reason: &Reason) -> String {
    let bare = french_name(reason.nutrient);
    let de = if reason.nutrient == Nutrient::SaturatedFat { format!("d’{bare}") } else { format!("de {bare}") };
    let (un_peu, en) = if reason.to < reason.from { ("un peu moins", "en moins") } else { ("un peu plus", "en plus") };
    let about = if reason.estimated { "environ " } else { "" };
    match amount(reason) {
        Amount::Nothing => format!("sans {bare}"),
        Amount::AlmostNothing => format!("presque pas {de}"),
        Amount::Little => format!("{un_peu} {de}"),
        Amount::Percent(percent) => format!("{about}{percent}{SPACE}% {de} {en}"),
        Amount::Grams(grams) => format!("{about}{}{SPACE}g {de} {en}", grams.to_string().replace('.', ",")),
    }
}
