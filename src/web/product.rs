//! One product: its grade and why, the way to better ones, then all that is known, and how well.

use askama::Template;
use rocket::time::OffsetDateTime;
use rocket::{Route, get, routes, uri};
use rocket_db_pools::Connection;

use crate::catalogue::snapshot::Origin;
use crate::food::allergen::Allergens;
use crate::food::barcode::Barcode;
use crate::food::diet::Verdict;
use crate::food::nutri_score::{
    Assessment, ComponentId, Grade, Missing, NutriScore, Source, Version, assess, next_grade_hint,
};
use crate::food::nutrition::Nutrient;
use crate::food::product::{Implausibility, Product};
use crate::food::substitution::{Proposals, Status, Wishes};
use crate::store::pool::ProductsDb;

use super::address::Address;
use super::category;
use super::error::Refusal;
use super::language::Speaker;
use super::page::{Frame, Page, Visit};
use super::param::Code;
use super::piece::card::ProductCard;
use super::piece::grade::{self, Badge};
use super::piece::nutrients::{self, Row};
use super::piece::points::PointsTable;
use super::piece::swap::is_drink;

/// How many better products the page names before it leads to all of them.
const TEASER_MAX: usize = 3;

/// A question and its answer in words.
struct Fact {
    question: String,
    answer: String,
    /// Class in the style: `yes`, `no`, `maybe` or `unknown`.
    class: &'static str,
}

#[derive(Template)]
#[template(path = "product.html")]
struct ProductPage<'a> {
    frame: Frame<'a>,
    card: ProductCard,
    generic_name: &'a str,
    category: Option<(String, String)>,
    scale: Vec<(Badge, bool)>,
    grade_text: String,
    grade_source: String,
    teaser: Vec<ProductCard>,
    call: String,
    has_better: bool,
    points: Option<PointsTable>,
    hint: Option<String>,
    points_note: Option<String>,
    basis: String,
    nutrients: Vec<Row>,
    some_estimated: bool,
    nova: Option<(u8, String)>,
    ingredients: Option<(&'a str, &'a str)>,
    diets: Vec<Fact>,
    allergens: String,
    traces: String,
    additives: String,
    quality: Vec<String>,
    off_url: Option<String>,
}

/// The page of a product.
pub fn address(code: Barcode) -> Address {
    Address::new(uri!(product(Code(code))).to_string())
}

#[get("/products/<code>")]
async fn product(
    code: Result<Code, Refusal>,
    visit: Visit<'_>,
    store: Connection<ProductsDb>,
) -> Result<Page, Refusal> {
    let code = code?.0;
    let product = store.product(code).await?.ok_or(Refusal::UnknownProduct(code))?;
    let doc = visit.snapshot.find(code).ok_or(Refusal::UnknownProduct(code))?;
    let answer = visit.snapshot.substitutes(doc, &Wishes { limit: TEASER_MAX, ..Wishes::default() });
    let card = visit.snapshot.card(doc, visit.language().lang());
    let drink = is_drink(&card.categories, &visit);
    let taxonomy = visit.snapshot.taxonomy();
    let kind = taxonomy.most_specific(&card.categories);
    let speaker = visit.speaker;
    let assessment = assess(&product);
    let (points, points_note) = points(&product, &assessment, speaker);
    let rows = nutrients::rows(&product.nutrition, drink, speaker);
    let page = ProductPage {
        frame: visit.frame(card.name.as_str()),
        generic_name: product.generic_name.as_ref().map_or("", |name| name.text.as_str()),
        category: kind.map(|id| (taxonomy.name(id, visit.language().lang()).to_owned(), category::href(id, &visit))),
        scale: scale(product.nutri_score, speaker),
        grade_text: speaker.say(grade_text(product.nutri_score)).into_owned(),
        grade_source: speaker.say(grade_source(product.nutri_score)).into_owned(),
        teaser: teaser(&answer, &visit),
        call: speaker.say(call(answer.status)).into_owned(),
        has_better: answer.status == Status::Found,
        points,
        hint: hint(&product, &assessment, speaker),
        points_note,
        basis: nutrients::basis(product.nutrition.basis, speaker),
        some_estimated: rows.iter().any(|row| row.estimated),
        nutrients: rows,
        nova: product.nova_group.and_then(|group| Some((group, speaker.say(nova_message(group)?).into_owned()))),
        ingredients: product.ingredients_text.as_ref().map(|text| (text.lang.as_str(), text.text.as_str())),
        diets: diets(&product, speaker),
        allergens: allergens(product.allergens, "allergens-none", speaker),
        traces: allergens(product.traces, "traces-none", speaker),
        additives: additives(&product),
        quality: quality(&product, speaker),
        off_url: (visit.snapshot.origin() == Origin::OpenFoodFacts)
            .then(|| format!("https://world.openfoodfacts.org/product/{code}")),
        card: ProductCard::new(card, &visit),
    };
    Page::show(&page, &visit)
}

fn scale(score: NutriScore, speaker: Speaker<'_>) -> Vec<(Badge, bool)> {
    let badge = |grade| {
        let is_own = score.grade() == Some(grade);
        (if is_own { Badge::of(score, speaker) } else { Badge::letter(grade, speaker) }, is_own)
    };
    Grade::ALL.into_iter().map(badge).collect()
}

fn grade_text(score: NutriScore) -> &'static str {
    match score {
        NutriScore::Graded { grade: Grade::A, .. } => "grade-text-a",
        NutriScore::Graded { grade: Grade::B, .. } => "grade-text-b",
        NutriScore::Graded { grade: Grade::C, .. } => "grade-text-c",
        NutriScore::Graded { grade: Grade::D, .. } => "grade-text-d",
        NutriScore::Graded { grade: Grade::E, .. } => "grade-text-e",
        NutriScore::NotApplicable => "grade-text-none",
        NutriScore::Unknown => "grade-text-unknown",
    }
}

fn grade_source(score: NutriScore) -> &'static str {
    match score {
        NutriScore::Graded { source: Source::Estimated, .. } => "grade-source-estimated",
        NutriScore::Graded { source: Source::Computed, .. } => "grade-source-computed",
        NutriScore::Graded { version: Version::V2021, .. } => "grade-source-2021",
        NutriScore::Graded { version: Version::Unstated, .. } => "grade-source-unstated",
        NutriScore::Graded { version: Version::V2023, .. } => "grade-source-off",
        NutriScore::NotApplicable => "grade-source-none",
        NutriScore::Unknown => "grade-source-unknown",
    }
}

fn teaser(answer: &Proposals, visit: &Visit<'_>) -> Vec<ProductCard> {
    let better = answer.substitutes.iter().map(|substitute| crate::catalogue::snapshot::Doc(substitute.doc));
    better.map(|doc| ProductCard::of(doc, visit)).collect()
}

fn call(status: Status) -> &'static str {
    match status {
        Status::Found => "product-call-found",
        Status::AlreadyBest => "product-call-already-best",
        Status::NoneFound => "product-call-none-found",
        Status::NotComparable => "product-call-not-comparable",
    }
}

/// The points behind the grade, and a remark where they do not give the grade that is shown.
fn points(product: &Product, assessment: &Assessment, speaker: Speaker<'_>) -> (Option<PointsTable>, Option<String>) {
    match assessment {
        Assessment::Scored(scored) => {
            let differs = product.nutri_score.grade().is_some_and(|grade| grade != scored.grade);
            let note = differs.then(|| speaker.say("points-differ").into_owned());
            (Some(PointsTable::of(scored, speaker)), note)
        }
        Assessment::NotApplicable(_) => (None, Some(speaker.say("points-not-applicable").into_owned())),
        Assessment::Missing(missing) => (None, Some(missing_text(missing, speaker))),
    }
}

/// What would make it one letter better, where the points are those of the letter shown.
fn hint(product: &Product, assessment: &Assessment, speaker: Speaker<'_>) -> Option<String> {
    let Assessment::Scored(scored) = assessment else { return None };
    let hint = next_grade_hint(scored).filter(|_| product.nutri_score.grade() == Some(scored.grade))?;
    let amount = format!("{}\u{a0}g", speaker.language.decimal(hint.less_g()));
    let message = match hint.id {
        ComponentId::Sugars => "hint-sugars",
        ComponentId::SaturatedFat => "hint-saturated-fat",
        ComponentId::Salt => "hint-salt",
        _ => return None,
    };
    Some(speaker.say_with(message, &[("amount", amount.into()), ("letter", grade::capital(hint.grade).into())]))
}

fn missing_text(missing: &[Missing], speaker: Speaker<'_>) -> String {
    let names: Vec<String> = missing
        .iter()
        .map(|missing| match missing {
            Missing::Category => speaker.say("missing-category"),
            Missing::Preparation => speaker.say("missing-preparation"),
            Missing::Nutrient(nutrient) => speaker.say(nutrients::message(*nutrient)),
        })
        .map(|name| name.to_lowercase())
        .collect();
    speaker.say_with("points-missing", &[("list", names.join(", ").into())])
}

fn nova_message(group: u8) -> Option<&'static str> {
    Some(match group {
        1 => "nova-1",
        2 => "nova-2",
        3 => "nova-3",
        4 => "nova-4",
        _ => return None,
    })
}

fn diets(product: &Product, speaker: Speaker<'_>) -> Vec<Fact> {
    let analysis = product.analysis;
    [
        ("diet-vegetarian", analysis.vegetarian),
        ("diet-vegan", analysis.vegan),
        ("diet-palm-oil-free", analysis.palm_oil_free),
    ]
    .map(|(question, verdict)| Fact {
        question: speaker.say(question).into_owned(),
        answer: speaker.say(verdict_message(verdict)).into_owned(),
        class: verdict_class(verdict),
    })
    .into()
}

/// What a verdict says.
pub fn verdict_message(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "verdict-yes",
        Verdict::No => "verdict-no",
        Verdict::Maybe => "verdict-maybe",
        Verdict::Unknown => "verdict-unknown",
    }
}

fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::Maybe => "maybe",
        Verdict::Unknown => "unknown",
    }
}

/// Their names; `none` where it is known that there are none. What nobody has said is said to be unknown.
pub fn allergens(allergens: Option<Allergens>, none: &str, speaker: Speaker<'_>) -> String {
    let Some(allergens) = allergens else { return speaker.say("allergens-unknown").into_owned() };
    let mut names: Vec<String> =
        allergens.iter().map(|allergen| allergen.name(speaker.language.lang()).to_owned()).collect();
    if allergens.has_other() {
        names.push(speaker.say("allergens-other").into_owned());
    }
    // Only the first one begins the answer.
    names.iter_mut().skip(1).for_each(|name| *name = name.to_lowercase());
    if names.is_empty() { speaker.say(none).into_owned() } else { names.join(", ") }
}

fn additives(product: &Product) -> String {
    let code = |tag: &String| tag.rsplit(':').next().unwrap_or(tag).to_uppercase();
    product.additives.iter().map(code).collect::<Vec<_>>().join(", ")
}

/// What a reader should know about the record itself.
fn quality(product: &Product, speaker: Speaker<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(reason) = product.implausible {
        lines.push(speaker.say(implausible_message(reason)).into_owned());
    }
    if !product.code.has_valid_check_digit() {
        lines.push(speaker.say("quality-check-digit").into_owned());
    }
    let unknown = Nutrient::ALL.into_iter().filter(|nutrient| product.nutrition.amount(*nutrient).is_none());
    let unknown: Vec<String> =
        unknown.map(|nutrient| speaker.say(nutrients::message(nutrient)).to_lowercase()).collect();
    if !unknown.is_empty() {
        lines.push(speaker.say_with("quality-unknown-values", &[("list", unknown.join(", ").into())]));
    }
    if let Some(date) = date(product.last_modified_t, speaker) {
        lines.push(speaker.say_with("quality-modified", &[("date", date.into())]));
    }
    lines
}

fn implausible_message(reason: Implausibility) -> &'static str {
    match reason {
        Implausibility::NutrientSum => "quality-nutrient-sum",
        Implausibility::PartExceedsWhole => "quality-part-exceeds-whole",
        Implausibility::Energy => "quality-energy",
        Implausibility::DataQualityError => "quality-reported-error",
        Implausibility::Obsolete => "quality-obsolete",
    }
}

/// A day in words; none where it is not known.
fn date(unix_s: i64, speaker: Speaker<'_>) -> Option<String> {
    let moment = (unix_s > 0).then(|| OffsetDateTime::from_unix_timestamp(unix_s).ok()).flatten()?;
    let (year, month, day) = moment.to_calendar_date();
    Some(speaker.say_with(
        "date",
        &[
            ("day", day.to_string().into()),
            ("month", f64::from(u8::from(month)).into()),
            ("year", year.to_string().into()),
        ],
    ))
}

/// The routes of this resource.
pub fn routes() -> Vec<Route> {
    routes![product]
}
