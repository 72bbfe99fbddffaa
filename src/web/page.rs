//! What every page shares: the visitor, the frame around the content, how a page is sent and kept.

use std::borrow::Cow;
use std::io::Cursor;
use std::sync::Arc;

use askama::Template;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{self, Responder, Response};
use xxhash_rust::xxh3::xxh3_64;

use crate::catalogue::Catalogue;
use crate::catalogue::snapshot::{Origin, Snapshot};

use super::Config;
use super::address::Address;
use super::assets::Assets;
use super::error::Refusal;
use super::language::{Language, Speaker, Texts};
use super::public_address::PublicAddress;

/// Who asks, and what answers: the same for every page.
pub struct Visit<'r> {
    /// Says things in the visitor's language.
    pub speaker: Speaker<'r>,
    /// The generation of the catalogue that this answer is made from.
    pub snapshot: Arc<Snapshot>,
    request: &'r Request<'r>,
    assets: &'r Assets,
    config: &'r Config,
}

impl<'r> Visit<'r> {
    /// The visit of a request, if the site is up.
    pub fn of(request: &'r Request<'_>) -> Option<Self> {
        let texts = request.rocket().state::<Texts>()?;
        Some(Self {
            speaker: texts.of(Language::of(request)),
            snapshot: request.rocket().state::<Arc<Catalogue>>()?.snapshot(),
            request,
            assets: request.rocket().state::<Assets>()?,
            config: request.rocket().state::<Config>()?,
        })
    }

    /// The language that the visitor reads.
    pub fn language(&self) -> Language {
        self.speaker.language
    }

    /// The frame of a page with this title.
    pub fn frame(&self, title: impl Into<String>) -> Frame<'r> {
        Frame {
            title: title.into(),
            speaker: self.speaker,
            assets: self.assets,
            public: self.config.address.as_ref(),
            here: Address::of(self.request).without("lang"),
            origin: self.snapshot.origin(),
            query: String::new(),
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visit<'r> {
    type Error = &'static str;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Self::Error> {
        if Language::misasked(request).is_some() {
            return Outcome::Error((Status::UnprocessableEntity, "the site does not speak that language"));
        }
        match Self::of(request) {
            Some(visit) => Outcome::Success(visit),
            None => Outcome::Error((Status::ServiceUnavailable, "the site was mounted without its state")),
        }
    }
}

/// What surrounds the content of a page.
pub struct Frame<'a> {
    /// Its title.
    pub title: String,
    /// Says things in the visitor's language.
    pub speaker: Speaker<'a>,
    /// What stands in the search field.
    pub query: String,
    assets: &'a Assets,
    public: Option<&'a PublicAddress>,
    here: Address,
    origin: Origin,
}

impl<'a> Frame<'a> {
    /// The same frame with a text in its search field.
    #[must_use]
    pub fn with_query(mut self, query: &str) -> Self {
        query.clone_into(&mut self.query);
        self
    }

    /// A text in the visitor's language.
    pub fn say(&self, message: &str) -> Cow<'a, str> {
        self.speaker.say(message)
    }

    /// The address of a style, script or drawing.
    pub fn asset(&self, name: &str) -> &'a str {
        self.assets.address(name)
    }

    /// The code of the page's language.
    pub fn language(&self) -> &'static str {
        self.speaker.language.code()
    }

    /// The other languages: code, name in itself, and where this page stands in it.
    pub fn translations(&self) -> Vec<(&'static str, &'static str, String)> {
        Language::ALL
            .into_iter()
            .filter(|language| *language != self.speaker.language)
            .map(|language| (language.code(), language.own_name(), self.here.with("lang", language.code()).to_string()))
            .collect()
    }

    /// This page in every language, for search engines: code and whole address, if the site knows its own.
    pub fn alternates(&self) -> Vec<(&'static str, String)> {
        let Some(public) = self.public else { return Vec::new() };
        let spoken = Language::ALL.map(|language| (language.code(), self.here.with("lang", language.code())));
        let chosen_by_browser = ("x-default", self.here.clone());
        spoken.into_iter().chain([chosen_by_browser]).map(|(code, page)| (code, public.of(&page))).collect()
    }

    /// Whether the catalogue is the small one that the program carries.
    pub fn is_starter(&self) -> bool {
        self.origin == Origin::Starter
    }
}

/// A page ready to be sent.
pub struct Page {
    status: Status,
    html: String,
    language: Language,
}

impl Page {
    /// Writes a page.
    pub fn show(template: &impl Template, visit: &Visit<'_>) -> Result<Self, Refusal> {
        Ok(Self { status: Status::Ok, html: template.render()?, language: visit.language() })
    }

    /// The same page under another status.
    #[must_use]
    pub fn with_status(self, status: Status) -> Self {
        Self { status, ..self }
    }
}

impl<'r> Responder<'r, 'static> for Page {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let mut response = Response::build();
        response.status(self.status).header(ContentType::HTML);
        response.raw_header("Content-Language", self.language.code());
        response.raw_header("Vary", "Accept-Language, Cookie");
        // One visitor's language is in it, so only that visitor's browser may keep it, and asks each time.
        response.raw_header("Cache-Control", "private, no-cache");
        if self.status == Status::Ok {
            let tag = format!("W/\"{:016x}\"", xxh3_64(self.html.as_bytes()));
            if is_known(request, &tag) {
                return response.status(Status::NotModified).raw_header("ETag", tag).ok();
            }
            response.raw_header("ETag", tag);
        }
        let body = self.html.into_bytes();
        response.sized_body(body.len(), Cursor::new(body)).ok()
    }
}

/// Whether the client names this entity tag in `If-None-Match`; weak comparison (RFC 9110, 13.1.2).
pub fn is_known(request: &Request<'_>, tag: &str) -> bool {
    fn bare(tag: &str) -> &str {
        tag.trim().trim_start_matches("W/")
    }
    request
        .headers()
        .get("If-None-Match")
        .flat_map(|known| known.split(','))
        .any(|known| known.trim() == "*" || bare(known) == bare(tag))
}

/// Keeps a language that was asked for.
pub struct KeptLanguage;

#[rocket::async_trait]
impl Fairing for KeptLanguage {
    fn info(&self) -> Info {
        Info { name: "kept language", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if let Some(language) = Language::asked(request).filter(|_| is_page(response)) {
            response.adjoin_header(Header::from(&language.cookie()));
        }
    }
}

fn is_page(response: &Response<'_>) -> bool {
    response.content_type().is_some_and(|kind| kind.is_html())
}
