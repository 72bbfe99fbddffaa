//! `GET /api/v1/openapi.json`: the description of the API, made from the code that answers.

use rocket::get;
use utoipa::OpenApi;

use super::answer::Answer;
use super::{problem, product, search, substitutes};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "foodswap",
        description = "Healthier foods to buy instead, with the reason why, out of Open Food Facts.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(search::search, product::product, substitutes::substitutes),
    components(schemas(problem::Problem))
)]
struct Description;

/// The OpenAPI 3.1 document.
pub fn document() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// Serves the OpenAPI 3.1 document.
#[get("/api/v1/openapi.json")]
pub fn openapi() -> Answer<utoipa::openapi::OpenApi> {
    Answer::found(document())
}
