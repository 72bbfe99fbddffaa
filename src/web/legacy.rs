//! The addresses of the site that this one replaces: they lead on for good.

use rocket::response::Redirect;
use rocket::{Route, get, routes, uri};

use super::error::Refusal;
use super::param::{Code, SearchText};
use super::{home, product, search, substitutes};

#[get("/ersatz/product/<code>")]
fn product_page(code: Result<Code, Refusal>) -> Result<Redirect, Refusal> {
    Ok(Redirect::permanent(product::address(code?.0).to_string()))
}

#[get("/ersatz/candidates/<code>")]
fn candidates(code: Result<Code, Refusal>) -> Result<Redirect, Refusal> {
    Ok(Redirect::permanent(substitutes::address(code?.0).to_string()))
}

#[get("/ersatz/search?<s>")]
fn search_page(s: SearchText) -> Redirect {
    Redirect::permanent(search::address(&s.0).to_string())
}

#[get("/ersatz/list")]
fn list() -> Redirect {
    Redirect::permanent(uri!(home::home))
}

/// The routes of this resource.
pub fn routes() -> Vec<Route> {
    routes![product_page, candidates, search_page, list]
}
