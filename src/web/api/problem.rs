//! Errors as RFC 9457 problem details.

use std::io::Cursor;
use std::path::PathBuf;

use rocket::http::{ContentType, Header, Status};
use rocket::response::{Responder, Result};
use rocket::{Request, Response, catch, get};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::error::{ALLOWED, is_read};
use crate::food::barcode::{Barcode, BarcodeError};

/// What went wrong, for a program and for its author (RFC 9457).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// The kind of problem; `about:blank` says that the status tells it all.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The kind in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened and what to do.
    detail: String,
    /// The parameter to mend, if one is to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<String>,
}

impl Problem {
    fn new(status: Status, detail: String) -> Self {
        Self { kind: "about:blank", title: status.reason_lossy(), status: status.code, detail, parameter: None }
    }

    /// A parameter that cannot be used: 400.
    pub fn parameter(parameter: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { parameter: Some(parameter.into()), ..Self::new(Status::BadRequest, detail.into()) }
    }

    /// A path that is no barcode: 400.
    pub fn barcode(error: BarcodeError) -> Self {
        Self::parameter("code", error.to_string())
    }

    /// A barcode that the catalogue does not hold: 404.
    pub fn unknown_product(code: Barcode) -> Self {
        Self::new(Status::NotFound, format!("the catalogue holds no product {code}"))
    }

    /// The store did not answer: 503, and when to try again.
    pub fn store_busy() -> Self {
        Self::new(Status::ServiceUnavailable, "the store is busy; try again in a moment".to_owned())
    }
}

impl<'r> Responder<'r, 'static> for Problem {
    fn respond_to(self, _: &'r Request<'_>) -> Result<'static> {
        let body = serde_json::to_vec(&self).map_err(|_| Status::InternalServerError)?;
        let mut response = Response::build();
        if self.status == Status::ServiceUnavailable.code {
            response.header(Header::new("Retry-After", "1"));
        }
        if self.status == Status::MethodNotAllowed.code {
            response.raw_header("Allow", ALLOWED);
        }
        response
            .status(Status::new(self.status))
            .header(ContentType::new("application", "problem+json"))
            .header(Header::new("Cache-Control", "no-store"))
            .header(Header::new("Access-Control-Allow-Origin", "*"))
            .sized_body(body.len(), Cursor::new(body))
            .ok()
    }
}

/// Whatever else is asked for below `/api`.
#[get("/api/<path..>", rank = 100)]
pub fn no_such_resource(path: PathBuf) -> Problem {
    Problem::new(
        Status::NotFound,
        format!("there is no /api/{}; the resources are described at /api/v1/openapi.json", path.display()),
    )
}

/// What Rocket itself refuses below `/api`: another method, a body too large, a failure of ours.
#[catch(default)]
pub fn refused(status: Status, request: &Request<'_>) -> Problem {
    let status = if status == Status::NotFound && !is_read(request) { Status::MethodNotAllowed } else { status };
    let detail = match status.code {
        404 | 405 => "there is no such resource for this method; they are described at /api/v1/openapi.json".to_owned(),
        500.. => "this is our fault; the log has the cause".to_owned(),
        _ => format!("{}; see /api/v1/openapi.json", status.reason_lossy()),
    };
    Problem::new(status, detail)
}
