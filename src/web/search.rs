//! Looking for a food: the page of results, and the suggestions while one types.

use askama::Template;
use rocket::form;
use rocket::response::Redirect;
use rocket::{FromForm, Responder, Route, get, routes};

use crate::catalogue::search::{Count, SearchRequest};
use crate::catalogue::text::Words;
use crate::food::barcode::Barcode;
use crate::food::category::CategoryId;
use crate::food::country::Country;
use crate::food::nutri_score::Grade;

use super::address::Address;
use super::error::Refusal;
use super::page::{Frame, Page, Visit};
use super::param::{Given, Listed, PageNumber, SearchText};
use super::piece::card::{ProductCard, has_estimated_letter};
use super::piece::chips::{Chip, Choice};
use super::piece::grade::Badge;
use super::piece::pager::{Pager, PastTheEnd};
use super::{product, substitutes};

/// One screen and a half on a phone. Shoppers refine the query; they do not turn pages.
const PAGE_SIZE: usize = 24;
/// What fits under the field without scrolling, a phone's keyboard being open.
const SUGGESTIONS_MAX: usize = 6;
/// Digits from which a text is a barcode and not a word such as "7 up" or "1664".
const BARCODE_DIGITS_MIN: usize = 8;

/// What the address of a search says.
#[derive(Debug, Clone, PartialEq, FromForm)]
pub struct SearchQuery {
    q: SearchText,
    page: Given<PageNumber>,
    grade: Vec<Listed<Grade>>,
    #[field(default = String::new())]
    category: String,
    country: Given<Country>,
}

/// The address of a search for a text.
pub fn address(text: &str) -> Address {
    Address::new("/search").with("q", text)
}

impl SearchQuery {
    fn grades(&self) -> Vec<Grade> {
        Listed::joined(&self.grade)
    }

    /// The address of this search, first page.
    fn address(&self) -> Address {
        let with_grades = |address: Address, grade: Grade| address.with("grade", grade.as_str());
        let base = self.grades().into_iter().fold(address(&self.q.0), with_grades);
        let category = Some(self.category.as_str()).filter(|tag| !tag.is_empty());
        base.with_some("category", category).with_some("country", self.country.0.map(Country::code))
    }

    fn request(&self, category: Option<CategoryId>, visit: &Visit<'_>) -> SearchRequest {
        let page = self.page.0.unwrap_or(PageNumber::FIRST);
        SearchRequest {
            country: self.country.0,
            grades: self.grades(),
            category,
            offset: page.offset(PAGE_SIZE),
            ..SearchRequest::of(self.q.0.as_str(), visit.language().lang(), PAGE_SIZE)
        }
    }

    /// The barcode that was typed or scanned, if it is one.
    fn barcode(&self) -> Option<Barcode> {
        let digits: String = self.q.0.chars().filter(|letter| !letter.is_whitespace()).collect();
        (digits.len() >= BARCODE_DIGITS_MIN).then(|| digits.parse().ok()).flatten()
    }

    fn chips(&self, category: Option<CategoryId>, visit: &Visit<'_>) -> Vec<Chip> {
        let here = self.address();
        let mut chips = Vec::new();
        let grades = self.grades();
        for kept in &grades {
            let others = grades.iter().filter(|grade| *grade != kept);
            let without = others.fold(here.without("grade"), |address, grade| address.with("grade", grade.as_str()));
            chips.push(Chip::new(Badge::letter(*kept, visit.speaker).spoken, &without));
        }
        if let Some(id) = category {
            let name = visit.snapshot.taxonomy().name(id, visit.language().lang());
            chips.push(Chip::new(name, &here.without("category")));
        }
        if let Some(country) = self.country.0 {
            chips.push(Chip::new(country.name(visit.language().lang()), &here.without("country")));
        }
        chips
    }
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage<'a> {
    frame: Frame<'a>,
    /// Which word the results do without, if one had to be.
    left_out: Option<String>,
    count: String,
    cards: Vec<ProductCard>,
    chips: Vec<Chip>,
    grades: Vec<Choice>,
    countries: Vec<Choice>,
    category: &'a str,
    pager: Pager,
    has_estimated_letter: bool,
    /// What to say, and where to go, where the results end before this page.
    past_the_end: Option<(String, PastTheEnd)>,
    /// The same search without filters, where there are some.
    unfiltered: Option<String>,
    examples: Vec<(String, String)>,
}

/// A page, or the way to a better one.
#[derive(Responder)]
enum Found {
    Page(Page),
    Elsewhere(Box<Redirect>),
}

#[get("/search?<query..>")]
fn search(query: form::Result<'_, SearchQuery>, visit: Visit<'_>) -> Result<Found, Refusal> {
    let query = query?;
    if let Some(code) = query.barcode() {
        return Ok(Found::Elsewhere(Box::new(Redirect::to(product::address(code).to_string()))));
    }
    let category = match query.category.as_str() {
        "" => None,
        tag => Some(visit.snapshot.taxonomy().id(tag).ok_or_else(|| Refusal::UnknownCategory(tag.to_owned()))?),
    };
    let results = visit.snapshot.search(&query.request(category, &visit));
    let (entries, exact) = match results.count {
        Count::Exact(entries) => (entries, true),
        Count::AtLeast(entries) => (entries, false),
    };
    let chips = query.chips(category, &visit);
    let (here, number) = (query.address(), query.page.0.unwrap_or(PageNumber::FIRST));
    let past_the_end = PastTheEnd::of(&here, number, PAGE_SIZE, entries as usize);
    let cards: Vec<ProductCard> = results.docs.iter().map(|doc| ProductCard::of(*doc, &visit)).collect();
    let page = SearchPage {
        frame: visit.frame(title(&query.q.0, !chips.is_empty(), &visit)).with_query(&query.q.0),
        left_out: left_out(&query.q.0, results.left_out.as_deref(), &visit),
        count: count(entries, exact, &visit),
        has_estimated_letter: has_estimated_letter(&cards),
        cards,
        grades: grade_choices(&query.grades(), &visit),
        countries: substitutes::country_choices(query.country.0, visit.language()),
        category: &query.category,
        pager: Pager::new(&here, number, PAGE_SIZE, entries as usize),
        past_the_end: past_the_end.map(|end| (past_the_end_text(number, &end, &visit), end)),
        unfiltered: (!chips.is_empty()).then(|| address(&query.q.0).to_string()),
        examples: examples(&visit),
        chips,
    };
    Page::show(&page, &visit).map(Found::Page)
}

/// Searches that find something in any catalogue.
pub fn examples(visit: &Visit<'_>) -> Vec<(String, String)> {
    ["home-example-spread", "home-example-drink", "home-example-breakfast"]
        .map(|message| visit.speaker.say(message).into_owned())
        .map(|text| (address(&text).to_string(), text))
        .into()
}

fn title(text: &str, is_filtered: bool, visit: &Visit<'_>) -> String {
    match (text, is_filtered) {
        ("", false) => visit.speaker.say("search-title-empty").into_owned(),
        ("", true) => visit.speaker.say("search-title-all").into_owned(),
        (text, _) => visit.speaker.say_with("search-title", &[("text", text.into())]),
    }
}

fn count(entries: u32, exact: bool, visit: &Visit<'_>) -> String {
    let shown = visit.language().count(entries.into());
    let message = if exact { "search-count" } else { "search-count-at-least" };
    visit.speaker.say_with(message, &[("number", entries.into()), ("count", shown.into())])
}

fn past_the_end_text(page: PageNumber, end: &PastTheEnd, visit: &Visit<'_>) -> String {
    let numbers = [("page", page.number().to_string().into()), ("last", end.last.to_string().into())];
    visit.speaker.say_with("search-past-the-end", &numbers)
}

/// Says that a word was left out to find something.
fn left_out(text: &str, word: Option<&str>, visit: &Visit<'_>) -> Option<String> {
    let typed = as_typed(text, word?);
    Some(visit.speaker.say_with("search-left-out", &[("word", typed.into())]))
}

/// A word as the visitor spelled it: the catalogue names it without accents and capitals.
fn as_typed<'a>(text: &'a str, word: &'a str) -> &'a str {
    let mut spelled = text.split(|letter: char| !letter.is_alphanumeric());
    spelled.find(|typed| Words::of(typed).iter().eq([word])).unwrap_or(word)
}

fn grade_choices(chosen: &[Grade], visit: &Visit<'_>) -> Vec<Choice> {
    Grade::ALL
        .into_iter()
        .map(|grade| Choice {
            value: grade.as_str().to_owned(),
            label: Badge::letter(grade, visit.speaker).spoken,
            chosen: chosen.contains(&grade),
        })
        .collect()
}

#[derive(Template)]
#[template(path = "suggestions.html")]
struct Suggestions<'a> {
    frame: Frame<'a>,
    left_out: Option<String>,
    cards: Vec<ProductCard>,
    announcement: String,
}

/// The best few for an unfinished text, as options of the search field.
#[get("/search/suggestions?<q>")]
fn suggestions(q: SearchText, visit: Visit<'_>) -> Result<Page, Refusal> {
    let query = SearchQuery { q, page: Given(None), grade: Vec::new(), category: String::new(), country: Given(None) };
    let (found, left_out) = match query.barcode().map(|code| visit.snapshot.find(code)) {
        Some(found) => (found.into_iter().collect(), None),
        None if query.q.0.is_empty() => (Vec::new(), None),
        None => {
            let request = SearchRequest { limit: SUGGESTIONS_MAX, ..query.request(None, &visit) };
            let results = visit.snapshot.search(&request);
            (results.docs, left_out(&query.q.0, results.left_out.as_deref(), &visit))
        }
    };
    let count = visit.speaker.say_with("suggestions-count", &[("number", (found.len() as u32).into())]);
    let fragment = Suggestions {
        frame: visit.frame(""),
        cards: found.iter().map(|doc| ProductCard::of(*doc, &visit)).collect(),
        announcement: left_out.iter().chain([&count]).map(String::as_str).collect::<Vec<_>>().join(" "),
        left_out,
    };
    Page::show(&fragment, &visit)
}

/// The routes of this resource.
pub fn routes() -> Vec<Route> {
    routes![search, suggestions]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_named_as_it_was_typed() {
        for (text, word, typed) in [
            ("Pâte  XYZ", "pate", "Pâte"),
            ("cola (Xyzé)!", "xyze", "Xyzé"),
            ("l’Éclair", "eclair", "Éclair"),
            ("cola", "xyz", "xyz"),
        ] {
            assert_eq!(as_typed(text, word), typed, "{text}");
        }
    }
}
