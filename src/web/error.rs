//! What a visitor reads when there is no page: what happened and what to do next, in their language.

use askama::Template;
use rocket::catcher::Catcher;
use rocket::form::Errors;
use rocket::http::{Method, Status};
use rocket::request::Request;
use rocket::response::{self, Responder};
use rocket::{catch, catchers};

use crate::food::barcode::{Barcode, BarcodeError};
use crate::store::StoreError;

use super::language::Language;
use super::page::{Frame, Page, Visit};

/// What may be done with every resource (RFC 9110, 10.2.1).
pub const ALLOWED: &str = "GET, HEAD";

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Nothing is at this address.
    #[error("nothing at this address")]
    UnknownAddress,
    /// No product has this barcode.
    #[error("no product {0}")]
    UnknownProduct(Barcode),
    /// No category has this tag.
    #[error("no category {0}")]
    UnknownCategory(String),
    /// Not a barcode at all.
    #[error("`{text}`: {reason}")]
    NotABarcode {
        /// What stood in its place.
        text: String,
        /// What is wrong with it.
        reason: BarcodeError,
    },
    /// Something in the query means nothing: names and values.
    #[error("not understood: {0:?}")]
    Query(Vec<(String, String)>),
    /// The store cannot answer.
    #[error("the store cannot answer")]
    Store(#[from] StoreError),
    /// A page cannot be written.
    #[error("the page cannot be written")]
    Template(#[from] askama::Error),
    /// Anything else that Rocket answers without us.
    #[error("{0}")]
    Other(Status),
}

impl From<Errors<'_>> for Refusal {
    fn from(errors: Errors<'_>) -> Self {
        let text = |part: Option<String>| part.unwrap_or_default();
        Self::Query(
            errors
                .iter()
                .map(|error| {
                    (
                        text(error.name.as_ref().map(ToString::to_string)),
                        text(error.value.as_ref().map(ToString::to_string)),
                    )
                })
                .collect(),
        )
    }
}

impl Refusal {
    /// The one place that maps a refusal to a status.
    pub fn status(&self) -> Status {
        match self {
            Self::UnknownAddress | Self::UnknownProduct(_) | Self::UnknownCategory(_) => Status::NotFound,
            Self::NotABarcode { .. } | Self::Query(_) => Status::UnprocessableEntity,
            Self::Store(_) | Self::Template(_) => Status::InternalServerError,
            Self::Other(status) => *status,
        }
    }

    /// What the visitor reads: a heading and a sentence.
    fn texts(&self, visit: &Visit<'_>) -> (String, String) {
        let say = |message: &str| visit.speaker.say(message).into_owned();
        match self {
            Self::UnknownAddress => (say("error-address-title"), say("error-address-text")),
            Self::UnknownProduct(code) => (
                visit.speaker.say_with("error-product-title", &[("code", code.to_string().into())]),
                say(if code.has_valid_check_digit() { "error-product-text" } else { "error-product-digit" }),
            ),
            Self::UnknownCategory(tag) => (
                say("error-category-title"),
                visit.speaker.say_with("error-category-text", &[("tag", tag.as_str().into())]),
            ),
            Self::NotABarcode { text, .. } => (
                say("error-barcode-title"),
                visit.speaker.say_with("error-barcode-text", &[("text", text.as_str().into())]),
            ),
            Self::Query(_) => (say("error-query-title"), say("error-query-text")),
            Self::Other(status) if status.code < 500 => (say("error-request-title"), say("error-request-text")),
            Self::Store(_) | Self::Template(_) | Self::Other(_) => {
                (say("error-internal-title"), say("error-internal-text"))
            }
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame<'a>,
    text: String,
    /// Pairs of the query that mean nothing.
    pairs: &'a [(String, String)],
}

impl<'r> Responder<'r, 'static> for Refusal {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'static> {
        let status = self.status();
        if status.code >= 500 {
            tracing::error!(error = &self as &dyn std::error::Error, "a page could not be shown");
        }
        let visit = Visit::of(request).ok_or(status)?;
        let (title, text) = self.texts(&visit);
        let pairs = if let Self::Query(pairs) = &self { pairs.as_slice() } else { &[] };
        let page = ErrorPage { frame: visit.frame(title), text, pairs };
        let mut response = Page::show(&page, &visit).map_err(|_| status)?.with_status(status).respond_to(request)?;
        if status == Status::MethodNotAllowed {
            response.set_raw_header("Allow", ALLOWED);
        }
        Ok(response)
    }
}

/// Rocket takes a request in another method for one of another address.
#[catch(404)]
fn not_found(request: &Request<'_>) -> Refusal {
    if is_read(request) { Refusal::UnknownAddress } else { Refusal::Other(Status::MethodNotAllowed) }
}

/// Whether the method is one that every resource has.
pub fn is_read(request: &Request<'_>) -> bool {
    matches!(request.method(), Method::Get | Method::Head)
}

/// A language that the site does not speak is refused before any handler is asked.
#[catch(422)]
fn not_understood(request: &Request<'_>) -> Refusal {
    match Language::misasked(request) {
        Some(text) => Refusal::Query(vec![("lang".to_owned(), text.to_owned())]),
        None => Refusal::Other(Status::UnprocessableEntity),
    }
}

#[catch(default)]
fn any(status: Status, _request: &Request<'_>) -> Refusal {
    Refusal::Other(status)
}

/// The pages for everything that no handler answered.
pub fn pages() -> Vec<Catcher> {
    catchers![not_found, not_understood, any]
}
