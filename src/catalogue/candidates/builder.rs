//! Builds the candidates from a stream of products, within a fixed amount of memory.

use std::io::Write;
use std::path::{Path, PathBuf};

use zerocopy::IntoBytes;

use super::guess::CategoryWords;
use super::noted::Noted;
use super::outliers::Usual;
use super::selection::{COUNTRY_LIST_MAX, LIST_MAX, choose, is_eligible, quality};
use super::sets::{CategorySets, CountrySets};
use super::{ALL_COUNTRIES, ASIDE, DOC, LevelRow, ListRow, NAMED, OWN, STANDS_IN, VAGUE, sections};
use crate::catalogue::build::BuildError;
use crate::catalogue::mapped::{FileWriter, MappedFile};
use crate::food::category::{CategoryId, Taxonomy};
use crate::food::country::{COUNTRIES_MAX, CountrySet};
use crate::food::nutrition::Nutrient;
use crate::food::product::{Lang, Product};
use crate::food::substitution::Lane;
use crate::food::substitution::profile::Profile;
use crate::food::substitution::uses::{Breadth, CLOSEST, CLOSEST_GUESSED, Uses};
use crate::food::substitution::words;

const SCRATCH_KIND: [u8; 8] = *b"FSWSCRCH";
const SCRATCH_VERSION: u32 = 1;
/// Names that say nothing, folded; who reads one cannot buy the product.
const PLACEHOLDERS: [&str; 7] = ["chargement", "loading", "laden", "cargando", "caricamento", "unknown", "inconnu"];
/// Words for what is sold beside food and sometimes filed under it: drops for the ears are no vegetables.
const NO_FOOD: [&str; 18] = [
    "earwax",
    "ear wax",
    "shampoo",
    "shampooing",
    "champu",
    "toothpaste",
    "toothbrush",
    "dentifrice",
    "zahnpasta",
    "mouthwash",
    "deodorant",
    "deodorante",
    "detergent",
    "detergente",
    "sunscreen",
    "body lotion",
    "gel douche",
    "hand soap",
];
/// Of each country, the best products that its list is chosen from.
const COUNTRY_POOL_MAX: usize = 512;

/// Takes products in, the most popular first, and writes what [`Candidates`](super::Candidates) reads.
///
/// Profiles go to a file at once; in memory stay 12 bytes per product that may be proposed, and the
/// distinct sets of categories and countries: about 120 MB for four million products.
pub struct CandidatesBuilder<'a> {
    taxonomy: &'a Taxonomy,
    uses: Uses,
    words: CategoryWords,
    categories: CategorySets<'a>,
    countries: CountrySets,
    scratch: PathBuf,
    profiles: FileWriter,
    eligible: Vec<Eligible>,
    added: u32,
}

#[derive(Clone, Copy)]
struct Eligible {
    doc: u32,
    category_set: u32,
    quality: u16,
}

impl<'a> CandidatesBuilder<'a> {
    /// Starts; `scratch` is a folder for a file that is removed at the end.
    pub fn new(scratch: &Path, taxonomy: &'a Taxonomy) -> Result<Self, BuildError> {
        let scratch = scratch.join("swap-profiles.scratch");
        let mut profiles = FileWriter::create(&scratch, SCRATCH_KIND, SCRATCH_VERSION)?;
        profiles.begin(sections::PROFILES)?;
        let uses = Uses::of(taxonomy);
        let words = CategoryWords::of(taxonomy, |id| uses.breadth(id) != Breadth::Broad);
        Ok(Self {
            taxonomy,
            uses,
            words,
            categories: CategorySets::new(taxonomy),
            countries: CountrySets::new(),
            scratch,
            profiles,
            eligible: Vec::new(),
            added: 0,
        })
    }

    /// Takes the next product with the categories that its record names; documents are numbered from 0 without a gap.
    pub fn add(&mut self, doc: u32, product: &Product, categories: &[CategoryId]) -> Result<(), BuildError> {
        debug_assert_eq!(doc, self.added, "documents come in order");
        let named_set = self.categories.number(categories);
        let category_set = match self.guess(product, categories, named_set) {
            Some(guess) => self.categories.number_with(guess, categories),
            None => named_set,
        };
        let set = self.categories.set(category_set);
        // A record that contradicts itself has a wrong energy as often as a wrong category.
        let energy_kj = product.nutrition.value(Nutrient::Energy).filter(|_| product.implausible.is_none());
        let form = set.form.with_name(product.name(Lang::UNKNOWN)).with_energy(energy_kj);
        let mut profile = Profile::of(product, set.most_specific, form);
        profile.category_set = category_set;
        profile.country_set = self.countries.number(product.countries);
        if is_eligible(&profile) && names_a_food(product.name(Lang::UNKNOWN)) {
            // A guess serves to look for something better, not to be proposed by.
            self.eligible.push(Eligible { doc, category_set: named_set, quality: quality(&profile) });
        }
        self.added += 1;
        self.profiles.write_all(profile.as_bytes()).map_err(|cause| BuildError::io(&self.scratch, cause))
    }

    /// Where none of a product's categories means a use, the one that its own words name, or that Open Food Facts
    /// compares it with.
    fn guess(&self, product: &Product, categories: &[CategoryId], set: u32) -> Option<CategoryId> {
        // A tag that the taxonomy lacks stands alone: without a parent or a child, and with no name but its own words.
        let is_known = |id: CategoryId| {
            let node = self.taxonomy.node(id);
            node.names.len() + node.synonyms.len() > 1
                || !self.taxonomy.parents(id).is_empty()
                || !self.taxonomy.children(id).is_empty()
        };
        let known = |ids: &[CategoryId]| ids.iter().copied().filter(|id| is_known(*id)).collect::<Vec<CategoryId>>();
        if self.uses.is_told(&known(self.categories.members(set))) {
            return None;
        }
        let compared = || product.compared_to_category.as_deref().and_then(|tag| self.taxonomy.id(tag));
        let known_tag = |tag: &str| self.taxonomy.id(tag).is_some_and(is_known);
        self.words.guess(product, self.taxonomy, &self.uses, &known(categories), known_tag).or_else(compared)
    }

    /// Chooses the lists and writes everything.
    pub fn finish(self, writer: &mut FileWriter) -> Result<(), BuildError> {
        let Self { taxonomy, uses, categories, countries, scratch, profiles, mut eligible, .. } = self;
        profiles.finish()?;
        let file = MappedFile::open(&scratch, SCRATCH_KIND, SCRATCH_VERSION)?;
        let profiles = file.slice::<Profile>(sections::PROFILES)?;
        writer.section(sections::PROFILES, profiles.as_bytes())?;
        writer.section(sections::COUNTRIES, countries.sets.as_slice().as_bytes())?;
        let noted = Noted::of(&categories, taxonomy.len(), |id| uses.breadth(id) != Breadth::Use);
        write_levels(writer, taxonomy, &uses, &categories, &noted)?;
        let usual = Usual::of(eligible.iter().map(|entry| &profiles[entry.doc as usize]));
        eligible.retain(|entry| !usual.excludes(&profiles[entry.doc as usize], taxonomy, &uses));
        let lists = Lists {
            uses: &uses,
            of_sets: Grouped::eligible_by_set(&eligible, categories.len()),
            of_categories: Grouped::sets_by_category(&categories, taxonomy.len()),
            sets: &categories,
            noted: &noted,
            eligible: &eligible,
            profiles: &profiles,
            countries: &countries.sets,
        };
        lists.write(writer, taxonomy)?;
        drop(file);
        std::fs::remove_file(&scratch).map_err(|cause| BuildError::io(&scratch, cause))
    }
}

/// Whether a name is that of a food, as far as we can tell: neither what an application showed while it waited for the
/// name, nor what nobody eats.
fn names_a_food(name: &str) -> bool {
    let words = words::folded(name);
    let is_placeholder = matches!(words.as_slice(), [word] if PLACEHOLDERS.contains(&word.as_str()));
    let is_no_food = |len: usize| words.windows(len).any(|part| NO_FOOD.contains(&part.join(" ").as_str()));
    !is_placeholder && !is_no_food(1) && !is_no_food(2)
}

fn write_levels(
    writer: &mut FileWriter,
    taxonomy: &Taxonomy,
    uses: &Uses,
    categories: &CategorySets,
    noted: &Noted,
) -> Result<(), BuildError> {
    let mut starts = vec![0u32];
    let mut rows: Vec<LevelRow> = Vec::new();
    for number in 0..categories.len() as u32 {
        let set = categories.set(number);
        let own = set.most_specific;
        let levels = uses.levels(taxonomy, categories.members(number), own);
        rows.extend(levels.iter().map(|level| LevelRow {
            category: level.category.0,
            bolder: u8::from(level.lane == Lane::Bolder),
            closeness: level.closeness.min(if set.is_guessed { CLOSEST_GUESSED } else { CLOSEST }),
            marks: marks(
                uses.breadth(level.category) == Breadth::Broad && level.lane == Lane::Bolder,
                Some(level.category) == own,
                level.stands_in,
            ),
            noted: noted.place(level.category),
        }));
        starts.push(rows.len() as u32);
    }
    writer.section(sections::LEVEL_STARTS, starts.as_slice().as_bytes())?;
    Ok(writer.section(sections::LEVELS, rows.as_slice().as_bytes())?)
}

fn marks(is_vague: bool, is_own: bool, stands_in: bool) -> u8 {
    let mark = |holds: bool, mark: u8| if holds { mark } else { 0 };
    mark(is_vague, VAGUE) | mark(is_own, OWN) | mark(stands_in, STANDS_IN)
}

/// Numbers grouped under numbers: the members of `n` lie between `starts[n]` and `starts[n + 1]`.
struct Grouped {
    starts: Vec<u32>,
    members: Vec<u32>,
}

impl Grouped {
    fn new(groups: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0u32; groups + 1];
        for (group, _) in pairs.clone() {
            starts[group as usize + 1] += 1;
        }
        for group in 0..groups {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut members = vec![0; starts[groups] as usize];
        for (group, member) in pairs {
            members[next[group as usize] as usize] = member;
            next[group as usize] += 1;
        }
        Self { starts, members }
    }

    fn eligible_by_set(eligible: &[Eligible], sets: usize) -> Self {
        Self::new(sets, eligible.iter().enumerate().map(|(at, entry)| (entry.category_set, at as u32)))
    }

    fn sets_by_category(categories: &CategorySets, len: usize) -> Self {
        let pairs = (0..categories.len() as u32)
            .flat_map(|set| categories.members(set).iter().map(move |category| (category.0, set)));
        Self::new(len, pairs)
    }

    fn members(&self, group: u32) -> &[u32] {
        let at = group as usize;
        &self.members[self.starts[at] as usize..self.starts[at + 1] as usize]
    }
}

/// What the lists are chosen from.
struct Lists<'a> {
    uses: &'a Uses,
    of_sets: Grouped,
    of_categories: Grouped,
    sets: &'a CategorySets<'a>,
    noted: &'a Noted,
    eligible: &'a [Eligible],
    profiles: &'a [Profile],
    countries: &'a [[u64; 4]],
}

impl Lists<'_> {
    fn write(&self, writer: &mut FileWriter, taxonomy: &Taxonomy) -> Result<(), BuildError> {
        let mut starts = vec![0u32];
        let mut rows: Vec<ListRow> = Vec::new();
        let mut docs: Vec<u32> = Vec::new();
        for category in taxonomy.ids() {
            self.list(category, &mut rows, &mut docs);
            starts.push(rows.len() as u32);
        }
        writer.section(sections::LIST_STARTS, starts.as_slice().as_bytes())?;
        writer.section(sections::LISTS, rows.as_slice().as_bytes())?;
        writer.section(sections::DOCS, docs.as_slice().as_bytes())?;
        writer.begin(sections::PICKS)?;
        for doc in &docs {
            let profile = &self.profiles[(doc & DOC) as usize];
            writer.write_all(profile.as_bytes()).map_err(|cause| BuildError::io(Path::new(sections::PICKS), cause))?;
        }
        writer.begin(sections::FILED)?;
        for doc in docs {
            let filed = self.noted.of_set(self.sets, self.profiles[(doc & DOC) as usize].category_set);
            writer.write_all(filed.as_bytes()).map_err(|cause| BuildError::io(Path::new(sections::FILED), cause))?;
        }
        Ok(())
    }

    fn list(&self, category: CategoryId, rows: &mut Vec<ListRow>, docs: &mut Vec<u32>) {
        let (all, marks) = self.best_first(category);
        if all.is_empty() {
            return;
        }
        let parts_vary = self.uses.breadth(category) != Breadth::Use;
        let mut add = |country: u16, chosen: &[u32]| {
            rows.push(ListRow { start: docs.len() as u32, len: chosen.len() as u16, country });
            docs.extend(chosen.iter().map(|doc| match marks.binary_search_by_key(doc, |(doc, _)| *doc) {
                Ok(at) => doc | marks[at].1,
                Err(_) => *doc,
            }));
        };
        add(ALL_COUNTRIES, &choose(&all, self.profiles, LIST_MAX, parts_vary));
        if all.len() > LIST_MAX {
            for (country, pool) in self.by_country(&all) {
                add(country, &choose(&pool, self.profiles, COUNTRY_LIST_MAX, parts_vary));
            }
        }
    }

    /// The eligible products of a category, the best first, those last that are first of all something else; and in
    /// order of number what their entries are marked with.
    fn best_first(&self, category: CategoryId) -> (Vec<u32>, Vec<(u32, u32)>) {
        let mut entries: Vec<(u32, Eligible)> = Vec::new();
        for set in self.of_categories.members(category.0) {
            let aside = if self.sets.is_core(*set, category) { 0 } else { ASIDE };
            let named = if self.sets.is_named(*set, category) { NAMED } else { 0 };
            entries.extend(self.of_sets.members(*set).iter().map(|at| (aside | named, self.eligible[*at as usize])));
        }
        let order = |marks: u32, entry: &Eligible| (marks & ASIDE, std::cmp::Reverse(entry.quality), entry.doc);
        entries.sort_unstable_by_key(|(marks, entry)| order(*marks, entry));
        let mut marks: Vec<(u32, u32)> =
            entries.iter().filter(|(marks, _)| *marks != 0).map(|(marks, entry)| (entry.doc, *marks)).collect();
        marks.sort_unstable();
        (entries.into_iter().map(|(_, entry)| entry.doc).collect(), marks)
    }

    /// The best of each country, the country with the most first.
    fn by_country(&self, all: &[u32]) -> Vec<(u16, Vec<u32>)> {
        let mut pools: Vec<(usize, u16, Vec<u32>)> =
            (0..COUNTRIES_MAX as u16).map(|country| (0, country, Vec::new())).collect();
        for doc in all {
            let set = self.profiles[*doc as usize].country_set;
            for country in CountrySet(self.countries[set as usize]).iter() {
                let (count, _, pool) = &mut pools[usize::from(country.0)];
                *count += 1;
                if pool.len() < COUNTRY_POOL_MAX {
                    pool.push(*doc);
                }
            }
        }
        pools.retain(|(count, _, _)| *count > 0);
        pools.sort_unstable_by_key(|(count, country, _)| (std::cmp::Reverse(*count), *country));
        pools.into_iter().map(|(_, country, pool)| (country, pool)).collect()
    }
}
