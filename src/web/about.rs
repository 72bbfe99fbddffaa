//! What this is, and who answers for it.

use askama::Template;
use rocket::{Route, State, get, routes};

use super::Config;
use super::error::Refusal;
use super::page::{Frame, Page, Visit};

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage<'a> {
    frame: Frame<'a>,
}

#[get("/about")]
fn about(visit: Visit<'_>) -> Result<Page, Refusal> {
    Page::show(&AboutPage { frame: visit.frame(visit.speaker.say("about-title")) }, &visit)
}

#[derive(Template)]
#[template(path = "legal.html")]
struct LegalPage<'a> {
    frame: Frame<'a>,
    config: &'a Config,
}

#[get("/legal")]
fn legal(visit: Visit<'_>, config: &State<Config>) -> Result<Page, Refusal> {
    Page::show(&LegalPage { frame: visit.frame(visit.speaker.say("legal-title")), config }, &visit)
}

/// The routes of this resource.
pub fn routes() -> Vec<Route> {
    routes![about, legal]
}
