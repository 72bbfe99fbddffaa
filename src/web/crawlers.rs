//! What search engines may read.

use rocket::{Route, get, routes};

/// Pages that are no use in an index say so themselves: a crawler that may not read them would not learn it.
const RULES: &str = "User-agent: *\nDisallow: /api/\nDisallow: /search/suggestions\n";

#[get("/robots.txt")]
fn robots() -> &'static str {
    RULES
}

/// The routes of this resource.
pub fn routes() -> Vec<Route> {
    routes![robots]
}
