//! The products of each category and below it, healthiest first, with exact counts.

use zerocopy::IntoBytes;

use crate::catalogue::mapped::{FileWriter, MappedError, MappedFile, Slice};
use crate::food::category::CategoryId;
use crate::food::nutri_score::NutriScore;

const COUNTS: &str = "listings.counts";
const ENDS: &str = "listings.ends";
const DOCS: &str = "listings.docs";

/// Products listed per category: forty screens, more than anybody turns. What lies beyond is counted
/// and found by search.
pub const LISTED_MAX: usize = 1_000;

/// Grades a to e, then those without a grade.
const COUNTS_LEN: usize = 6;

/// All listings, read in place.
#[derive(Debug, Clone)]
pub(crate) struct Listings {
    counts: Slice<[u32; COUNTS_LEN]>,
    ends: Slice<u32>,
    docs: Slice<u32>,
}

impl Listings {
    pub(crate) fn open(file: &MappedFile) -> Result<Self, MappedError> {
        Ok(Self { counts: file.slice(COUNTS)?, ends: file.slice(ENDS)?, docs: file.slice(DOCS)? })
    }

    /// How many products a category has of each grade, and without one.
    pub(crate) fn counts(&self, category: CategoryId) -> [u32; COUNTS_LEN] {
        self.counts.get(category.0 as usize).copied().unwrap_or_default()
    }

    /// Its healthiest products, at most [`LISTED_MAX`].
    pub(crate) fn docs(&self, category: CategoryId) -> &[u32] {
        let place = category.0 as usize;
        let Some(&end) = self.ends.get(place) else { return &[] };
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.docs.get(start as usize..end as usize).unwrap_or(&[])
    }
}

/// Keeps the healthiest of each category in memory.
#[derive(Debug)]
pub(crate) struct ListingsBuilder {
    counts: Vec<[u32; COUNTS_LEN]>,
    lists: Vec<Vec<Place>>,
}

/// A product's place in a listing, packed so that the smaller is the healthier: standing (8 bits),
/// points (8 bits), document (32 bits).
type Place = u64;

/// Where those without a grade stand: after grade e, which is 4.
const UNGRADED: u64 = 5;
/// Where implausible records stand, whatever their grade: last.
const IMPLAUSIBLE: u64 = 6;
/// Stands for points that are not known: after every product of the same grade.
const POINTS_UNKNOWN: u64 = 255;

impl ListingsBuilder {
    pub(crate) fn new(categories: usize) -> Self {
        Self { counts: vec![[0; COUNTS_LEN]; categories], lists: vec![Vec::new(); categories] }
    }

    /// Adds a document to its categories, given with all above them.
    pub(crate) fn add(&mut self, doc: u32, nutri_score: NutriScore, plausible: bool, categories: &[CategoryId]) {
        let (standing, points) = match nutri_score {
            NutriScore::Graded { grade, score, .. } => (grade as u64, score.map_or(POINTS_UNKNOWN, points_place)),
            NutriScore::NotApplicable | NutriScore::Unknown => (UNGRADED, 0),
        };
        let place = if plausible { standing } else { IMPLAUSIBLE } << 40 | points << 32 | u64::from(doc);
        for category in categories {
            self.counts[category.0 as usize][standing as usize] += 1;
            keep_best(&mut self.lists[category.0 as usize], place);
        }
    }

    /// Writes the sections.
    pub(crate) fn finish(mut self, file: &mut FileWriter) -> Result<(), MappedError> {
        file.section(COUNTS, self.counts.as_bytes())?;
        let mut ends = Vec::with_capacity(self.lists.len());
        let mut docs: Vec<u32> = Vec::new();
        for list in &mut self.lists {
            list.sort_unstable();
            docs.extend(list.iter().take(LISTED_MAX).map(|place| *place as u32));
            ends.push(docs.len() as u32);
            *list = Vec::new();
        }
        file.section(ENDS, ends.as_bytes())?;
        file.section(DOCS, docs.as_bytes())
    }
}

/// Points from -128 to 127 as 0 to 254, so that 255 stays free.
fn points_place(score: i8) -> u64 {
    (i64::from(score) + 128).min(254) as u64
}

/// Adds a place, and drops the worse half whenever the list is twice as long as needed.
fn keep_best(list: &mut Vec<Place>, place: Place) {
    list.push(place);
    if list.len() == 2 * LISTED_MAX {
        list.select_nth_unstable(LISTED_MAX);
        list.truncate(LISTED_MAX);
    }
}
