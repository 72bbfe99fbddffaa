//! The first page: one question, one field.

use askama::Template;
use rocket::{Route, get, routes};

use super::error::Refusal;
use super::page::{Frame, Page, Visit};
use super::search;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    frame: Frame<'a>,
    examples: Vec<(String, String)>,
    size: String,
}

#[get("/")]
pub(super) fn home(visit: Visit<'_>) -> Result<Page, Refusal> {
    let entries = visit.snapshot.len() as u32;
    let shown = visit.language().count(entries.into());
    let page = HomePage {
        frame: visit.frame(visit.speaker.say("home-title")),
        examples: search::examples(&visit),
        size: visit.speaker.say_with("home-size", &[("number", entries.into()), ("count", shown.into())]),
    };
    Page::show(&page, &visit)
}

/// The routes of this resource.
pub fn routes() -> Vec<Route> {
    routes![home]
}
