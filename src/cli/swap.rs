//! `foodswap swap CODE|TEXT`.

use std::ffi::OsStr;
use std::io::Write;

use anyhow::{anyhow, bail};
use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Args, Command, ValueEnum};

use super::tongue::Tongue;
use super::{Common, output, place};
use crate::catalogue::search::SearchRequest;
use crate::catalogue::snapshot::{Doc, Snapshot};
use crate::food::allergen::{Allergen, Allergens};
use crate::food::barcode::Barcode;
use crate::food::country::Country;
use crate::food::product::Lang;
use crate::food::substitution::{Lane, Status, Wishes};
use crate::web::api::SubstitutesAnswer;

/// Matches of a text among which one is looked for that can be compared: further down they are other foods.
const MATCHES_LOOKED_AT: usize = 5;

#[derive(Debug, Args)]
pub(super) struct SwapArguments {
    /// A barcode, or words: the best match that can be compared is taken
    #[arg(required = true, value_name = "CODE|TEXT")]
    what: Vec<String>,
    /// Print JSON, in the shape of the API
    #[arg(long)]
    json: bool,
    /// At most so many proposals
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=50))]
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
            let known: Vec<&str> = Allergen::ALL.into_iter().map(word).collect();
            let says = format!("--without: `{text}` is no allergen we know; they are {}\n", known.join(", "));
            clap::Error::raw(ErrorKind::InvalidValue, says).with_cmd(command)
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue>>> {
        Some(Box::new(Allergen::ALL.into_iter().map(|allergen| PossibleValue::new(word(allergen)))))
    }
}

/// A word for it without spaces.
fn word(allergen: Allergen) -> &'static str {
    allergen.tag().trim_start_matches("en:")
}

impl SwapArguments {
    fn wishes(&self) -> anyhow::Result<Wishes> {
        let mut without = Allergens::NONE;
        for allergen in &self.without {
            without.insert(*allergen);
        }
        Ok(Wishes {
            lane: self.lane.map(|lane| match lane {
                LaneArgument::Same => Lane::Same,
                LaneArgument::Bolder => Lane::Bolder,
            }),
            without,
            vegan: self.diet.contains(&DietArgument::Vegan),
            vegetarian: self.diet.contains(&DietArgument::Vegetarian),
            palm_oil_free: self.diet.contains(&DietArgument::PalmOilFree),
            country: self.place.country()?,
            limit: self.limit.into(),
        })
    }
}

pub(super) fn run(common: &Common, arguments: &SwapArguments) -> anyhow::Result<()> {
    let lang = arguments.place.lang()?;
    let wishes = arguments.wishes()?;
    let snapshot = place::snapshot(common)?;
    let original = named(&snapshot, &arguments.what.join(" "), lang, wishes.country)?;
    let answer = SubstitutesAnswer::new(&snapshot, original, &wishes, lang);
    let mut out = output::output();
    if arguments.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
    } else {
        print(&mut out, &answer, Tongue::of(lang))?;
    }
    Ok(())
}

/// The product with this barcode, or the best match of these words that can be compared with others.
fn named(snapshot: &Snapshot, what: &str, lang: Lang, country: Option<Country>) -> anyhow::Result<Doc> {
    if let Ok(code) = what.parse::<Barcode>() {
        return snapshot.find(code).ok_or_else(|| anyhow!(Tongue::of(lang).no_product(&code.to_string())));
    }
    let request = SearchRequest {
        text: what.to_owned(),
        lang,
        prefer_country: country,
        country: None,
        grades: Vec::new(),
        category: None,
        offset: 0,
        limit: MATCHES_LOOKED_AT,
    };
    let docs = snapshot.search(&request).docs;
    let is_comparable = |doc: &&Doc| snapshot.substitutes(**doc, &Wishes::default()).status != Status::NotComparable;
    match docs.iter().find(is_comparable).or(docs.first()) {
        Some(doc) => Ok(*doc),
        None => bail!(Tongue::of(lang).nothing_found(what)),
    }
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
