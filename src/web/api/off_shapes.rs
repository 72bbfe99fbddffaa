//! Open Food Facts' read requests in Open Food Facts' shapes, for programs written for their servers.
//!
//! Products by API v2 and v3, search by API v2 and by `search.pl`; only fields that this catalogue keeps, and
//! `attribution` beside them.

use std::sync::Arc;

use rocket::{State, get};
use rocket_db_pools::Connection;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::attribution;
use super::parameters::Parameters;
use super::problem::Problem;
use super::product::stored;
use super::view::{image_url, year};
use crate::catalogue::Catalogue;
use crate::catalogue::search::{Count, SearchRequest};
use crate::catalogue::snapshot::Origin;
use crate::food::allergen::{Allergen, Allergens};
use crate::food::barcode::Barcode;
use crate::food::category::{CategoryId, Taxonomy};
use crate::food::country::Country;
use crate::food::diet::Verdict;
use crate::food::nutri_score::{Grade, NutriScore, Source};
use crate::food::nutrition::{Basis, Nutrient, SALT_PER_SODIUM};
use crate::food::product::Product;
use crate::store::pool::ProductsDb;

/// Products on a page unless the client says otherwise, as Open Food Facts does.
const PAGE_SIZE_DEFAULT: usize = 50;
/// The largest page, as at Open Food Facts.
const PAGE_SIZE_MAX: usize = 100;
/// The last page; see the same limit of our own search.
const PAGE_MAX: usize = 100;

/// Categories to search in.
const CATEGORIES: [&str; 2] = ["categories_tags", "categories_tags_en"];
/// Countries to search in.
const COUNTRIES: [&str; 2] = ["countries_tags", "countries_tags_en"];
/// Grades to search for.
const GRADES: [&str; 2] = ["nutrition_grades_tags", "nutrition_grades"];

type OffAnswer = Result<Answer<Value>, Problem>;

/// `GET /api/v2/product/<code>`, with or without `.json`.
#[get("/api/v2/product/<code>")]
pub async fn product_v2(
    code: &str,
    parameters: Parameters,
    catalogue: &State<Arc<Catalogue>>,
    store: Connection<ProductsDb>,
) -> OffAnswer {
    let code = barcode(code)?;
    Ok(match stored(&store, code).await? {
        Some(product) => {
            Answer::found(json!({"code": code.to_string(), "status": 1, "status_verbose": "product found",
            "product": selected(off_product(&product), &parameters),
            "attribution": attribution(catalogue.snapshot().origin())}))
        }
        None => Answer::missing(json!({"code": code.to_string(), "status": 0, "status_verbose": "product not found"})),
    })
}

/// `GET /api/v3/product/<code>`, with or without `.json`.
#[get("/api/v3/product/<code>")]
pub async fn product_v3(
    code: &str,
    parameters: Parameters,
    catalogue: &State<Arc<Catalogue>>,
    store: Connection<ProductsDb>,
) -> OffAnswer {
    let code = barcode(code)?;
    let named = |id: &str, name: &str| json!({"id": id, "name": name, "lc_name": name});
    Ok(match stored(&store, code).await? {
        Some(product) => Answer::found(
            json!({"code": code.to_string(), "status": "success", "result": named("product_found", "Product found"),
            "product": selected(off_product(&product), &parameters), "errors": [], "warnings": [],
            "attribution": attribution(catalogue.snapshot().origin())}),
        ),
        None => Answer::missing(
            json!({"code": code.to_string(), "status": "failure", "result": named("product_not_found", "Product not found"),
            "errors": [{"message": named("product_not_found", "Product not found"),
                "field": {"id": "code", "value": code.to_string()}, "impact": named("failure", "Failure")}],
            "warnings": []}),
        ),
    })
}

/// `GET /api/v2/search`: filters only, as at Open Food Facts.
#[get("/api/v2/search")]
pub async fn search_v2(
    parameters: Parameters,
    catalogue: &State<Arc<Catalogue>>,
    store: Connection<ProductsDb>,
) -> OffAnswer {
    found(&parameters, catalogue, &store).await
}

/// `GET /cgi/search.pl?search_terms=…&json=1`.
#[get("/cgi/search.pl")]
pub async fn search_pl(
    parameters: Parameters,
    catalogue: &State<Arc<Catalogue>>,
    store: Connection<ProductsDb>,
) -> OffAnswer {
    found(&parameters, catalogue, &store).await
}

async fn found(parameters: &Parameters, catalogue: &Arc<Catalogue>, store: &Connection<ProductsDb>) -> OffAnswer {
    let page = parameters.number("page", 1, PAGE_MAX)?;
    let page_size = parameters.number("page_size", PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)?;
    if let Some(name) = parameters.names().find(|name| is_other_filter(name)) {
        return Err(unsupported(name));
    }
    let (codes, count, origin) = {
        let snapshot = catalogue.snapshot();
        let Ok(Filters { category, country, grades }) = Filters::read(parameters, snapshot.taxonomy()) else {
            return Ok(Answer::found(page_of(Vec::new(), 0, page, page_size, snapshot.origin())));
        };
        let results = snapshot.search(&SearchRequest {
            text: parameters.text("search_terms").or_else(|| parameters.text("code")).unwrap_or_default().to_owned(),
            lang: parameters.lang()?,
            prefer_country: None,
            country,
            grades,
            category,
            offset: (page - 1) * page_size,
            limit: page_size,
        });
        let count = match results.count {
            Count::Exact(count) | Count::AtLeast(count) => count,
        };
        let codes: Vec<Barcode> =
            results.docs.iter().map(|doc| snapshot.card(*doc, crate::food::product::Lang::EN).code).collect();
        (codes, count, snapshot.origin())
    };
    let mut products = Vec::with_capacity(codes.len());
    for code in codes {
        products.extend(stored(store, code).await?.map(|product| selected(off_product(&product), parameters)));
    }
    Ok(Answer::found(page_of(products, count, page, page_size, origin)))
}

/// What a search is narrowed to.
struct Filters {
    category: Option<CategoryId>,
    country: Option<Country>,
    grades: Vec<Grade>,
}

/// A filter has no meaning here, so that no product fits it.
struct NothingFits;

impl Filters {
    fn read(parameters: &Parameters, taxonomy: &Taxonomy) -> Result<Self, NothingFits> {
        let grades = GRADES.into_iter().find_map(|name| parameters.text(name));
        Ok(Self {
            category: understood(tag(parameters, &CATEGORIES), |tag| taxonomy.id(tag))?,
            country: understood(tag(parameters, &COUNTRIES), Country::from_tag)?,
            grades: understood(grades, |grades| {
                let grades: Vec<Grade> = grades.split(['|', ',']).filter_map(Grade::parse).collect();
                (!grades.is_empty()).then_some(grades)
            })?
            .unwrap_or_default(),
        })
    }
}

/// What a filter means, if it is there.
fn understood<T>(filter: Option<impl AsRef<str>>, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, NothingFits> {
    filter.map(|text| read(text.as_ref()).ok_or(NothingFits)).transpose()
}

/// Whether a parameter is a filter at Open Food Facts and not here: on other tags, on a nutrient, or a criterion of the
/// advanced search. To ignore it would give products that the client does not want: with an allergen, perhaps.
fn is_other_filter(name: &str) -> bool {
    let is_ours = [&CATEGORIES, &COUNTRIES, &GRADES].iter().any(|names| names.contains(&name));
    let is_criterion = ["tag_", "nutriment_value_"]
        .iter()
        .any(|of| name.strip_prefix(of).is_some_and(|rest| rest.parse::<u8>().is_ok()));
    !is_ours && (is_criterion || ["_tags", "_100g", "_serving"].iter().any(|part| name.contains(part)))
}

fn unsupported(name: &str) -> Problem {
    let ours = [CATEGORIES[0], COUNTRIES[0], GRADES[0]].join(", ");
    Problem::parameter(name, format!("`{name}` is no filter that this catalogue has; they are {ours}"))
}

/// A page of results in the shape of Open Food Facts.
fn page_of(products: Vec<Value>, count: u32, page: usize, page_size: usize, origin: Origin) -> Value {
    json!({"count": count, "page": page, "page_count": products.len(), "page_size": page_size,
        "skip": (page - 1) * page_size, "products": products, "attribution": attribution(origin)})
}

/// The first of some parameters as a tag: `en:spreads`, or `spreads` for it.
fn tag(parameters: &Parameters, names: &[&str]) -> Option<String> {
    let text = names.iter().find_map(|name| parameters.text(name))?.to_lowercase();
    Some(if text.contains(':') { text } else { format!("en:{}", text.replace(' ', "-")) })
}

fn barcode(text: &str) -> Result<Barcode, Problem> {
    text.strip_suffix(".json").unwrap_or(text).parse().map_err(Problem::barcode)
}

/// Only the fields that the client asks for with `fields=`.
fn selected(product: Map<String, Value>, parameters: &Parameters) -> Value {
    let Some(fields) = parameters.text("fields").filter(|fields| *fields != "all") else { return product.into() };
    let wanted: Vec<&str> = fields.split(',').map(str::trim).collect();
    product.into_iter().filter(|(key, _)| wanted.contains(&key.as_str())).collect::<Map<_, _>>().into()
}

/// A product in the shape of Open Food Facts' API v2.
fn off_product(product: &Product) -> Map<String, Value> {
    let code = product.code.to_string();
    let mut fields = Map::new();
    let mut field = |name: &str, value: Value| drop(fields.insert(name.to_owned(), value));
    field("_id", code.clone().into());
    field("code", code.clone().into());
    field("product_type", "food".into());
    field("lang", product.lang.as_str().into());
    field("lc", product.lang.as_str().into());
    field("product_name", product.name(product.lang).into());
    for name in &product.names {
        field(&format!("product_name_{}", name.lang.as_str()), name.text.clone().into());
    }
    field("generic_name", product.generic_name.as_ref().map_or("", |text| &text.text).into());
    field("brands", product.brands.join(", ").into());
    field("brands_tags", product.brands.iter().map(|brand| slug(brand)).collect::<Vec<_>>().into());
    field("quantity", product.quantity.clone().into());
    field("categories", product.categories.join(", ").into());
    field("categories_tags", product.categories.clone().into());
    field("compared_to_category", product.compared_to_category.clone().into());
    field("food_groups_tags", product.food_groups.clone().into());
    field("countries_tags", product.countries.iter().map(Country::tag).collect::<Vec<_>>().into());
    field("stores", product.stores.join(", ").into());
    field("labels_tags", product.labels.clone().into());
    field("additives_tags", product.additives.clone().into());
    if let Some(tags) = allergen_tags(product.allergens, &product.allergen_tags) {
        field("allergens_tags", tags.into());
    }
    if let Some(tags) = allergen_tags(product.traces, &[]) {
        field("traces_tags", tags.into());
    }
    field("ingredients_analysis_tags", analysis_tags(product).into());
    field("ingredients_text", product.ingredients_text.as_ref().map_or("", |text| &text.text).into());
    field("nova_group", product.nova_group.into());
    field("environmental_score_grade", product.environmental_grade.clone().into());
    field("unique_scans_n", product.popularity.into());
    field("completeness", (f64::from(product.completeness) / 100.0).into());
    field("last_modified_t", product.last_modified_t.into());
    field("nutriments", nutriments(product).into());
    field("nutrition_data_per", if product.nutrition.basis == Basis::Per100ml { "100ml" } else { "100g" }.into());
    if let Some(image) = &product.image {
        let url = image_url(&code, image);
        field("image_front_url", url.clone().into());
        field("image_url", url.into());
    }
    nutri_score(product, &mut field);
    fields
}

/// Tags of allergens: those that the record has, if they are kept, then those that they mean. None where nobody has
/// said, and none where all that is known is an allergen without a tag: an empty list would say that there is none.
fn allergen_tags<'a>(allergens: Option<Allergens>, written: &'a [String]) -> Option<Vec<&'a str>> {
    let allergens = allergens?;
    let mut tags: Vec<&'a str> = written.iter().map(String::as_str).collect();
    let canonical: Vec<&str> = allergens.iter().map(Allergen::tag).filter(|tag| !tags.contains(tag)).collect();
    tags.extend(canonical);
    Some(tags).filter(|tags| !tags.is_empty() || !allergens.has_other())
}

fn nutri_score(product: &Product, field: &mut impl FnMut(&str, Value)) {
    let grade = match product.nutri_score {
        NutriScore::Graded { grade, score, version, source } => {
            field("nutriscore_score", score.into());
            if let Some(year) = year(version) {
                field("nutriscore_version", year.into());
            }
            field("foodswap_nutriscore_source", if source == Source::Off { "off" } else { "computed" }.into());
            grade.as_str()
        }
        NutriScore::NotApplicable => "not-applicable",
        NutriScore::Unknown => "unknown",
    };
    field("nutriscore_grade", grade.into());
    field("nutrition_grades", grade.into());
}

/// Values per 100 g or 100 ml under Open Food Facts' names; energy in kJ, masses in grams.
fn nutriments(product: &Product) -> Map<String, Value> {
    let mut values = Map::new();
    let mut put = |name: &str, value: f64, unit: &str| {
        values.insert(format!("{name}_100g"), value.into());
        values.insert(format!("{name}_unit"), unit.into());
    };
    for nutrient in Nutrient::ALL {
        let Some(value) = product.nutrition.value(nutrient) else { continue };
        match nutrient {
            Nutrient::Energy => {
                put("energy", value, "kJ");
                put("energy-kj", value, "kJ");
                if let Some(kcal) = product.nutrition.kcal() {
                    put("energy-kcal", kcal.round(), "kcal");
                }
            }
            Nutrient::Salt => {
                put("salt", value, "g");
                put("sodium", value / SALT_PER_SODIUM, "g");
            }
            Nutrient::Fat => put("fat", value, "g"),
            Nutrient::SaturatedFat => put("saturated-fat", value, "g"),
            Nutrient::Carbohydrates => put("carbohydrates", value, "g"),
            Nutrient::Sugars => put("sugars", value, "g"),
            Nutrient::Fiber => put("fiber", value, "g"),
            Nutrient::Proteins => put("proteins", value, "g"),
        }
    }
    values
}

fn analysis_tags(product: &Product) -> Vec<&'static str> {
    let tag = |verdict: Verdict, [yes, no, maybe, unknown]: [&'static str; 4]| match verdict {
        Verdict::Yes => yes,
        Verdict::No => no,
        Verdict::Maybe => maybe,
        Verdict::Unknown => unknown,
    };
    let analysis = product.analysis;
    vec![
        tag(
            analysis.palm_oil_free,
            ["en:palm-oil-free", "en:palm-oil", "en:may-contain-palm-oil", "en:palm-oil-content-unknown"],
        ),
        tag(analysis.vegan, ["en:vegan", "en:non-vegan", "en:maybe-vegan", "en:vegan-status-unknown"]),
        tag(
            analysis.vegetarian,
            ["en:vegetarian", "en:non-vegetarian", "en:maybe-vegetarian", "en:vegetarian-status-unknown"],
        ),
    ]
}

/// A name as Open Food Facts writes it in tags: lower case, words joined by hyphens.
fn slug(text: &str) -> String {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_we_lack_is_told_from_a_parameter_that_filters_nothing() {
        for name in
            ["brands_tags", "allergens_tags", "categories_tags_fr", "sugars_100g<5", "tag_0", "nutriment_value_1"]
        {
            assert!(is_other_filter(name), "{name}");
        }
        for name in ["categories_tags", "countries_tags_en", "nutrition_grades", "tag_contains_0", "sort_by", "fields"]
        {
            assert!(!is_other_filter(name), "{name}");
        }
    }

    #[test]
    fn allergens_that_are_not_understood_are_never_an_empty_list() {
        let milk = Allergens::from(Allergen::Milk);
        for (allergens, written, expected) in [
            (None, &[][..], None),
            (Some(Allergens::NONE), &[], Some(vec![])),
            (Some(milk), &[], Some(vec!["en:milk"])),
            (Some(Allergens::OTHER), &[], None),
            (Some(Allergens::OTHER), &["en:gelatin"], Some(vec!["en:gelatin"])),
            (Some(milk), &["fr:lait"], Some(vec!["fr:lait", "en:milk"])),
            (Some(milk | Allergens::OTHER), &["en:milk", "en:gelatin"], Some(vec!["en:milk", "en:gelatin"])),
        ] {
            let written: Vec<String> = written.iter().map(|tag| (*tag).to_owned()).collect();

            assert_eq!(allergen_tags(allergens, &written), expected, "{allergens:?} {written:?}");
        }
    }
}
