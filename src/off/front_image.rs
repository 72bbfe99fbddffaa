//! The front picture of a record: which language and revision, not the picture itself.

use super::scan;
use super::value::Value;
use super::wanted::{Field, Wanted};
use crate::food::product::{FrontImage, Lang};

/// The front picture, in the main language if there is one.
pub(super) fn of(wanted: &Wanted<'_>, lang: Lang) -> Option<FrontImage> {
    let images = wanted.get(Field::Images).and_then(Value::object).map(front_images).unwrap_or_default();
    let best = images.iter().find(|image| image.lang == lang).or(images.first());
    best.cloned().or_else(|| {
        [Field::ImageFrontUrl, Field::ImageUrl].into_iter().find_map(|field| image_of_url(&wanted.text(field)?))
    })
}

/// The front pictures of `images`: `front_fr` up to schema 1001, `selected.front.fr` since.
fn front_images(images: &[u8]) -> Vec<FrontImage> {
    let mut found = Vec::new();
    let mut add = |lang: &[u8], picture: &[u8]| {
        let lang = std::str::from_utf8(lang).ok().and_then(Lang::parse);
        let revision = scan::member(picture, "rev").and_then(|raw| Value::Json(raw).whole());
        if let (Some(lang), Some(Ok(revision))) = (lang, revision.map(u32::try_from)) {
            found.push(FrontImage { lang, revision });
        }
    };
    for (key, raw) in scan::members(images).map_while(Result::ok) {
        if key == b"selected" {
            let fronts = scan::member(raw, "front").unwrap_or_default();
            for (lang, picture) in scan::members(fronts).map_while(Result::ok) {
                add(lang, picture);
            }
        } else if let Some(lang) = key.strip_prefix(b"front_") {
            add(lang, raw);
        }
    }
    found
}

/// The front picture of an address that ends in `/front_fr.4.400.jpg`.
fn image_of_url(url: &str) -> Option<FrontImage> {
    let (lang, rest) = url.rsplit('/').next()?.strip_prefix("front_")?.split_once('.')?;
    Some(FrontImage { lang: Lang::parse(lang)?, revision: rest.split('.').next()?.parse().ok()? })
}
