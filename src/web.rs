//! The public site and its API: one module per resource; each plugs itself in with `routes()`.

#![expect(clippy::needless_pass_by_value, reason = "Rocket hands its guards to a handler by value")]

use rocket::fairing::AdHoc;

pub mod about;
pub mod address;
pub mod api;
pub mod assets;
pub mod category;
pub mod compare;
pub mod crawlers;
pub mod error;
pub mod health;
pub mod home;
pub mod language;
pub mod legacy;
pub mod page;
pub mod param;
pub mod piece;
pub mod product;
pub mod public_address;
pub mod search;
pub mod substitutes;

/// What the operator says about the site.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Who publishes the site, for the legal notice.
    pub publisher: Option<String>,
    /// How to reach the publisher.
    pub contact: Option<String>,
    /// Who hosts the site, where the law wants it said.
    pub host: Option<String>,
    /// Where the public finds the site; with it, search engines learn of both languages of a page.
    pub address: Option<public_address::PublicAddress>,
}

/// Mounts the site. It needs the `Arc<Catalogue>` among Rocket's managed state and the database of products.
pub fn stage(config: Config) -> AdHoc {
    AdHoc::try_on_ignite("site", |rocket| async move {
        let texts = match language::Texts::load() {
            Ok(texts) => texts,
            Err(error) => {
                tracing::error!(%error, "the texts of the site cannot be read");
                return Err(rocket);
            }
        };
        Ok(rocket
            .manage(config)
            .manage(texts)
            .attach(assets::stage())
            .attach(page::KeptLanguage)
            .mount("/", home::routes())
            .mount("/", search::routes())
            .mount("/", product::routes())
            .mount("/", substitutes::routes())
            .mount("/", compare::routes())
            .mount("/", category::routes())
            .mount("/", about::routes())
            .mount("/", legacy::routes())
            .mount("/", health::routes())
            .mount("/", crawlers::routes())
            .mount("/", api::routes())
            .register("/api", api::catchers())
            .register("/", error::pages()))
    })
}
