//! A JSON answer that can be cached and asked for again only when it has changed.

use std::io::Cursor;

use rocket::http::{ContentType, Header, Status};
use rocket::response::{Responder, Result};
use rocket::{Request, Response};
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use super::super::page::is_known;

/// How long an answer may be used without asking again, seconds: the catalogue changes once a day.
const MAX_AGE_S: u32 = 300;

/// JSON with a strong ETag (RFC 9110, 8.8.3); answered by 304 where the client has it already.
pub struct Answer<T> {
    value: T,
    status: Status,
}

impl<T> Answer<T> {
    /// What was asked for.
    pub fn found(value: T) -> Self {
        Self { value, status: Status::Ok }
    }

    /// Words for what is not there. Nobody may keep them: the next import may bring it.
    pub fn missing(value: T) -> Self {
        Self { value, status: Status::NotFound }
    }
}

impl<'r, T: Serialize> Responder<'r, 'static> for Answer<T> {
    fn respond_to(self, request: &'r Request<'_>) -> Result<'static> {
        let body = serde_json::to_vec(&self.value).map_err(|_| Status::InternalServerError)?;
        let mut response = Response::build();
        response
            .status(self.status)
            .header(Header::new("Vary", "Accept-Language"))
            .header(Header::new("Access-Control-Allow-Origin", "*"));
        if self.status == Status::Ok {
            let etag = format!("\"{:016x}\"", xxh3_64(&body));
            response
                .header(Header::new("ETag", etag.clone()))
                .header(Header::new("Cache-Control", format!("public, max-age={MAX_AGE_S}")));
            if is_known(request, &etag) {
                return response.status(Status::NotModified).ok();
            }
        } else {
            response.header(Header::new("Cache-Control", "no-store"));
        }
        response.header(ContentType::JSON).sized_body(body.len(), Cursor::new(body)).ok()
    }
}
