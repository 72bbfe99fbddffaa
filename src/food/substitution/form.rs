//! The form a food is eaten in: a powder is no drink, an oil no spread, a baby's jar no dessert.

use crate::food::category::{CategoryId, Taxonomy};

use super::words;

/// A set of marks of form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Form(pub u16);

impl Form {
    /// Drunk as it is.
    pub const DRINK: Self = Self(1);
    /// A powder, a syrup or a concentrate, mixed before it is eaten or drunk.
    pub const TO_MIX: Self = Self(1 << 1);
    /// Spread on bread.
    pub const SPREAD: Self = Self(1 << 2);
    /// Sold frozen.
    pub const FROZEN: Self = Self(1 << 3);
    /// A bar.
    pub const BAR: Self = Self(1 << 4);
    /// Made for babies.
    pub const BABY: Self = Self(1 << 5);
    /// A supplement, or a food for sport or slimming.
    pub const SUPPLEMENT: Self = Self(1 << 6);
    /// An oil.
    pub const OIL: Self = Self(1 << 7);
    /// In a tin or a jar.
    pub const CANNED: Self = Self(1 << 8);
    /// Dried.
    pub const DRIED: Self = Self(1 << 9);
    /// A soup.
    pub const SOUP: Self = Self(1 << 10);
    /// With alcohol.
    pub const ALCOHOLIC: Self = Self(1 << 11);
    /// Coffee, tea and herbal tea: leaves, beans, capsules.
    pub const TO_BREW: Self = Self(1 << 12);

    /// A sausage: who wants one for a hot dog is not served with slices of ham.
    pub const SAUSAGE: Self = Self(1 << 13);
    /// Raw meat, which is cooked first: no slice for a sandwich.
    pub const RAW_MEAT: Self = Self(1 << 14);
    /// Ham, pâté, cured and dried meat: eaten as it is, cold.
    pub const COLD_MEAT: Self = Self(1 << 15);

    /// A swap across one of these is nonsense: nobody drinks a spread, feeds a baby's jar to a
    /// guest, or takes a food supplement for a biscuit.
    const NEVER_CROSSED: u16 = Self::DRINK.0
        | Self::TO_MIX.0
        | Self::BABY.0
        | Self::SUPPLEMENT.0
        | Self::OIL.0
        | Self::SOUP.0
        | Self::TO_BREW.0
        | Self::SAUSAGE.0
        | Self::RAW_MEAT.0
        | Self::COLD_MEAT.0;

    /// What a bolder swap may cross all the same.
    const BOLDLY_CROSSED: u16 = Self::SOUP.0 | Self::OIL.0 | Self::SAUSAGE.0 | Self::RAW_MEAT.0 | Self::COLD_MEAT.0;

    /// What a product's categories say, those above included.
    pub fn of_categories(taxonomy: &Taxonomy, categories: &[CategoryId]) -> Self {
        let marks = |id: &CategoryId| of_tag(taxonomy.tag(*id));
        let form = categories.iter().map(marks).fold(Self::default(), |form, mark| Self(form.0 | mark.0));
        let is_in = |tag: &str| categories.iter().any(|id| taxonomy.tag(*id) == tag);
        let unlike = UNLIKE.iter().filter(|(tag, _)| is_in(tag));
        let form = unlike.fold(form, |form, (_, mark)| Self(form.0 & !mark));
        let is_ready = categories.iter().any(|id| READY_DRINKS.contains(&taxonomy.tag(*id)));
        if is_ready { Self(form.0 & !Self::TO_BREW.0 | Self::DRINK.0).settled() } else { form.settled() }
    }

    /// The same with what the name adds.
    #[must_use]
    pub fn with_name(self, name: &str) -> Self {
        let words = words::folded(name);
        let has_one_of = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        if has_one_of(&PUREE_WORDS) || has_one_of(&SWEETENER_WORDS) {
            return Self(self.0 & !(Self::DRINK.0 | Self::TO_MIX.0));
        }
        let is_powder =
            has_one_of(&POWDER_WORDS) || words.windows(2).any(|pair| IN_POWDER.iter().any(|words| pair == words));
        if is_powder || is_juice_of_lemons(&words) { Self(self.0 | Self::TO_MIX.0).settled() } else { self }
    }

    /// The same where the energy, kJ per 100 g or 100 ml, contradicts it: dry lentils that somebody filed under fruit
    /// juices are no drink, nor is condensed milk.
    #[must_use]
    pub fn with_energy(self, energy_kj: Option<f64>) -> Self {
        let is_too_much = energy_kj.is_some_and(|kj| kj > DRINK_KJ_MAX) && !self.has(Self::ALCOHOLIC);
        if is_too_much { Self(self.0 & !Self::DRINK.0) } else { self }
    }

    /// Whether all marks of `other` are there.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether one may stand in for the other at all, in the same use.
    pub fn allows(self, other: Self) -> bool {
        (self.0 ^ other.0) & Self::NEVER_CROSSED == 0
    }

    /// Whether one may stand in for the other in a bolder swap: a soup may stand for a meal, olive
    /// oil for butter, ham for a sausage, but a drink never for a solid, and nothing for an oil.
    pub fn allows_boldly(self, other: Self) -> bool {
        (!self.has(Self::OIL) || other.has(Self::OIL))
            && (self.0 ^ other.0) & Self::NEVER_CROSSED & !Self::BOLDLY_CROSSED == 0
    }

    /// By how many marks of form they differ.
    pub fn distance(self, other: Self) -> u32 {
        ((self.0 ^ other.0) & !Self::NEVER_CROSSED).count_ones()
    }

    fn settled(mut self) -> Self {
        // Minced ham is filed under hams by some.
        if self.has(Self::RAW_MEAT) {
            self.0 &= !Self::COLD_MEAT.0;
        }
        // Tomatoes in their juice are filed under juices by some.
        if self.has(Self::TO_MIX) || self.has(Self::TO_BREW) || self.has(Self::SOUP) || self.has(Self::CANNED) {
            self.0 &= !Self::DRINK.0;
        }
        if self.has(Self::TO_BREW) {
            self.0 &= !Self::TO_MIX.0;
        }
        self
    }
}

/// More energy than anything without alcohol has that is drunk as it is sold, kJ per 100 ml: a milkshake with cream has
/// some 600.
const DRINK_KJ_MAX: f64 = 1_000.0;
/// Tea and coffee that are drunk as they are sold.
const READY_DRINKS: [&str; 3] = ["en:tea-based-beverages", "en:iced-teas", "en:coffee-drinks"];
/// What products of a category do not have, though those of one above it have: fresh cheese is filed under milks by some,
/// ground almonds are eaten as almonds are, and syrup of agaves is no drink to be.
const UNLIKE: [(&str, u16); 4] = [
    ("en:cheeses", Form::DRINK.0),
    ("en:almonds", Form::TO_MIX.0),
    ("en:hazelnuts", Form::TO_MIX.0),
    ("en:agave-syrups", Form::TO_MIX.0),
];
/// Words for purées, which nobody drinks, folded, in the languages of most records.
const PUREE_WORDS: [&str; 5] = ["puree", "purea", "pureiert", "compote", "composta"];
/// Words for a syrup that is a sweetener and no drink to be.
const SWEETENER_WORDS: [&str; 4] = ["agave", "agawa", "agavendicksaft", "agavesiroop"];
/// Powdered in Portuguese; the second word alone is one of other languages.
const IN_POWDER: [[&str; 2]; 2] = [["em", "po"], ["leite", "po"]];
/// Words for powders, folded, in the languages of most records.
const POWDER_WORDS: [&str; 11] =
    ["powder", "poudre", "pulver", "polvo", "polvere", "proszek", "proszku", "poeder", "pudra", "powdered", "pulbere"];

/// Juice, lemons and limes, folded, in the same languages.
const JUICE_WORDS: [&str; 9] = ["juice", "jus", "succo", "saft", "jugo", "zumo", "suco", "sap", "sok"];
const LEMON_WORDS: [&str; 15] = [
    "lemon",
    "lemons",
    "lime",
    "limes",
    "citron",
    "citrons",
    "limone",
    "limoni",
    "limon",
    "limao",
    "zitrone",
    "zitronen",
    "citroen",
    "cytryny",
    "cytrynowy",
];
/// One word for it.
const LEMON_JUICES: [&str; 4] = ["zitronensaft", "limettensaft", "citroensap", "citronjuice"];
/// What may stand beside without making it a drink.
const PURITY_WORDS: [&str; 14] =
    ["pur", "pure", "puro", "bio", "organic", "100", "de", "di", "z", "of", "fresh", "concentrate", "from", "vert"];

/// Whether a name is that of lemon or lime juice and of nothing else: it is squeezed on a dish, and nobody drinks it
/// for orange juice. Lemonade, and juice of apples and lemons, are drinks.
fn is_juice_of_lemons(words: &[String]) -> bool {
    let is_one_of = |word: &String, list: &[&str]| list.contains(&word.as_str());
    let is_lemon = |word: &String| is_one_of(word, &LEMON_WORDS);
    let is_juice = |word: &String| is_one_of(word, &JUICE_WORDS);
    let is_both = |word: &String| is_one_of(word, &LEMON_JUICES);
    let is_named = words.iter().any(is_both) || words.iter().any(is_lemon) && words.iter().any(is_juice);
    let is_other =
        |word: &String| !(is_lemon(word) || is_juice(word) || is_both(word) || is_one_of(word, &PURITY_WORDS));
    is_named && !words.iter().any(is_other)
}

fn of_tag(tag: &str) -> Form {
    match tag {
        "en:sausages" | "en:vegetarian-sausages" => Form::SAUSAGE,
        "en:prepared-meats" | "en:dried-meats" | "en:cured-meats" => Form::COLD_MEAT,
        "en:fresh-meats"
        | "en:fresh-meat-preparations"
        | "en:ground-meat-preparations"
        | "en:ground-steaks"
        | "en:pork-ham-intended-to-be-cooked" => Form::RAW_MEAT,
        "en:beverages"
        | "en:milks"
        | "en:plant-milks"
        | "en:drinkable-yogurts"
        | "en:dairy-drinks"
        | "en:fermented-milk-drinks" => Form::DRINK,
        "en:instant-beverages"
        | "en:syrups"
        | "en:concentrated-tomato-juices"
        | "en:misos"
        | "en:lemon-juice"
        | "en:lime-juice"
        | "en:lemons"
        | "en:limes"
        | "en:dehydrated-beverages"
        | "en:cocoa-and-chocolate-powders"
        | "en:chocolate-powders"
        | "en:milk-powders"
        | "en:bread-crumbs"
        | "en:flours"
        | "en:dessert-mixes"
        | "en:baking-mixes"
        | "en:protein-powders"
        | "en:dehydrated-soups"
        | "en:bouillon-cubes"
        | "en:broths" => Form::TO_MIX,
        "en:coffees" | "en:teas" | "en:herbal-teas" | "en:coffee-capsules" | "en:tea-bags" => Form::TO_BREW,
        "en:spreads" => Form::SPREAD,
        "en:frozen-foods" => Form::FROZEN,
        "en:bars" => Form::BAR,
        "en:baby-foods" | "en:baby-milks" | "en:infant-formulas" => Form::BABY,
        "en:dietary-supplements" | "en:bodybuilding-supplements" | "en:meal-replacements" => Form::SUPPLEMENT,
        "en:vegetable-oils" => Form::OIL,
        "en:canned-foods" => Form::CANNED,
        "en:dried-products" => Form::DRIED,
        "en:soups" => Form::SOUP,
        "en:alcoholic-beverages" => Form::ALCOHOLIC,
        _ => Form::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::food::category::Node;

    #[test]
    fn what_has_the_energy_of_a_solid_is_no_drink_unless_it_is_a_spirit() {
        let spirit = Form(Form::DRINK.0 | Form::ALCOHOLIC.0);
        for (form, energy_kj, is_drunk) in [
            (Form::DRINK, Some(180.0), true),
            (Form::DRINK, None, true),
            (Form::DRINK, Some(1_420.0), false),
            (spirit, Some(1_200.0), true),
        ] {
            assert_eq!(form.with_energy(energy_kj).has(Form::DRINK), is_drunk, "{form:?} {energy_kj:?}");
        }
    }

    #[test]
    fn what_a_category_of_another_form_holds_by_mistake_or_for_its_matter_does_not_have_that_form() {
        for (category, form, other) in [
            ("en:milks", Form::DRINK, "en:cheeses"),
            ("en:flours", Form::TO_MIX, "en:almonds"),
            ("en:syrups", Form::TO_MIX, "en:agave-syrups"),
            ("en:prepared-meats", Form::COLD_MEAT, "en:fresh-meats"),
        ] {
            let node = |tag: &str| Node { tag: tag.to_owned(), ..Node::default() };
            let taxonomy = Taxonomy::new([node(category), node(other)]);
            let of = |tags: &[&str]| {
                let ids: Vec<CategoryId> = tags.iter().filter_map(|tag| taxonomy.id(tag)).collect();
                Form::of_categories(&taxonomy, &ids)
            };

            assert!(of(&[category]).has(form), "{category}");
            assert!(!of(&[category, other]).has(form), "{category} and {other}");
        }
    }

    #[test]
    fn a_name_tells_a_purée_from_a_drink_and_a_powder_from_a_milk() {
        for (form, name, expected) in [
            (Form::DRINK, "Purea di mela e banana", Form::default()),
            (Form::DRINK, "Pure apple juice", Form::DRINK),
            (Form::TO_MIX, "Sirop d'agave", Form::default()),
            (Form::DRINK, "Leite em pó integral", Form::TO_MIX),
            (Form::DRINK, "Leite pó sem lactose", Form::TO_MIX),
            (Form::DRINK, "Sok po polsku", Form::DRINK),
        ] {
            assert_eq!(form.with_name(name), expected, "{name}");
        }
    }

    #[test]
    fn lemon_juice_is_no_drink_and_what_has_lemon_among_others_is() {
        for (name, is_drunk) in [
            ("Succo di Limone", false),
            ("Pur jus de citron", false),
            ("Organic lemon juice", false),
            ("Zitronensaft", false),
            ("Sok z cytryny", false),
            ("Jus pomme citron", true),
            ("Jus d'orange", true),
            ("Lemonade", true),
            ("Citron", true),
        ] {
            let form = Form::DRINK.with_name(name);

            assert_eq!(form.has(Form::DRINK), is_drunk, "{name}");
            assert_eq!(Form::DRINK.allows(form), is_drunk, "{name}");
        }
    }
}
