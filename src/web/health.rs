//! Whether the site is alive, and ready to be asked.

use rocket::http::{ContentType, Status};
use rocket::{Route, get, routes};

use super::page::Visit;

#[get("/healthz")]
fn alive() -> (ContentType, &'static str) {
    (ContentType::Plain, "alive\n")
}

#[get("/readyz")]
fn ready(visit: Visit<'_>) -> (Status, (ContentType, String)) {
    let (status, word) =
        if visit.snapshot.is_empty() { (Status::ServiceUnavailable, "empty") } else { (Status::Ok, "ready") };
    (
        status,
        (
            ContentType::Plain,
            format!("{word}\ngeneration {}\nproducts {}\n", visit.snapshot.generation(), visit.snapshot.len()),
        ),
    )
}

/// The routes of this resource.
pub fn routes() -> Vec<Route> {
    routes![alive, ready]
}
