//! `foodswap swap CODE|TEXT`.

use std::ffi::OsStr;
use std::io::Write;

use anyhow::anyhow;
use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Args, Command, ValueEnum};
use serde::Serialize;

use super::search::FIRST_PAGE;
use super::tongue::Tongue;
use super::{Common, output, place};
use crate::catalogue::search::SearchRequest;
use crate::catalogue::snapshot::{Doc, Snapshot};
use crate::food::allergen::{Allergen, Allergens};
use crate::food::barcode::Barcode;
use crate::food::lang::Lang;
use crate::food::substitution::{LIMIT_MAX, Lane, Status, Wishes};
use crate::web::api::SubstitutesAnswer;

#[derive(Debug, Args)]
pub(super) struct SwapArguments {
    /// A barcode, or words: of what `search` shows first, the best match that can be compared is taken, and it is said what
    /// was passed over for it
    #[arg(required = true, value_name = "CODE|TEXT")]
    what: Vec<String>,
    /// Print JSON, in the shape of the API, with `passed_over` and `left_out`
    #[arg(long)]
    json: bool,
    /// At most so many proposals
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=LIMIT_MAX as i64))]
    limit: u16,
    /// Only the same use, or only bolder swaps
    #[arg(long)]
    lane: Option<LaneArgument>,
    /// Allergens to avoid, traces included, such as milk,gluten
    #[arg(long, value_delimiter = ',', value_name = "ALLERGENS", value_parser = AllergenParser, hide_possible_values = true)]
    without: Vec<Allergen>,
    /// What the substitute must be known to be
    #[arg(long, value_delimiter = ',')]
    diet: Vec<DietArgument>,
    #[command(flatten)]
    place: place::PlaceArguments,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LaneArgument {
    Same,
    Bolder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DietArgument {
    Vegan,
    Vegetarian,
    PalmOilFree,
}

/// Reads what a shopper writes, and offers a word for each allergen to a shell that completes.
#[derive(Debug, Clone, Copy)]
struct AllergenParser;

impl TypedValueParser for AllergenParser {
    type Value = Allergen;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, value: &OsStr) -> Result<Allergen, clap::Error> {
        let text = value.to_string_lossy();
        Allergen::parse(&text).ok_or_else(|| {
            let known: Vec<&str> = Allergen::ALL.into_iter().map(Allergen::word).collect();
            let says = format!("--without: `{text}` is no allergen we know; they are {}\n", known.join(", "));
            clap::Error::raw(ErrorKind::InvalidValue, says).with_cmd(command)
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue>>> {
        Some(Box::new(Allergen::ALL.into_iter().map(|allergen| PossibleValue::new(allergen.word()))))
    }
}

impl SwapArguments {
    fn wishes(&self) -> Wishes {
        let mut without = Allergens::NONE;
        for allergen in &self.without {
            without.insert(*allergen);
        }
        Wishes {
            lane: self.lane.map(|lane| match lane {
                LaneArgument::Same => Lane::Same,
                LaneArgument::Bolder => Lane::Bolder,
            }),
            without,
            vegan: self.diet.contains(&DietArgument::Vegan),
            vegetarian: self.diet.contains(&DietArgument::Vegetarian),
            palm_oil_free: self.diet.contains(&DietArgument::PalmOilFree),
            country: self.place.country,
            limit: self.limit.into(),
        }
    }
}

/// What a shopper means, and how that was found.
struct Named {
    doc: Doc,
    /// Better matches that cannot be compared.
    passed_over: Vec<Doc>,
    /// A word that no match has.
    left_out: Option<String>,
}

/// What is printed as JSON.
#[derive(Serialize)]
struct SwapAnswer {
    #[serde(flatten)]
    answer: SubstitutesAnswer,
    passed_over: Vec<PassedOver>,
    left_out: Option<String>,
}

/// A better match than the one that was taken.
#[derive(Serialize)]
struct PassedOver {
    code: String,
    name: String,
    lacks: Lacking,
}

/// What a product would need in order to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Lacking {
    NutriScore,
    Category,
}

pub(super) fn run(common: &Common, arguments: &SwapArguments) -> anyhow::Result<()> {
    let (wishes, lang) = (arguments.wishes(), arguments.place.lang);
    let tongue = Tongue::of(lang);
    let snapshot = place::snapshot(common)?;
    let Named { doc, passed_over, left_out } = named(&snapshot, &arguments.what.join(" "), &arguments.place)?;
    let passed_over = passed_over.into_iter().map(|doc| passed_over_for_want(&snapshot, doc, lang)).collect();
    let answer = SubstitutesAnswer::new(&snapshot, doc, &wishes, lang);
    let mut out = output::output();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&SwapAnswer { answer, passed_over, left_out })?)?;
        return Ok(());
    }
    if let Some(word) = left_out {
        writeln!(out, "{}", tongue.without_word(&word))?;
    }
    for PassedOver { code, name, lacks } in passed_over {
        writeln!(out, "{}", tongue.passed_over(&name, &code, lacks))?;
    }
    print(&mut out, &answer, tongue)?;
    Ok(())
}

/// The product with this barcode, or the best match of these words that can be compared with others; where none can, the
/// best one.
fn named(snapshot: &Snapshot, what: &str, place: &place::PlaceArguments) -> anyhow::Result<Named> {
    let tongue = Tongue::of(place.lang);
    if let Ok(code) = what.parse::<Barcode>() {
        let doc = snapshot.find(code).ok_or_else(|| anyhow!(tongue.no_product(&code.to_string())))?;
        return Ok(Named { doc, passed_over: Vec::new(), left_out: None });
    }
    let request = SearchRequest::of(what, place.lang, FIRST_PAGE.into());
    let results = snapshot.search(&SearchRequest { prefer_country: place.country, ..request });
    let is_comparable = |doc: &Doc| snapshot.substitutes(*doc, &Wishes::default()).status != Status::NotComparable;
    let at = results.docs.iter().position(is_comparable).unwrap_or(0);
    let doc = *results.docs.get(at).ok_or_else(|| anyhow!(tongue.nothing_found(what)))?;
    Ok(Named { doc, passed_over: results.docs[..at].to_vec(), left_out: results.left_out })
}

fn passed_over_for_want(snapshot: &Snapshot, doc: Doc, lang: Lang) -> PassedOver {
    let card = snapshot.card(doc, lang);
    let lacks = if card.nutri_score.grade().is_none() { Lacking::NutriScore } else { Lacking::Category };
    PassedOver { code: card.code.to_string(), name: card.name, lacks }
}

fn print(out: &mut impl Write, answer: &SubstitutesAnswer, tongue: Tongue) -> std::io::Result<()> {
    writeln!(out, "{}", place::line(&answer.product))?;
    if answer.substitutes.is_empty() {
        writeln!(out, "{}", answer.text)?;
    }
    for lane in Lane::both_from(answer.substitutes.first().map(|first| first.lane)) {
        let of_lane: Vec<_> = answer.substitutes.iter().filter(|substitute| substitute.lane == lane).collect();
        if of_lane.is_empty() {
            continue;
        }
        writeln!(out, "\n{}", tongue.lane(lane))?;
        for substitute in of_lane {
            writeln!(out, "  {}\n      {}", place::line(&substitute.product), substitute.text)?;
        }
    }
    let hidden = &answer.hidden;
    if let Some(sentence) = tongue.hidden([hidden.allergen, hidden.diet, hidden.unknown, hidden.country]) {
        writeln!(out, "\n{sentence}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_offers_after_without_is_understood() {
        let offered: Vec<PossibleValue> = AllergenParser.possible_values().expect("some").collect();

        assert_eq!(offered.len(), Allergen::ALL.len());
        for (value, allergen) in offered.iter().zip(Allergen::ALL) {
            assert_eq!(Allergen::parse(value.get_name()), Some(allergen));
        }
    }
}
