//! Countries where a product is sold.

use serde::{Deserialize, Serialize};

use super::product::Lang;

mod table;

/// A country or territory: its place in the table of ISO 3166-1 codes, below [`COUNTRIES_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Country(pub u8);

/// ISO 3166-1 has 249 codes; a set of them fits four words.
pub const COUNTRIES_MAX: usize = 256;

impl Country {
    /// All that the table knows, in the order of their codes.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..table::ROWS.len()).map(|index| Self(index as u8))
    }

    /// The country of an Open Food Facts tag (`en:france`, also `en:fr` and `france`). Regions and
    /// the world are no country.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let slug = tag.split_once(':').map_or(tag, |(_, slug)| slug).trim();
        Self::find(|row| row.slug.eq_ignore_ascii_case(slug)).or_else(|| Self::from_code(slug))
    }

    /// The country of an ISO 3166-1 alpha-2 code in any case; `uk` is understood as well as `gb`.
    pub fn from_code(code: &str) -> Option<Self> {
        let code = code.trim().to_ascii_lowercase();
        let alias = table::ALIASES.iter().find(|(alias, _)| *alias == code).map(|(_, code)| *code);
        let code = alias.unwrap_or(&code);
        Self::find(|row| row.code == code)
    }

    fn find(wanted: impl Fn(&table::Row) -> bool) -> Option<Self> {
        table::ROWS.iter().position(wanted).map(|index| Self(index as u8))
    }

    fn row(self) -> Option<&'static table::Row> {
        table::ROWS.get(usize::from(self.0))
    }

    /// Its ISO 3166-1 alpha-2 code, lower case; empty for a number that the table does not know.
    pub fn code(self) -> &'static str {
        self.row().map_or("", |row| row.code)
    }

    /// Its tag at Open Food Facts (`en:france`).
    pub fn tag(self) -> String {
        self.row().map_or_else(String::new, |row| format!("en:{}", row.slug))
    }

    /// Its name, in French or else in English.
    pub fn name(self, lang: Lang) -> &'static str {
        self.row().map_or("", |row| if lang == Lang::FR { row.french } else { row.english })
    }
}

/// A set of countries; empty where nobody has said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CountrySet(pub [u64; 4]);

impl CountrySet {
    /// Reads the tags of a record; what is no country is left out.
    pub fn from_tags<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        tags.into_iter().filter_map(Country::from_tag).collect()
    }

    /// Adds a country.
    pub fn insert(&mut self, country: Country) {
        self.0[usize::from(country.0 / 64)] |= 1 << (country.0 % 64);
    }

    /// Whether the country is in the set.
    pub fn contains(self, country: Country) -> bool {
        self.0[usize::from(country.0 / 64)] & (1 << (country.0 % 64)) != 0
    }

    /// Whether the two sets share a country.
    pub fn intersects(self, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(mine, theirs)| mine & theirs != 0)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == [0; 4]
    }

    /// How many there are.
    pub fn len(self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The countries in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Country> {
        (0..=u8::MAX).map(Country).filter(move |country| self.contains(*country))
    }
}

impl FromIterator<Country> for CountrySet {
    fn from_iter<I: IntoIterator<Item = Country>>(countries: I) -> Self {
        let mut set = Self::default();
        for country in countries {
            set.insert(country);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_country_is_known_by_its_tag_its_code_and_its_names() {
        let france = Country::from_tag("en:france").expect("in the table");

        assert_eq!(Country::from_code("FR"), Some(france));
        assert_eq!((france.code(), france.tag().as_str()), ("fr", "en:france"));
        let germany = Country::from_code("de").expect("in the table");
        assert_eq!((germany.name(Lang::EN), germany.name(Lang::FR)), ("Germany", "Allemagne"));
        assert_eq!(germany.name(Lang(*b"es")), "Germany");
    }

    #[test]
    fn other_ways_to_write_a_country_are_understood() {
        for (written, code) in [
            ("en:uk", "gb"),
            ("en:deutschland", "de"),
            ("en:lu", "lu"),
            ("France", "fr"),
            ("en:palestinian-territories", "ps"),
            ("en:republic-of-macedonia", "mk"),
        ] {
            assert_eq!(Country::from_tag(written).map(Country::code), Some(code), "{written}");
        }
        for written in ["en:world", "en:european-union", "", "en:", "en:south-east-asia"] {
            assert_eq!(Country::from_tag(written), None, "{written}");
        }
    }

    #[test]
    fn every_row_is_found_by_what_stands_in_it() {
        for country in Country::all() {
            assert_eq!(Country::from_code(country.code()), Some(country), "{}", country.code());
            assert_eq!(Country::from_tag(&country.tag()), Some(country), "{}", country.tag());
            assert!(!country.name(Lang::EN).is_empty() && !country.name(Lang::FR).is_empty());
        }
        assert_eq!(Country::all().count(), 250);
    }

    proptest! {
        #[test]
        fn a_set_holds_the_countries_that_were_put_in(places in proptest::collection::btree_set(0u8..250, 0..40)) {
            let set: CountrySet = places.iter().copied().map(Country).collect();

            prop_assert_eq!(set.iter().map(|country| country.0).collect::<Vec<_>>(), Vec::from_iter(places.clone()));
            prop_assert_eq!(set.len(), places.len());
            prop_assert_eq!(set.is_empty(), places.is_empty());
            prop_assert_eq!(set.intersects(set), !places.is_empty());
            prop_assert!(places.iter().all(|place| set.contains(Country(*place))));
        }
    }
}
