//! What an address may say, parsed once: no handler sees a raw text.

use rocket::form::{self, Errors, FromFormField, ValueField};
use rocket::http::impl_from_uri_param_identity;
use rocket::http::uri::fmt::{Formatter, Path, UriDisplay};
use rocket::request::FromParam;

use crate::food::allergen::Allergen;
use crate::food::barcode::Barcode;
use crate::food::country::Country;
use crate::food::nutri_score::Grade;
use crate::food::substitution::Lane;

use super::error::Refusal;

/// The longest search text that is read, characters; no name of a food is longer.
pub const TEXT_MAX: usize = 200;
/// Nobody turns more pages than that; deeper ones only cost work.
const PAGES_MAX: usize = 100;

/// A barcode in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code(pub Barcode);

impl<'r> FromParam<'r> for Code {
    type Error = Refusal;

    fn from_param(param: &'r str) -> Result<Self, Refusal> {
        param.parse().map(Self).map_err(|reason| Refusal::NotABarcode { text: param.to_owned(), reason })
    }
}

impl UriDisplay<Path> for Code {
    fn fmt(&self, formatter: &mut Formatter<'_, Path>) -> std::fmt::Result {
        formatter.write_value(self.0.to_string())
    }
}

impl_from_uri_param_identity!([Path] Code);

/// A word that an address may hold.
pub trait Word: Sized {
    /// Reads it; none if it means nothing.
    fn read(text: &str) -> Option<Self>;
}

impl Word for Grade {
    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Word for Country {
    fn read(text: &str) -> Option<Self> {
        Self::from_tag(text)
    }
}

impl Word for Allergen {
    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Word for Lane {
    fn read(text: &str) -> Option<Self> {
        match text {
            "same" => Some(Self::Same),
            "bolder" => Some(Self::Bolder),
            _ => None,
        }
    }
}

impl Word for Barcode {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// A diet to keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diet {
    /// Nothing from animals.
    Vegan,
    /// No meat or fish.
    Vegetarian,
    /// No palm oil.
    PalmOilFree,
}

impl Diet {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Vegetarian, Self::Vegan, Self::PalmOilFree];

    /// Its word in addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Vegan => "vegan",
            Self::Vegetarian => "vegetarian",
            Self::PalmOilFree => "palm-oil-free",
        }
    }
}

impl Word for Diet {
    fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|diet| diet.word() == text)
    }
}

/// A page of a list, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageNumber(usize);

impl PageNumber {
    /// The first page.
    pub const FIRST: Self = Self(1);

    /// Its number, from 1.
    pub fn number(self) -> usize {
        self.0
    }

    /// Entries before it.
    pub fn offset(self, page_size: usize) -> usize {
        (self.0 - 1) * page_size
    }

    /// The page before, if any.
    pub fn previous(self) -> Option<Self> {
        (self.0 > 1).then(|| Self(self.0 - 1))
    }

    /// The last page of a list that has entries for it.
    pub fn last(page_size: usize, entries: usize) -> Self {
        Self(entries.div_ceil(page_size.max(1)).clamp(1, PAGES_MAX))
    }

    /// The page after, if there are entries left for it.
    pub fn next(self, page_size: usize, entries: usize) -> Option<Self> {
        (self.0 < PAGES_MAX && self.0 * page_size < entries).then(|| Self(self.0 + 1))
    }
}

impl Word for PageNumber {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number| (1..=PAGES_MAX).contains(number)).map(Self)
    }
}

/// One word, or nothing: a form without a choice sends an empty value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given<T>(pub Option<T>);

impl<'v, T: Word + Send> FromFormField<'v> for Given<T> {
    fn from_value(field: ValueField<'v>) -> form::Result<'v, Self> {
        match field.value.trim() {
            "" => Ok(Self(None)),
            text => T::read(text).map(|word| Self(Some(word))).ok_or_else(|| not_understood(field)),
        }
    }

    fn default() -> Option<Self> {
        Some(Self(None))
    }
}

/// Words apart by commas, in one pair of the query or in several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T>(pub Vec<T>);

impl<'v, T: Word + Send> FromFormField<'v> for Listed<T> {
    fn from_value(field: ValueField<'v>) -> form::Result<'v, Self> {
        let words = field.value.split(',').map(str::trim).filter(|text| !text.is_empty());
        words.map(T::read).collect::<Option<_>>().map(Self).ok_or_else(|| not_understood(field))
    }

    fn default() -> Option<Self> {
        Some(Self(Vec::new()))
    }
}

impl<T: Copy + PartialEq> Listed<T> {
    /// All words of several pairs, each once, in order.
    pub fn joined(lists: &[Self]) -> Vec<T> {
        let mut joined = Vec::new();
        for word in lists.iter().flat_map(|list| &list.0) {
            if !joined.contains(word) {
                joined.push(*word);
            }
        }
        joined
    }
}

/// A search text: trimmed, cut to [`TEXT_MAX`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchText(pub String);

impl<'v> FromFormField<'v> for SearchText {
    fn from_value(field: ValueField<'v>) -> form::Result<'v, Self> {
        Ok(Self(field.value.trim().chars().take(TEXT_MAX).collect()))
    }

    fn default() -> Option<Self> {
        Some(Self(String::new()))
    }
}

fn not_understood(field: ValueField<'_>) -> Errors<'_> {
    form::Error::validation("not understood").with_name(field.name).with_value(field.value).into()
}

#[cfg(test)]
mod tests {
    use rocket::form::{Form, FromForm, Options};

    use super::*;

    #[derive(rocket::FromForm)]
    struct Query {
        grade: Given<Grade>,
        without: Vec<Listed<Allergen>>,
        page: Given<PageNumber>,
    }

    fn parse(query: &str) -> form::Result<'_, Query> {
        let mut context = Query::init(Options::Lenient);
        Form::<()>::values(query).for_each(|field| Query::push_value(&mut context, field));
        Query::finalize(context)
    }

    #[test]
    fn an_empty_choice_is_no_choice_and_lists_may_be_written_either_way() {
        let query = parse("grade=&without=milk,gluten&without=lait&other=1").expect("understood");

        assert_eq!(query.grade, Given(None));
        assert_eq!(Listed::joined(&query.without), [Allergen::Milk, Allergen::Gluten]);
        assert_eq!(query.page, Given(None));
    }

    #[test]
    fn the_last_page_is_the_one_with_no_next() {
        for (entries, last) in [(0, 1), (1, 1), (24, 1), (25, 2), (57, 3), (1_000_000, PAGES_MAX)] {
            let page = PageNumber::last(24, entries);

            assert_eq!((page.number(), page.next(24, entries)), (last, None), "{entries}");
        }
    }

    #[test]
    fn a_word_that_means_nothing_is_named_not_ignored() {
        for query in ["grade=z", "without=milk,moon", "page=0", "page=-1", "page=99999999999999999999"] {
            let errors = parse(query).err().expect("refused");
            assert!(query.starts_with(&errors[0].name.as_ref().expect("named").to_string()), "{errors}");
        }
    }
}
