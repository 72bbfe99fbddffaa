//! Styles, scripts and drawings: carried by the binary, addressed by their content, kept forever by browsers.

use std::collections::BTreeMap;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Header, Status};
use rocket::request::Request;
use rocket::response::{self, Responder, Response};
use rocket::{Route, State, get, routes};
use rust_embed::RustEmbed;
use xxhash_rust::xxh3::xxh3_64;

/// An address changes with its content, so a browser need never ask again (a year is the customary bound).
const FOREVER: &str = "public, max-age=31536000, immutable";
/// The styles, in the order in which they refine each other; one answer carries them all.
const STYLES: [&str; 12] = [
    "style/tokens.css",
    "style/base.css",
    "style/layout.css",
    "style/search-field.css",
    "style/grade.css",
    "style/card.css",
    "style/swap.css",
    "style/nutrients.css",
    "style/points.css",
    "style/filters.css",
    "style/notice.css",
    "style/compare.css",
];

#[derive(RustEmbed)]
#[folder = "ui"]
struct Files;

/// Everything a page may link to.
pub struct Assets {
    by_name: BTreeMap<String, String>,
    by_address: BTreeMap<String, Asset>,
}

/// One file as it is sent.
struct Asset {
    kind: ContentType,
    tag: String,
    plain: Vec<u8>,
    gzipped: Option<Vec<u8>>,
}

impl Assets {
    /// Reads what the program carries; in a debug build, what lies in `ui/`.
    pub fn load() -> Self {
        let mut assets = Self { by_name: BTreeMap::new(), by_address: BTreeMap::new() };
        let read = |name: &str| Files::get(name).map(|file| file.data.into_owned()).unwrap_or_default();
        assets.add("site.css", STYLES.iter().flat_map(|name| read(name)).collect());
        for path in Files::iter().filter(|path| !path.starts_with("style/")) {
            let name = path.rsplit('/').next().unwrap_or(&path);
            assets.add(name, read(&path));
        }
        assets
    }

    fn add(&mut self, name: &str, plain: Vec<u8>) {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let hash = format!("{:016x}", xxh3_64(&plain));
        let address = format!("{stem}.{hash}.{extension}");
        let kind = ContentType::from_extension(extension).unwrap_or(ContentType::Binary);
        let gzipped = gzip(&plain).filter(|gzipped| gzipped.len() < plain.len());
        self.by_name.insert(name.to_owned(), format!("/assets/{address}"));
        self.by_address.insert(address, Asset { kind, tag: format!("\"{hash}\""), plain, gzipped });
    }

    /// The address of a file; of none if there is no such file, which a test excludes.
    pub fn address(&self, name: &str) -> &str {
        self.by_name.get(name).map_or("", String::as_str)
    }
}

fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

impl<'r> Responder<'r, 'r> for &'r Asset {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'r> {
        let mut response = Response::build();
        response.header(self.kind.clone());
        response.raw_header("Cache-Control", FOREVER).raw_header("ETag", self.tag.clone());
        response.raw_header("Vary", "Accept-Encoding");
        if super::page::is_known(request, &self.tag) {
            return response.status(Status::NotModified).ok();
        }
        let body: &[u8] = match &self.gzipped {
            Some(gzipped) if super::page::accepts_gzip(request) => {
                response.header(Header::new("Content-Encoding", "gzip"));
                gzipped
            }
            _ => &self.plain,
        };
        response.sized_body(body.len(), std::io::Cursor::new(body)).ok()
    }
}

#[get("/assets/<address>")]
fn asset<'r>(address: &str, assets: &'r State<Assets>) -> Option<&'r Asset> {
    assets.inner().by_address.get(address)
}

/// Serves the files and makes their addresses known to the pages.
pub fn stage() -> AdHoc {
    AdHoc::on_ignite("assets", |rocket| async { rocket.manage(Assets::load()).mount("/", routes()) })
}

fn routes() -> Vec<Route> {
    routes![asset]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_there_and_its_address_changes_with_it() {
        let assets = Assets::load();

        for name in ["site.css", "search-field.js", "filters.js", "drawings.svg", "icon.svg"] {
            let address = assets.address(name).trim_start_matches("/assets/").to_owned();
            assert!(assets.by_address.get(&address).is_some_and(|asset| asset.plain.len() > 100), "{name}");
        }
        for name in STYLES {
            assert!(Files::get(name).is_some(), "{name}");
        }
        let styles = Files::iter().filter(|path| path.starts_with("style/")).count();
        assert_eq!(styles, STYLES.len(), "a style is not among those sent");
    }

    #[test]
    fn the_style_of_the_whole_site_is_small() {
        let assets = Assets::load();
        let style = &assets.by_address[assets.address("site.css").trim_start_matches("/assets/")];

        assert!(style.gzipped.as_ref().is_some_and(|gzipped| gzipped.len() < 12_000));
    }
}
