//! The starter catalogue: generic foods that the program carries, so that it is useful before the first sync.
//!
//! Two tables in `embedded/starter`, written for this project from general knowledge of what foods contain.
//! Their values are typical ones, not those of a label, and are marked as estimates throughout. The energy
//! is what the nutrients give by the factors of Regulation (EU) 1169/2011, annex XIV. An empty cell is
//! unknown, and `none` in a list of allergens says that there is none.

mod table;

use std::path::Path;

use super::build::{self, BuildError};
use super::snapshot::{Origin, Snapshot};
use crate::food::allergen::{Allergen, Allergens};
use crate::food::category::{CategoryId, Node, Taxonomy};
use crate::food::country::{Country, CountrySet};
use crate::food::diet::{Analysis, Verdict};
use crate::food::nutri_score::resolve;
use crate::food::nutrition::{Amount, Basis, Nutrition, implausibility};
use crate::food::product::{Lang, Product, Text};

use table::{Row, Table};

const FOODS: Table = Table {
    file: "embedded/starter/foods.tsv",
    text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/embedded/starter/foods.tsv")),
};

const CATEGORIES: Table = Table {
    file: "embedded/starter/categories.tsv",
    text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/embedded/starter/categories.tsv")),
};

/// What is wrong with a table of the starter catalogue, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}, column `{column}`: {what}")]
pub struct StarterError {
    /// The table.
    pub file: &'static str,
    /// The line, 1 being the header.
    pub line: usize,
    /// The column by its heading.
    pub column: String,
    /// What was expected there.
    pub what: String,
}

/// The generic foods, in the order of the table.
pub fn products() -> Result<Vec<Product>, StarterError> {
    let taxonomy = taxonomy()?;
    FOODS.rows()?.iter().map(|row| product(row, &taxonomy)).collect()
}

/// Why the starter catalogue cannot be read without a store.
#[derive(Debug, thiserror::Error)]
pub enum StarterSnapshotError {
    /// A table is wrong: a fault of the program.
    #[error(transparent)]
    Table(#[from] StarterError),
    /// The folder for the snapshot cannot be used.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// The starter catalogue for one command, built in an empty folder. The folder may go as soon as this returns: the
/// snapshot stays mapped.
pub fn snapshot(folder: &Path) -> Result<Snapshot, StarterSnapshotError> {
    let (foods, taxonomy) = (products()?, taxonomy()?);
    let built = build::build(folder, 1, Origin::Starter, 0, Some(&taxonomy), |add| foods.into_iter().try_for_each(add));
    Ok(built?)
}

/// The categories of the generic foods.
pub fn taxonomy() -> Result<Taxonomy, StarterError> {
    let rows = CATEGORIES.rows()?;
    let nodes = rows.iter().map(node).collect::<Result<Vec<_>, _>>()?;
    let taxonomy = Taxonomy::new(nodes);
    for row in &rows {
        known_categories(row, "parents", &taxonomy)?;
    }
    Ok(taxonomy)
}

fn node(row: &Row) -> Result<Node, StarterError> {
    let synonyms = [(Lang::EN, "synonyms_en"), (Lang::FR, "synonyms_fr")].map(|(lang, column)| {
        row.cell(column).map(|cell| {
            cell.split(';').filter(|word| !word.is_empty()).map(move |word| (lang, word.to_owned())).collect::<Vec<_>>()
        })
    });
    let [english, french] = synonyms;
    Ok(Node {
        tag: row.required("tag")?.to_owned(),
        parents: row.words("parents")?.map(str::to_owned).collect(),
        names: vec![(Lang::EN, row.required("name_en")?.to_owned()), (Lang::FR, row.required("name_fr")?.to_owned())],
        synonyms: [english?, french?].concat(),
    })
}

fn product(row: &Row, taxonomy: &Taxonomy) -> Result<Product, StarterError> {
    let categories = known_categories(row, "categories", taxonomy)?;
    let countries = countries(row)?;
    let names = names(row, countries)?;
    let mut product = Product::new(row.parsed("code")?, row.required("name_en")?);
    product.lang = names[0].lang;
    product.names = names;
    product.compared_to_category = categories.first().map(|id| taxonomy.tag(*id).to_owned());
    product.categories = from_general_to_specific(&categories, taxonomy);
    product.countries = countries;
    product.nutrition = nutrition(row)?;
    product.sweeteners = yes_or_no(row, "sweeteners")?;
    product.red_meat = yes_or_no(row, "red_meat")?;
    product.nova_group = row.optional("nova")?;
    product.allergens = allergens(row, "allergens")?;
    product.traces = allergens(row, "traces")?;
    product.analysis = Analysis {
        vegan: verdict(row, "vegan")?,
        vegetarian: verdict(row, "vegetarian")?,
        palm_oil_free: verdict(row, "palm_oil_free")?,
    };
    product.popularity = row.parsed("popularity")?;
    product.completeness = completeness(&product);
    product.implausible = implausibility(&product.nutrition);
    product.nutri_score = resolve(&product, None);
    Ok(product)
}

/// Both names; the French one first for a food that is only eaten where French is spoken.
fn names(row: &Row, countries: CountrySet) -> Result<Vec<Text>, StarterError> {
    let english = Text { lang: Lang::EN, text: row.required("name_en")?.to_owned() };
    let french = Text { lang: Lang::FR, text: row.required("name_fr")?.to_owned() };
    let sold_in = |code| Country::from_code(code).is_some_and(|country| countries.contains(country));
    let is_french = sold_in("fr") && !sold_in("gb") && !sold_in("us");
    Ok(if is_french { vec![french, english] } else { vec![english, french] })
}

fn known_categories(row: &Row, column: &str, taxonomy: &Taxonomy) -> Result<Vec<CategoryId>, StarterError> {
    row.words(column)?
        .map(|tag| taxonomy.id(tag).ok_or_else(|| row.error(column, format!("no category `{tag}`"))))
        .collect()
}

/// The categories of a food and all above them, each once, those nearer to a root first.
fn from_general_to_specific(categories: &[CategoryId], taxonomy: &Taxonomy) -> Vec<String> {
    let mut all: Vec<CategoryId> = categories.iter().flat_map(|id| taxonomy.ancestors(*id)).collect();
    all.extend(categories);
    all.sort_by_key(|id| (taxonomy.depth(*id), *id));
    all.dedup();
    all.into_iter().map(|id| taxonomy.tag(id).to_owned()).collect()
}

fn countries(row: &Row) -> Result<CountrySet, StarterError> {
    let mut countries = CountrySet::default();
    for code in row.words("countries")? {
        let country = Country::from_code(code).ok_or_else(|| row.error("countries", format!("no country `{code}`")))?;
        countries.insert(country);
    }
    Ok(countries)
}

fn nutrition(row: &Row) -> Result<Nutrition, StarterError> {
    let typical = |column| row.optional::<f64>(column).map(|value| value.map(Amount::estimated));
    let basis = match row.cell("basis")? {
        "g" => Basis::Per100g,
        "ml" => Basis::Per100ml,
        other => return Err(row.error("basis", format!("`g` or `ml`, not `{other}`"))),
    };
    Ok(Nutrition {
        basis,
        energy_kj: typical("energy_kj")?,
        energy_kcal: None,
        fat_g: typical("fat")?,
        saturated_fat_g: typical("saturated_fat")?,
        carbohydrates_g: typical("carbohydrates")?,
        sugars_g: typical("sugars")?,
        fiber_g: typical("fiber")?,
        proteins_g: typical("proteins")?,
        salt_g: typical("salt")?,
        fruits_vegetables_legumes_percent: typical("fvl")?,
        alcohol_percent: row.optional("alcohol")?,
    })
}

fn allergens(row: &Row, column: &str) -> Result<Option<Allergens>, StarterError> {
    let words: Vec<&str> = row.words(column)?.collect();
    if words.is_empty() {
        return Ok(None);
    }
    let mut set = Allergens::NONE;
    for word in words.into_iter().filter(|word| *word != "none") {
        set.insert(Allergen::parse(word).ok_or_else(|| row.error(column, format!("no allergen `{word}`")))?);
    }
    Ok(Some(set))
}

fn verdict(row: &Row, column: &str) -> Result<Verdict, StarterError> {
    match row.cell(column)? {
        "yes" => Ok(Verdict::Yes),
        "no" => Ok(Verdict::No),
        "maybe" => Ok(Verdict::Maybe),
        "" => Ok(Verdict::Unknown),
        other => Err(row.error(column, format!("`yes`, `no`, `maybe` or nothing, not `{other}`"))),
    }
}

fn yes_or_no(row: &Row, column: &str) -> Result<Option<bool>, StarterError> {
    match verdict(row, column)? {
        Verdict::Yes => Ok(Some(true)),
        Verdict::No => Ok(Some(false)),
        Verdict::Unknown => Ok(None),
        Verdict::Maybe => Err(row.error(column, "`yes`, `no` or nothing, not `maybe`".to_owned())),
    }
}

/// Percent of what a page shows of a food that is known.
fn completeness(product: &Product) -> u8 {
    let nutrition = &product.nutrition;
    let known = [
        nutrition.energy_kj.is_some(),
        nutrition.fat_g.is_some(),
        nutrition.saturated_fat_g.is_some(),
        nutrition.carbohydrates_g.is_some(),
        nutrition.sugars_g.is_some(),
        nutrition.fiber_g.is_some(),
        nutrition.proteins_g.is_some(),
        nutrition.salt_g.is_some(),
        product.nova_group.is_some(),
        product.allergens.is_some(),
        product.traces.is_some(),
        product.analysis.vegan != Verdict::Unknown,
        product.analysis.vegetarian != Verdict::Unknown,
        product.analysis.palm_oil_free != Verdict::Unknown,
    ];
    let share = known.iter().filter(|known| **known).count() * 100 / known.len();
    share as u8
}
