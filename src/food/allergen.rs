//! Allergens and their traces, with what is unknown kept apart from what is absent.

use std::ops::{BitAnd, BitOr, Sub};

use serde::{Deserialize, Serialize};

use super::diet::Verdict;
use super::product::Lang;

/// One of the fourteen allergens that must be declared in the EU
/// (Regulation (EU) 1169/2011, annex II, in its order).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allergen {
    /// Cereals containing gluten.
    Gluten,
    /// Crustaceans.
    Crustaceans,
    /// Eggs.
    Eggs,
    /// Fish.
    Fish,
    /// Peanuts.
    Peanuts,
    /// Soybeans.
    Soybeans,
    /// Milk, lactose included.
    Milk,
    /// Tree nuts.
    Nuts,
    /// Celery.
    Celery,
    /// Mustard.
    Mustard,
    /// Sesame seeds.
    SesameSeeds,
    /// Sulphur dioxide and sulphites.
    Sulphites,
    /// Lupin.
    Lupin,
    /// Molluscs.
    Molluscs,
}

impl Allergen {
    /// All of them, in the order of the regulation.
    pub const ALL: [Self; 14] = [
        Self::Gluten,
        Self::Crustaceans,
        Self::Eggs,
        Self::Fish,
        Self::Peanuts,
        Self::Soybeans,
        Self::Milk,
        Self::Nuts,
        Self::Celery,
        Self::Mustard,
        Self::SesameSeeds,
        Self::Sulphites,
        Self::Lupin,
        Self::Molluscs,
    ];

    /// Its canonical tag at Open Food Facts.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Gluten => "en:gluten",
            Self::Crustaceans => "en:crustaceans",
            Self::Eggs => "en:eggs",
            Self::Fish => "en:fish",
            Self::Peanuts => "en:peanuts",
            Self::Soybeans => "en:soybeans",
            Self::Milk => "en:milk",
            Self::Nuts => "en:nuts",
            Self::Celery => "en:celery",
            Self::Mustard => "en:mustard",
            Self::SesameSeeds => "en:sesame-seeds",
            Self::Sulphites => "en:sulphur-dioxide-and-sulphites",
            Self::Lupin => "en:lupin",
            Self::Molluscs => "en:molluscs",
        }
    }

    /// Its name, in French or else in English.
    pub fn name(self, lang: Lang) -> &'static str {
        let (english, french) = self.names();
        if lang == Lang::FR { french } else { english }
    }

    /// Its word in addresses and on a command line: its tag without the language.
    pub fn word(self) -> &'static str {
        self.tag().trim_start_matches("en:")
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Gluten => ("Gluten", "Gluten"),
            Self::Crustaceans => ("Crustaceans", "Crustacés"),
            Self::Eggs => ("Eggs", "Œufs"),
            Self::Fish => ("Fish", "Poisson"),
            Self::Peanuts => ("Peanuts", "Arachides"),
            Self::Soybeans => ("Soya", "Soja"),
            Self::Milk => ("Milk", "Lait"),
            Self::Nuts => ("Nuts", "Fruits à coque"),
            Self::Celery => ("Celery", "Céleri"),
            Self::Mustard => ("Mustard", "Moutarde"),
            Self::SesameSeeds => ("Sesame", "Sésame"),
            Self::Sulphites => ("Sulphites", "Sulfites"),
            Self::Lupin => ("Lupin", "Lupin"),
            Self::Molluscs => ("Molluscs", "Mollusques"),
        }
    }

    /// The allergen of a canonical tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|allergen| allergen.tag() == tag)
    }

    /// Reads what a shopper writes: a tag with or without `en:`, or a French or English word, in
    /// any case, in the singular or the plural.
    pub fn parse(text: &str) -> Option<Self> {
        let word = text.trim().to_lowercase();
        let word = word.split_once(':').map_or(word.as_str(), |(_, word)| word);
        Some(match word {
            "gluten" | "wheat" | "blé" | "ble" | "oats" | "barley" | "rye" | "spelt" => Self::Gluten,
            "crustaceans" | "crustacean" | "crustacés" | "crustaces" | "crustacé" | "shellfish" => Self::Crustaceans,
            "eggs" | "egg" | "œufs" | "œuf" | "oeufs" | "oeuf" => Self::Eggs,
            "fish" | "poisson" | "poissons" => Self::Fish,
            "peanuts" | "peanut" | "arachides" | "arachide" | "cacahuètes" | "cacahuète" | "cacahuetes" => {
                Self::Peanuts
            }
            "soybeans" | "soybean" | "soya" | "soy" | "soja" => Self::Soybeans,
            "milk" | "lait" | "lactose" | "dairy" | "milkfat" | "buttermilk" => Self::Milk,
            "nuts" | "nut" | "tree-nuts" | "tree-nut" | "almonds" | "hazelnuts" | "walnuts" | "pistachios" | "noix"
            | "fruits à coque" | "fruits-a-coque" | "fruits à coques" => Self::Nuts,
            "celery" | "céleri" | "celeri" => Self::Celery,
            "mustard" | "moutarde" => Self::Mustard,
            "sesame-seeds" | "sesame" | "sésame" => Self::SesameSeeds,
            "sulphur-dioxide-and-sulphites" | "sulphites" | "sulfites" | "sulphite" | "sulfite" => Self::Sulphites,
            "lupin" | "lupine" => Self::Lupin,
            "molluscs" | "mollusc" | "mollusks" | "mollusques" | "mollusque" => Self::Molluscs,
            _ => return None,
        })
    }

    fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of the fourteen allergens that must be declared in the EU
/// (Regulation (EU) 1169/2011, annex II), and a mark for any other that a record names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Allergens(pub u16);

/// Tags that stand where a value is missing.
const JUNK_TAGS: [&str; 6] = ["", "en:null", "en:undefined", "en:unknown", "null", "undefined"];

/// Tags by which a record says that there is none.
const NONE_TAGS: [&str; 5] = ["en:none", "none", "fr:aucun", "fr:aucune", "fr:neant"];

impl Allergens {
    /// No allergen.
    pub const NONE: Self = Self(0);
    /// The mark for an allergen that is not one of the fourteen, or not understood.
    pub const OTHER: Self = Self(1 << 14);

    /// Reads the tags of a record; `None` where they say nothing. A tag that is not understood sets
    /// [`OTHER`](Self::OTHER): it may be an allergen under a name that we do not know.
    pub fn from_tags<'a>(tags: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let mut found = None;
        for tag in tags.into_iter().map(str::trim).filter(|tag| !JUNK_TAGS.contains(tag)) {
            let set = found.get_or_insert(Self::NONE);
            if !NONE_TAGS.contains(&tag) {
                *set = *set | Allergen::parse(tag).map_or(Self::OTHER, Self::from);
            }
        }
        found
    }

    /// Adds one.
    pub fn insert(&mut self, allergen: Allergen) {
        self.0 |= allergen.bit();
    }

    /// Whether it is in the set.
    pub fn contains(self, allergen: Allergen) -> bool {
        self.0 & allergen.bit() != 0
    }

    /// Whether the two sets share an allergen.
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a record named an allergen that is not one of the fourteen.
    pub fn has_other(self) -> bool {
        self.intersects(Self::OTHER)
    }

    /// Those of the fourteen that are in the set, in the order of the regulation.
    pub fn iter(self) -> impl Iterator<Item = Allergen> {
        Allergen::ALL.into_iter().filter(move |allergen| self.contains(*allergen))
    }
}

impl From<Allergen> for Allergens {
    fn from(allergen: Allergen) -> Self {
        Self(allergen.bit())
    }
}

impl FromIterator<Allergen> for Allergens {
    fn from_iter<I: IntoIterator<Item = Allergen>>(allergens: I) -> Self {
        allergens.into_iter().fold(Self::NONE, |set, allergen| set | allergen.into())
    }
}

impl BitOr for Allergens {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Allergens {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Sub for Allergens {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// Whether a product contains what a shopper avoids: [`Verdict::Yes`] as an ingredient,
/// [`Verdict::Maybe`] as traces, [`Verdict::Unknown`] where nobody has declared its allergens or an
/// allergen is declared under a name that we do not understand. Only [`Verdict::No`] is safe.
///
/// Traces are declared by choice, not by law: where no traces are declared, the declaration of
/// ingredients decides.
pub fn contains(allergens: Option<Allergens>, traces: Option<Allergens>, avoid: Allergens) -> Verdict {
    let traces = traces.unwrap_or_default();
    if avoid.is_empty() {
        Verdict::No
    } else if allergens.is_some_and(|allergens| allergens.intersects(avoid)) {
        Verdict::Yes
    } else if traces.intersects(avoid) {
        Verdict::Maybe
    } else if allergens.is_none_or(Allergens::has_other) || traces.has_other() {
        Verdict::Unknown
    } else {
        Verdict::No
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(allergens: &[Allergen]) -> Allergens {
        allergens.iter().copied().collect()
    }

    #[test]
    fn tags_of_a_record_become_a_set_and_nothing_said_stays_unknown() {
        for (tags, expected) in [
            (&[][..], None),
            (&["en:null", ""], None),
            (&["en:none"], Some(Allergens::NONE)),
            (&["en:milk", "en:gluten"], Some(set(&[Allergen::Milk, Allergen::Gluten]))),
            (&["fr:lait", "en:null"], Some(set(&[Allergen::Milk]))),
            (&["en:gelatin"], Some(Allergens::OTHER)),
            (&["pl:śmietanka", "en:eggs"], Some(Allergens::OTHER | set(&[Allergen::Eggs]))),
        ] {
            assert_eq!(Allergens::from_tags(tags.iter().copied()), expected, "{tags:?}");
        }
    }

    #[test]
    fn a_shopper_may_write_an_allergen_in_french_or_english() {
        for (text, allergen) in [
            ("milk", Allergen::Milk),
            ("Lait", Allergen::Milk),
            ("en:sesame-seeds", Allergen::SesameSeeds),
            ("sésame", Allergen::SesameSeeds),
            (" Œufs ", Allergen::Eggs),
            ("fruits à coque", Allergen::Nuts),
            ("soy", Allergen::Soybeans),
        ] {
            assert_eq!(Allergen::parse(text), Some(allergen), "{text}");
        }
        assert_eq!(Allergen::parse("chocolate"), None);
    }

    #[test]
    fn every_allergen_is_known_by_its_tag_its_names_and_its_key() {
        for allergen in Allergen::ALL {
            assert_eq!(Allergen::from_tag(allergen.tag()), Some(allergen));
            assert_eq!(Allergen::parse(allergen.tag()), Some(allergen));
            assert_eq!(Allergen::parse(allergen.name(Lang::FR)), Some(allergen));
            assert_eq!(Allergen::parse(allergen.name(Lang::EN)), Some(allergen));
        }
    }

    #[test]
    fn only_what_is_declared_to_be_without_is_without() {
        let milk = set(&[Allergen::Milk]);
        let nuts = set(&[Allergen::Nuts]);
        for (allergens, traces, expected) in [
            (Some(milk), None, Verdict::Yes),
            (Some(milk | nuts), Some(nuts), Verdict::Yes),
            (None, Some(milk), Verdict::Maybe),
            (Some(nuts), Some(milk), Verdict::Maybe),
            (None, None, Verdict::Unknown),
            (None, Some(nuts), Verdict::Unknown),
            (Some(Allergens::OTHER), None, Verdict::Unknown),
            (Some(nuts), Some(Allergens::OTHER), Verdict::Unknown),
            (Some(nuts), None, Verdict::No),
            (Some(Allergens::NONE), Some(nuts), Verdict::No),
        ] {
            assert_eq!(contains(allergens, traces, milk), expected, "{allergens:?} {traces:?}");
        }
        assert_eq!(contains(None, None, Allergens::NONE), Verdict::No);
    }

    proptest! {
        #[test]
        fn unknown_allergens_are_never_declared_absent(avoid in 1u16..1 << 14, traces in proptest::option::of(0u16..1 << 15)) {
            let verdict = contains(None, traces.map(Allergens), Allergens(avoid));

            prop_assert_ne!(verdict, Verdict::No);
        }

        #[test]
        fn a_set_is_the_allergens_that_were_put_in(bits in 0u16..1 << 14) {
            let set = Allergens(bits);

            prop_assert_eq!(set.iter().collect::<Allergens>(), set);
            prop_assert!((set - set).is_empty());
            prop_assert_eq!(set & set, set | set);
        }
    }
}
