//! What filters ask of every document: grade, countries, categories.
//!
//! Sets of countries and of categories repeat a lot, so each is stored once and a document holds its number;
//! a filter may therefore judge a set once and remember the answer by [`Facts::country_set`] or
//! [`Facts::category_set`].

use rustc_hash::FxHashMap;
use zerocopy::IntoBytes;

use super::mapped::{FileWriter, MappedError, MappedFile, Slice};
use crate::food::category::CategoryId;
use crate::food::country::CountrySet;
use crate::food::nutri_score::{Grade, NutriScore};

/// The grade section's byte of a food that the rule does not grade.
const NOT_APPLICABLE: u8 = 5;
/// The grade section's byte of a food whose grade is not known.
const UNKNOWN: u8 = 6;

const GRADES: &str = "facts.grades";
const COUNTRY_SETS: &str = "facts.country-sets";
const COUNTRIES: &str = "facts.countries";
const CATEGORY_SETS: &str = "facts.category-sets";
const CATEGORY_ENDS: &str = "facts.category-ends";
const CATEGORIES: &str = "facts.categories";

/// The facts of all documents, read in place.
#[derive(Debug, Clone)]
pub struct Facts {
    grades: Slice<u8>,
    country_sets: Slice<u32>,
    countries: Slice<[u64; 4]>,
    category_sets: Slice<u32>,
    category_ends: Slice<u32>,
    categories: Slice<u32>,
}

impl Facts {
    /// Finds the sections of the facts in a snapshot file.
    pub fn open(file: &MappedFile) -> Result<Self, MappedError> {
        let facts = Self {
            grades: file.slice(GRADES)?,
            country_sets: file.slice(COUNTRY_SETS)?,
            countries: file.slice(COUNTRIES)?,
            category_sets: file.slice(CATEGORY_SETS)?,
            category_ends: file.slice(CATEGORY_ENDS)?,
            categories: file.slice(CATEGORIES)?,
        };
        let count = facts.grades.len();
        if facts.country_sets.len() != count || facts.category_sets.len() != count {
            return Err(file.damaged("the facts are not of one length".to_owned()));
        }
        Ok(facts)
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.grades.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The Nutri-Score grade, if there is one.
    pub fn grade(&self, doc: u32) -> Option<Grade> {
        grade_of(self.grades.get(doc as usize).copied()?)
    }

    /// Where it is sold; empty where nobody has said.
    pub fn countries(&self, doc: u32) -> CountrySet {
        self.countries_of(self.country_set(doc))
    }

    /// The number of its set of countries; equal sets have equal numbers.
    pub fn country_set(&self, doc: u32) -> u32 {
        self.country_sets.get(doc as usize).copied().unwrap_or(u32::MAX)
    }

    /// The countries of a set.
    pub fn countries_of(&self, country_set: u32) -> CountrySet {
        CountrySet(self.countries.get(country_set as usize).copied().unwrap_or_default())
    }

    /// Its categories and all above them (numbers of [`CategoryId`]), from general to specific.
    pub fn categories(&self, doc: u32) -> &[u32] {
        self.categories_of(self.category_set(doc))
    }

    /// The number of its set of categories; equal sets have equal numbers.
    pub fn category_set(&self, doc: u32) -> u32 {
        self.category_sets.get(doc as usize).copied().unwrap_or(u32::MAX)
    }

    /// The categories of a set, from general to specific.
    pub fn categories_of(&self, category_set: u32) -> &[u32] {
        let place = category_set as usize;
        let Some(&end) = self.category_ends.get(place) else { return &[] };
        let start = place.checked_sub(1).and_then(|before| self.category_ends.get(before)).copied().unwrap_or(0);
        self.categories.get(start as usize..end as usize).unwrap_or(&[])
    }
}

fn grade_of(byte: u8) -> Option<Grade> {
    [Grade::A, Grade::B, Grade::C, Grade::D, Grade::E].get(byte as usize).copied()
}

fn byte_of(nutri_score: NutriScore) -> u8 {
    match nutri_score {
        NutriScore::Graded { grade, .. } => grade as u8,
        NutriScore::NotApplicable => NOT_APPLICABLE,
        NutriScore::Unknown => UNKNOWN,
    }
}

/// Gathers the facts in memory (9 bytes a document and the distinct sets), then writes their sections.
#[derive(Debug, Default)]
pub struct FactsBuilder {
    grades: Vec<u8>,
    country_sets: Vec<u32>,
    countries: Vec<[u64; 4]>,
    country_numbers: FxHashMap<[u64; 4], u32>,
    category_sets: Vec<u32>,
    category_ends: Vec<u32>,
    categories: Vec<u32>,
    category_numbers: FxHashMap<Box<[CategoryId]>, u32>,
}

impl FactsBuilder {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next document; `categories` with all above them, from general to specific.
    pub fn add(&mut self, nutri_score: NutriScore, countries: CountrySet, categories: &[CategoryId]) {
        self.grades.push(byte_of(nutri_score));
        let table = &mut self.countries;
        let country_set = *self.country_numbers.entry(countries.0).or_insert_with(|| {
            table.push(countries.0);
            table.len() as u32 - 1
        });
        self.country_sets.push(country_set);
        let category_set = match self.category_numbers.get(categories) {
            Some(known) => *known,
            None => self.add_categories(categories),
        };
        self.category_sets.push(category_set);
    }

    fn add_categories(&mut self, categories: &[CategoryId]) -> u32 {
        let number = self.category_ends.len() as u32;
        self.categories.extend(categories.iter().map(|id| id.0));
        self.category_ends.push(self.categories.len() as u32);
        self.category_numbers.insert(categories.into(), number);
        number
    }

    /// Writes the sections.
    pub fn finish(self, file: &mut FileWriter) -> Result<(), MappedError> {
        file.section(GRADES, &self.grades)?;
        file.section(COUNTRY_SETS, self.country_sets.as_bytes())?;
        file.section(COUNTRIES, self.countries.as_bytes())?;
        file.section(CATEGORY_SETS, self.category_sets.as_bytes())?;
        file.section(CATEGORY_ENDS, self.category_ends.as_bytes())?;
        file.section(CATEGORIES, self.categories.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::food::nutri_score::{Source, Version};

    const KIND: [u8; 8] = *b"FSW-TEST";

    fn graded(grade: Grade) -> NutriScore {
        NutriScore::Graded { grade, score: None, version: Version::V2023, source: Source::Off }
    }

    #[test]
    fn facts_are_read_as_they_were_added_and_equal_sets_share_a_number() {
        let folder = tempfile::tempdir().expect("tempdir");
        let path = folder.path().join("facts");
        let (france, nowhere) = (CountrySet([1, 0, 0, 2]), CountrySet::default());
        let spreads = [CategoryId(3), CategoryId(7)];
        let mut builder = FactsBuilder::new();
        builder.add(graded(Grade::E), france, &spreads);
        builder.add(NutriScore::Unknown, nowhere, &[]);
        builder.add(NutriScore::NotApplicable, france, &spreads);
        let mut writer = FileWriter::create(&path, KIND, 1).expect("create");
        builder.finish(&mut writer).expect("sections");
        writer.finish().expect("finish");

        let facts = Facts::open(&MappedFile::open(&path, KIND, 1).expect("open")).expect("facts");

        assert_eq!(facts.len(), 3);
        assert_eq!([0, 1, 2, 3].map(|doc| facts.grade(doc)), [Some(Grade::E), None, None, None]);
        assert_eq!([0, 1, 2, 3].map(|doc| facts.countries(doc)), [france, nowhere, france, nowhere]);
        assert_eq!([0, 1, 2, 3].map(|doc| facts.categories(doc)), [&[3, 7][..], &[], &[3, 7], &[]]);
        assert_eq!(facts.country_set(0), facts.country_set(2));
        assert_eq!(facts.category_set(0), facts.category_set(2));
        assert_ne!(facts.category_set(0), facts.category_set(1));
    }
}
