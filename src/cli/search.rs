//! `foodswap search TEXT`.

use std::io::Write;

use clap::Args;

use super::tongue::Tongue;
use super::{Common, output, place};
use crate::catalogue::search::SearchRequest;
use crate::web::api::SearchAnswer;

/// Products that are shown unless more are asked for: one screen.
pub(super) const FIRST_PAGE: u16 = 10;

#[derive(Debug, Args)]
pub(super) struct SearchArguments {
    /// Words of the name, brand or category, or a barcode
    #[arg(required = true)]
    text: Vec<String>,
    /// Print JSON, in the shape of the API
    #[arg(long)]
    json: bool,
    /// At most so many products
    #[arg(long, default_value_t = FIRST_PAGE, value_parser = clap::value_parser!(u16).range(1..=100))]
    limit: u16,
    #[command(flatten)]
    place: place::PlaceArguments,
}

pub(super) fn run(common: &Common, arguments: &SearchArguments) -> anyhow::Result<()> {
    let snapshot = place::snapshot(common)?;
    let lang = arguments.place.lang;
    let request = SearchRequest {
        country: arguments.place.country,
        ..SearchRequest::of(arguments.text.join(" "), lang, arguments.limit.into())
    };
    let answer = SearchAnswer::new(&snapshot, request);
    let mut out = output::output();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
        return Ok(());
    }
    let tongue = Tongue::of(lang);
    if let Some(word) = &answer.left_out {
        writeln!(out, "{}", tongue.without_word(word))?;
    }
    for product in &answer.products {
        writeln!(out, "{}", place::line(product))?;
    }
    match answer.count {
        0 => writeln!(out, "{}", tongue.nothing_found(&answer.query))?,
        count => writeln!(out, "{}", tongue.count(answer.products.len(), count, answer.count_is_exact))?,
    }
    Ok(())
}
