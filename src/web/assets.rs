//! Styles, scripts and drawings: carried by the binary, addressed by their content, kept forever by browsers.
//!
//! The build (`embedded/assets.rs`) has named and compressed them; here they get their addresses.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rocket::fairing::AdHoc;
use rocket::http::ContentType;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/assets"]
struct Files;

/// Everything a page may link to.
pub struct Assets {
    by_name: BTreeMap<String, String>,
}

/// One file as it is sent.
pub struct Asset {
    /// Where it is: `/assets/NAME.HASH.EXTENSION`.
    pub address: String,
    /// The hash of its content, hexadecimal.
    pub hash: String,
    /// What it is.
    pub kind: ContentType,
    /// The content.
    pub plain: Cow<'static, [u8]>,
    /// The content as Brotli, where that is smaller.
    pub brotli: Option<Cow<'static, [u8]>>,
    /// The content as Zstandard, where that is smaller.
    pub zstd: Option<Cow<'static, [u8]>>,
    /// The content as gzip, where that is smaller.
    pub gzip: Option<Cow<'static, [u8]>>,
}

impl Assets {
    /// The addresses of what the program carries.
    pub fn load() -> Self {
        let named = names().filter_map(|(name, hash, extension)| {
            Some((format!("{}.{}", stem(&name)?, extension), format!("/assets/{}.{hash}.{extension}", stem(&name)?)))
        });
        Self { by_name: named.collect() }
    }

    /// The address of a file; of none if there is no such file, which a test excludes.
    pub fn address(&self, name: &str) -> &str {
        self.by_name.get(name).map_or("", String::as_str)
    }
}

/// Everything that the program carries, to be sent.
pub fn all() -> Vec<Asset> {
    let read = |name: &str| Files::get(name).map(|file| file.data);
    names()
        .filter_map(|(name, hash, extension)| {
            Some(Asset {
                address: format!("/assets/{name}"),
                hash,
                kind: ContentType::from_extension(&extension).unwrap_or(ContentType::Binary),
                plain: read(&name)?,
                brotli: read(&format!("{name}.br")),
                zstd: read(&format!("{name}.zst")),
                gzip: read(&format!("{name}.gz")),
            })
        })
        .collect()
}

/// The files themselves, without their encodings: whole name, hash, extension.
fn names() -> impl Iterator<Item = (String, String, String)> {
    Files::iter().filter_map(|name| {
        let (rest, extension) = name.rsplit_once('.')?;
        let (_, hash) = rest.rsplit_once('.')?;
        let is_encoding = ["br", "zst", "gz"].contains(&extension);
        (!is_encoding).then(|| (name.to_string(), hash.to_owned(), extension.to_owned()))
    })
}

/// `search-field` of `search-field.HASH.js`.
fn stem(name: &str) -> Option<&str> {
    name.rsplitn(3, '.').nth(2)
}

/// Makes the addresses known to the pages; the files themselves are served before a request reaches the site.
pub fn stage() -> AdHoc {
    AdHoc::on_ignite("assets", |rocket| async { rocket.manage(Assets::load()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_there_under_an_address_that_changes_with_it() {
        let assets = Assets::load();
        let all = all();

        for name in ["site.css", "search-field.js", "filters.js", "drawings.svg", "icon.svg"] {
            let address = assets.address(name);
            let asset = all.iter().find(|asset| asset.address == address).expect(name);
            assert!(asset.plain.len() > 100 && address.contains(&asset.hash), "{name}");
        }
    }

    #[test]
    fn the_style_of_the_whole_site_is_small() {
        let assets = Assets::load();
        let style = all().into_iter().find(|asset| asset.address == assets.address("site.css")).expect("styles");
        let size = |packed: Option<Cow<'static, [u8]>>| packed.expect("an encoding").len();

        let (brotli, gzip) = (size(style.brotli), size(style.gzip));
        assert!(brotli < gzip && gzip < 12_000, "{brotli} {gzip}");
    }
}
