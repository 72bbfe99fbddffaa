//! The API: JSON for programs, described by an OpenAPI 3.1 document made from this code.
//!
//! Besides our own `/api/v1` it answers Open Food Facts' read requests in Open Food Facts' shapes, so that
//! their clients can use this appliance as their server.

pub mod answer;
pub mod off_shapes;
pub mod openapi;
pub mod parameters;
pub mod problem;
pub mod product;
pub mod search;
pub mod substitutes;
pub mod view;

use rocket::{Catcher, Route, catchers, routes};

use crate::catalogue::snapshot::Origin;

pub use openapi::document;
pub use search::SearchAnswer;
pub use substitutes::SubstitutesAnswer;
pub use view::CardView;

/// The routes, to be mounted at the root.
pub fn routes() -> Vec<Route> {
    routes![
        openapi::openapi,
        search::search,
        product::product,
        substitutes::substitutes,
        off_shapes::product_v2,
        off_shapes::product_v3,
        off_shapes::search_v2,
        off_shapes::search_pl,
        problem::no_such_resource,
    ]
}

/// What answers below `/api` when no route does, to be registered there.
pub fn catchers() -> Vec<Catcher> {
    catchers![problem::refused]
}

/// Who made the data and under which licence; part of every answer.
pub fn attribution(origin: Origin) -> &'static str {
    match origin {
        Origin::Starter => ATTRIBUTION_STARTER,
        Origin::OpenFoodFacts => ATTRIBUTION_OFF,
    }
}

/// The starter catalogue is part of the program and has its licence; what comes after it has another.
const ATTRIBUTION_STARTER: &str = "Generic foods of the starter catalogue, written for foodswap, under its licence \
     (Apache-2.0); contains no data of Open Food Facts, which once imported is made available under the Open Database \
     License (ODbL) 1.0";
/// What the licence of the database asks for (ODbL 1.0, section 4.3).
const ATTRIBUTION_OFF: &str = "Contains information from Open Food Facts (https://world.openfoodfacts.org), \
     made available under the Open Database License (ODbL) 1.0; contents under the Database Contents License 1.0";
