//! What `search` and `swap` say around the names: in French where the shopper asks for it, else in English.

use super::swap::Lacking;
pub(super) use crate::food::lang::Tongue;
use crate::food::substitution::Lane;

/// Between a sign and its word in French, so that no line breaks there.
const SPACE: char = '\u{a0}';

impl Tongue {
    pub(super) fn nothing_found(self, text: &str) -> String {
        match self {
            Self::English => format!("nothing found for “{text}”; try fewer or other words"),
            Self::French => {
                format!("aucun résultat pour «{SPACE}{text}{SPACE}»{SPACE}; essayez moins de mots, ou d’autres")
            }
        }
    }

    pub(super) fn without_word(self, word: &str) -> String {
        match self {
            Self::English => format!("no product has all of these words; these are without “{word}”"),
            Self::French => format!("aucun produit n’a tous ces mots{SPACE}; voici sans «{SPACE}{word}{SPACE}»"),
        }
    }

    pub(super) fn count(self, shown: usize, count: u32, is_exact: bool) -> String {
        match (self, is_exact) {
            (Self::English, true) => format!("{shown} of {count}"),
            (Self::English, false) => format!("{shown} of more than {count}"),
            (Self::French, true) => format!("{shown} sur {count}"),
            (Self::French, false) => format!("{shown} sur plus de {count}"),
        }
    }

    pub(super) fn no_product(self, code: &str) -> String {
        match self {
            Self::English => format!("the catalogue holds no product {code}"),
            Self::French => format!("le catalogue n’a pas de produit {code}"),
        }
    }

    /// A better match that was not taken, and why.
    pub(super) fn passed_over(self, name: &str, code: &str, lacks: Lacking) -> String {
        let why = match (self, lacks) {
            (Self::English, Lacking::NutriScore) => "has no Nutri-Score to compare by",
            (Self::English, Lacking::Category) => "has no category that says what it is for",
            (Self::French, Lacking::NutriScore) => "n’a pas de Nutri-Score pour être comparé",
            (Self::French, Lacking::Category) => "n’a pas de catégorie qui dise à quoi il sert",
        };
        match self {
            Self::English => format!("passed over: {name} ({code}) {why}"),
            Self::French => format!("laissé de côté{SPACE}: {name} ({code}) {why}"),
        }
    }

    pub(super) fn lane(self, lane: Lane) -> &'static str {
        match (self, lane) {
            (Self::English, Lane::Same) => "same use",
            (Self::English, Lane::Bolder) => "bolder",
            (Self::French, Lane::Same) => "même usage",
            (Self::French, Lane::Bolder) => "plus audacieux",
        }
    }

    /// What the wishes kept away: by allergen, diet, as unknown, by country; none where nothing was.
    pub(super) fn hidden(self, [allergen, diet, unknown, country]: [u32; 4]) -> Option<String> {
        let [with_allergen, outside_diet, not_known, not_sold] = match self {
            Self::English => [
                "with an allergen to avoid",
                "outside the diet",
                "of which that is not known",
                "not known to be sold there",
            ],
            Self::French => [
                "avec un allergène à éviter",
                "hors du régime",
                "dont on ne le sait pas",
                "dont on ne sait pas s’ils y sont vendus",
            ],
        };
        let parts = [(allergen, with_allergen), (diet, outside_diet), (unknown, not_known), (country, not_sold)];
        let told: Vec<String> = parts
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, why)| format!("{number} {why}"))
            .collect();
        let heading = match self {
            Self::English => "hidden: ".to_owned(),
            Self::French => format!("masqués{SPACE}: "),
        };
        (!told.is_empty()).then(|| heading + &told.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::food::lang::Lang;

    #[test]
    fn only_what_was_hidden_is_told_in_either_language() {
        assert_eq!(Tongue::English.hidden([0; 4]), None);
        assert_eq!(
            Tongue::English.hidden([2, 0, 0, 1]).as_deref(),
            Some("hidden: 2 with an allergen to avoid, 1 not known to be sold there")
        );
        assert_eq!(Tongue::French.hidden([0, 3, 0, 0]).as_deref(), Some("masqués\u{a0}: 3 hors du régime"));
    }

    #[test]
    fn sentences_are_french_for_french_alone() {
        assert_eq!(
            (Tongue::of(Lang::FR), Tongue::of(Lang::EN), Tongue::of(Lang(*b"de"))),
            (Tongue::French, Tongue::English, Tongue::English)
        );
    }
}
