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
