//! Open Food Facts' read requests in Open Food Facts' shapes, for programs written for their servers.
//!
//! Products by API v2 and v3, search by API v2 and by `search.pl`; only fields that this catalogue keeps, and
//! `attribution` beside them.

mod fields;

use std::sync::Arc;

use rocket::{State, get};
use rocket_db_pools::Connection;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::attribution;
use super::parameters::Parameters;
use super::problem::Problem;
use super::product::stored;
use crate::catalogue::Catalogue;
use crate::catalogue::search::{Count, SearchRequest};
use crate::catalogue::snapshot::Origin;
use crate::food::barcode::Barcode;
use crate::food::category::{CategoryId, Taxonomy};
use crate::food::country::Country;
use crate::food::nutri_score::Grade;
use crate::store::pool::ProductsDb;

use fields::off_product;

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
    let (code, whose) = (barcode(code)?, attribution(catalogue.snapshot().origin()));
    Ok(match stored(&store, code).await? {
        Some(product) => {
            Answer::found(json!({"code": code.to_string(), "status": 1, "status_verbose": "product found",
            "product": selected(off_product(&product), &parameters),
            "attribution": whose}))
        }
        None => Answer::missing(
            json!({"code": code.to_string(), "status": 0, "status_verbose": "product not found", "attribution": whose}),
        ),
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
    let (code, whose) = (barcode(code)?, attribution(catalogue.snapshot().origin()));
    let named = |id: &str, name: &str| json!({"id": id, "name": name, "lc_name": name});
    Ok(match stored(&store, code).await? {
        Some(product) => Answer::found(
            json!({"code": code.to_string(), "status": "success", "result": named("product_found", "Product found"),
            "product": selected(off_product(&product), &parameters), "errors": [], "warnings": [],
            "attribution": whose}),
        ),
        None => Answer::missing(
            json!({"code": code.to_string(), "status": "failure", "result": named("product_not_found", "Product not found"),
            "errors": [{"message": named("product_not_found", "Product not found"),
                "field": {"id": "code", "value": code.to_string()}, "impact": named("failure", "Failure")}],
            "warnings": [], "attribution": whose}),
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
        let text = parameters.text("search_terms").or_else(|| parameters.text("code")).unwrap_or_default();
        let results = snapshot.search(&SearchRequest {
            country,
            grades,
            category,
            offset: (page - 1) * page_size,
            ..SearchRequest::of(text, parameters.lang()?, page_size)
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
}
