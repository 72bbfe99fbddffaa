//! `GET /api/v1/search`.

#![expect(unused_qualifications, reason = "in what the macros write")]

use std::sync::Arc;

use rocket::{State, get};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::answer::Answer;
use super::attribution;
use super::parameters::{LangParameter, Parameters};
use super::problem::Problem;
use super::view::CardView;
use crate::catalogue::Catalogue;
use crate::catalogue::search::{Count, SearchRequest};
use crate::catalogue::snapshot::{Doc, Snapshot};

/// Products on a page unless the client says otherwise: one screen.
const PAGE_SIZE_DEFAULT: usize = 24;
/// The largest page: larger ones cost more than a second request.
const PAGE_SIZE_MAX: usize = 100;
/// The last page: people refine the query instead of turning pages, and only crawlers go further.
const PAGE_MAX: usize = 100;

/// The query of a search.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query for OpenAPI; `Parameters` reads it")]
pub struct SearchParameters {
    /// What to look for: words of names, brands and categories, or a barcode.
    q: Option<String>,
    /// The page, from 1.
    #[param(minimum = 1, maximum = 100)]
    page: Option<usize>,
    /// Products on a page.
    #[param(minimum = 1, maximum = 100)]
    page_size: Option<usize>,
    /// Only products known to be sold there: an ISO 3166-1 code such as `fr`.
    country: Option<String>,
    /// Only these grades, separated by commas.
    grade: Option<String>,
    /// Only this category and those below it: a tag such as `en:spreads`.
    category: Option<String>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub struct SearchAnswer {
    /// The text that was asked for; empty if none was.
    pub query: String,
    /// How many products match, at least.
    pub count: u32,
    /// Whether `count` is exact; otherwise the search stopped counting there.
    pub count_is_exact: bool,
    /// The word that was left out because no product has all words; null where all were found.
    pub left_out: Option<String>,
    /// This page, from 1.
    pub page: usize,
    /// Products on a full page.
    pub page_size: usize,
    /// The products of this page, best first.
    pub products: Vec<CardView>,
    /// Who made the data, and its licence.
    attribution: &'static str,
}

/// Finds products by name, brand, category or barcode, forgiving typos.
#[utoipa::path(
    get, path = "/api/v1/search", params(SearchParameters, LangParameter), tag = "catalogue",
    responses((status = 200, body = SearchAnswer), (status = 400, body = Problem, content_type = "application/problem+json"))
)]
#[get("/api/v1/search")]
pub fn search(parameters: Parameters, catalogue: &State<Arc<Catalogue>>) -> Result<Answer<SearchAnswer>, Problem> {
    let snapshot = catalogue.snapshot();
    let page = parameters.number("page", 1, PAGE_MAX)?;
    let page_size = parameters.number("page_size", PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX)?;
    let category = match parameters.text("category") {
        Some(tag) => Some(
            snapshot
                .taxonomy()
                .id(tag)
                .ok_or_else(|| Problem::parameter("category", format!("the catalogue knows no category `{tag}`")))?,
        ),
        None => None,
    };
    let request = SearchRequest {
        country: parameters.country()?,
        grades: parameters.grades()?,
        category,
        offset: (page - 1) * page_size,
        ..SearchRequest::of(parameters.text("q").unwrap_or_default(), parameters.lang()?, page_size)
    };
    Ok(Answer::found(SearchAnswer::new(&snapshot, request)))
}

impl SearchAnswer {
    /// Searches a snapshot and shows what was found.
    pub fn new(snapshot: &Snapshot, request: SearchRequest) -> Self {
        let results = snapshot.search(&request);
        let (count, count_is_exact) = match results.count {
            Count::Exact(count) => (count, true),
            Count::AtLeast(count) => (count, false),
        };
        let card = |doc: &Doc| CardView::new(snapshot, snapshot.card(*doc, request.lang));
        Self {
            count,
            count_is_exact,
            left_out: results.left_out,
            page: request.offset / request.limit.max(1) + 1,
            page_size: request.limit,
            products: results.docs.iter().map(card).collect(),
            query: request.text,
            attribution: attribution(snapshot.origin()),
        }
    }
}
