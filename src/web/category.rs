//! All products of a kind, healthiest first.

use std::cmp::Reverse;

use askama::Template;
use rocket::form;
use rocket::{FromForm, Route, get, routes, uri};

use crate::catalogue::snapshot::{Doc, LISTED_MAX};
use crate::food::category::CategoryId;
use crate::food::nutri_score::Grade;

use super::address::Address;
use super::error::Refusal;
use super::page::{Frame, Page, Visit};
use super::param::{Given, PageNumber};
use super::piece::card::{ProductCard, has_estimated_letter};
use super::piece::grade::Badge;
use super::piece::pager::Pager;

/// Products on a page.
const PAGE_SIZE: usize = 24;
/// More kinds than that are no help to choose from.
const CHILDREN_MAX: usize = 40;

/// Which page of the list.
#[derive(FromForm)]
pub struct ListQuery {
    page: Given<PageNumber>,
}

/// How many products have a grade.
struct GradeCount {
    badge: Badge,
    count: String,
    width: String,
}

#[derive(Template)]
#[template(path = "category.html")]
struct CategoryPage<'a> {
    frame: Frame<'a>,
    name: String,
    count: String,
    parents: Vec<(String, String)>,
    children: Vec<(String, String)>,
    grades: Vec<GradeCount>,
    /// What to say where not all of them are listed.
    listed: Option<String>,
    cards: Vec<ProductCard>,
    pager: Pager,
    has_estimated_letter: bool,
}

/// The page of a category.
pub fn href(id: CategoryId, visit: &Visit<'_>) -> String {
    let tag = visit.snapshot.taxonomy().tag(id).to_owned();
    uri!(category(tag, _)).path().to_string()
}

/// The page of the most specific of some categories.
pub fn href_of(ids: &[CategoryId], visit: &Visit<'_>) -> Option<String> {
    visit.snapshot.taxonomy().most_specific(ids).map(|id| href(id, visit))
}

#[get("/categories/<tag>?<query..>")]
fn category(tag: &str, query: form::Result<'_, ListQuery>, visit: Visit<'_>) -> Result<Page, Refusal> {
    let page = query?.page.0.unwrap_or(PageNumber::FIRST);
    let taxonomy = visit.snapshot.taxonomy();
    let id = taxonomy.id(tag).ok_or_else(|| Refusal::UnknownCategory(tag.to_owned()))?;
    let listing = visit.snapshot.category(id, page.offset(PAGE_SIZE), PAGE_SIZE);
    if listing.docs.is_empty() && page != PageNumber::FIRST {
        return Err(Refusal::UnknownAddress);
    }
    let count = listing.count as usize;
    let listed = count.min(LISTED_MAX);
    let name = taxonomy.name(id, visit.language().lang()).to_owned();
    let shown = visit.language().count(listing.count.into());
    let cards: Vec<ProductCard> = listing.docs.iter().map(|doc| card(*doc, &name, &visit)).collect();
    let page = CategoryPage {
        frame: visit.frame(visit.speaker.say_with("category-title", &[("name", name.as_str().into())])),
        count: visit.speaker.say_with("category-count", &[("number", listing.count.into()), ("count", shown.into())]),
        parents: links(taxonomy.parents(id), &visit),
        children: links(taxonomy.children(id), &visit),
        grades: grade_counts(listing.grades, &visit),
        listed: (listed < count).then(|| listed_text(listed, &visit)),
        has_estimated_letter: has_estimated_letter(&cards),
        cards,
        pager: Pager::new(&Address::new(href(id, &visit)), page, PAGE_SIZE, listed),
        name,
    };
    Page::show(&page, &visit)
}

fn listed_text(listed: usize, visit: &Visit<'_>) -> String {
    visit.speaker.say_with("category-listed", &[("count", visit.language().count(listed as u64).into())])
}

/// A card that does not repeat the heading.
fn card(doc: Doc, heading: &str, visit: &Visit<'_>) -> ProductCard {
    let mut card = ProductCard::of(doc, visit);
    if card.kind == heading {
        card.kind.clear();
    }
    card
}

/// Names and addresses of the categories that have most products, by name; none without.
fn links(ids: &[CategoryId], visit: &Visit<'_>) -> Vec<(String, String)> {
    let counted = ids.iter().map(|id| (visit.snapshot.category(*id, 0, 0).count, *id));
    let mut used: Vec<(u32, CategoryId)> = counted.filter(|(count, _)| *count > 0).collect();
    used.sort_by_key(|(count, _)| Reverse(*count));
    let name = |id| visit.snapshot.taxonomy().name(id, visit.language().lang()).to_owned();
    let mut links: Vec<(String, String)> =
        used.into_iter().take(CHILDREN_MAX).map(|(_, id)| (name(id), href(id, visit))).collect();
    links.sort();
    links
}

fn grade_counts(counts: [u32; 5], visit: &Visit<'_>) -> Vec<GradeCount> {
    let most = counts.into_iter().max().unwrap_or(0).max(1);
    Grade::ALL
        .into_iter()
        .zip(counts)
        .map(|(grade, count)| GradeCount {
            badge: Badge::letter(grade, visit.speaker),
            count: visit.language().count(count.into()),
            width: format!("{:.1}", f64::from(count) / f64::from(most) * 100.0),
        })
        .collect()
}

/// The routes of this resource.
pub fn routes() -> Vec<Route> {
    routes![category]
}
