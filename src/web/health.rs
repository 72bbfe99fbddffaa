//! Whether the site is alive, and ready to be asked.

use std::net::IpAddr;
use std::sync::Arc;

use rocket::http::{ContentType, Status};
use rocket::{Route, State, get, routes};
use rocket_db_pools::Connection;

use crate::catalogue::Catalogue;
use crate::catalogue::snapshot::{Doc, Snapshot};
use crate::store::pool::ProductsDb;

const ALIVE: &str = "alive\n";
/// Which program it is that lives: an upgrade is over when the new one answers here. Told on the machine itself only,
/// because who looks for a weakness looks for versions.
const ALIVE_WITH_VERSION: &str = concat!("alive\nversion ", env!("CARGO_PKG_VERSION"), "\n");

#[get("/healthz")]
fn alive(client: Option<IpAddr>) -> (ContentType, &'static str) {
    let is_itself = client.is_some_and(|client| client.to_canonical().is_loopback());
    (ContentType::Plain, if is_itself { ALIVE_WITH_VERSION } else { ALIVE })
}

#[get("/readyz")]
async fn ready(
    catalogue: &State<Arc<Catalogue>>,
    store: Option<Connection<ProductsDb>>,
) -> (Status, (ContentType, String)) {
    let snapshot = catalogue.snapshot();
    let (status, words) = match obstacle(&snapshot, store).await {
        Some(reason) => (Status::ServiceUnavailable, reason),
        None => (Status::Ok, "ready"),
    };
    let text = format!("{words}\ngeneration {}\nproducts {}\n", snapshot.generation(), snapshot.len());
    (status, (ContentType::Plain, text))
}

/// Why no product can be shown, if so: one is read as its page would read it.
async fn obstacle(snapshot: &Snapshot, store: Option<Connection<ProductsDb>>) -> Option<&'static str> {
    let Some(code) = snapshot.code(Doc(0)) else { return Some("empty") };
    let Some(store) = store else { return Some("the store is not there, or busy") };
    match store.product(code).await {
        Ok(_) => None,
        Err(error) => {
            tracing::error!(%code, %error, "the store did not give a product");
            Some("the store cannot be read; the log has the cause")
        }
    }
}

/// The routes of this resource.
pub fn routes() -> Vec<Route> {
    routes![alive, ready]
}
