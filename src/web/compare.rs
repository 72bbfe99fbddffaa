//! Products side by side, with the better value of each row marked in words.

use askama::Template;
use rocket::form;
use rocket::{FromForm, Route, get, routes, uri};
use rocket_db_pools::Connection;

use crate::food::barcode::Barcode;
use crate::food::nutrition::Nutrient;
use crate::food::product::Product;
use crate::store::pool::ProductsDb;

use super::address::Address;
use super::error::Refusal;
use super::language::Speaker;
use super::page::{Frame, Page, Visit};
use super::param::Listed;
use super::piece::card::{ProductCard, has_estimated_letter};
use super::piece::nutrients;
use super::piece::swap::is_drink;
use super::product;

/// What fits side by side.
const PRODUCTS_MAX: usize = 4;
/// A comparison needs two.
const PRODUCTS_MIN: usize = 2;

/// Which products.
#[derive(FromForm)]
pub struct CompareQuery {
    codes: Vec<Listed<Barcode>>,
}

/// The address of a comparison.
pub fn address(codes: &[Barcode]) -> Address {
    let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
    Address::new(uri!(compare(_)).path().to_string()).with("codes", codes.join(","))
}

/// One product's value in a row.
struct Cell {
    text: String,
    /// Length of the bar, 0 to 100; no bar without it.
    width: Option<String>,
    best: bool,
    estimated: bool,
}

/// One row of the table.
struct Row {
    name: String,
    cells: Vec<Cell>,
}

#[derive(Template)]
#[template(path = "compare.html")]
struct ComparePage<'a> {
    frame: Frame<'a>,
    cards: Vec<ProductCard>,
    basis: String,
    rows: Vec<Row>,
    facts: Vec<Row>,
    mixed: bool,
    has_estimated_letter: bool,
    enough: bool,
}

#[get("/compare?<query..>")]
async fn compare(
    query: form::Result<'_, CompareQuery>,
    visit: Visit<'_>,
    store: Connection<ProductsDb>,
) -> Result<Page, Refusal> {
    let mut products = Vec::new();
    let mut cards = Vec::new();
    for code in Listed::joined(&query?.codes).into_iter().take(PRODUCTS_MAX) {
        products.push(store.product(code).await?.ok_or(Refusal::UnknownProduct(code))?);
        let doc = visit.snapshot.find(code).ok_or(Refusal::UnknownProduct(code))?;
        cards.push(visit.snapshot.card(doc, visit.language().lang()));
    }
    let drink = !cards.is_empty() && cards.iter().all(|card| is_drink(&card.categories, &visit));
    let basis = products.first().map(|product| nutrients::basis(product.nutrition.basis, visit.speaker));
    let cards: Vec<ProductCard> = cards.into_iter().map(|card| ProductCard::new(card, &visit)).collect();
    let page = ComparePage {
        frame: visit.frame(visit.speaker.say("compare-title")),
        basis: basis.unwrap_or_default(),
        rows: Nutrient::ALL.into_iter().map(|nutrient| row(nutrient, &products, drink, visit.speaker)).collect(),
        facts: facts(&products, visit.speaker),
        mixed: products.windows(2).any(|pair| pair[0].nutrition.basis != pair[1].nutrition.basis),
        enough: products.len() >= PRODUCTS_MIN,
        has_estimated_letter: has_estimated_letter(&cards),
        cards,
    };
    Page::show(&page, &visit)
}

/// Which way is better; none where less or more of it is neither.
fn less_is_better(nutrient: Nutrient) -> Option<bool> {
    match nutrient {
        Nutrient::Energy | Nutrient::SaturatedFat | Nutrient::Sugars | Nutrient::Salt => Some(true),
        Nutrient::Fiber | Nutrient::Proteins => Some(false),
        Nutrient::Fat | Nutrient::Carbohydrates => None,
    }
}

fn row(nutrient: Nutrient, products: &[Product], drink: bool, speaker: Speaker<'_>) -> Row {
    let amounts: Vec<_> = products.iter().map(|product| product.nutrition.amount(nutrient)).collect();
    let values = || amounts.iter().flatten().map(|amount| amount.value);
    let differ = values().any(|value| Some(value) != values().next());
    let best = less_is_better(nutrient)
        .filter(|_| differ)
        .and_then(|less| values().reduce(|best, value| if less == (value < best) { value } else { best }));
    let largest = values().fold(0.0, f64::max);
    let cell = |product: &Product| match product.nutrition.amount(nutrient) {
        None => text_cell(speaker.say("value-unknown").into_owned()),
        Some(amount) => Cell {
            text: nutrients::written_short(&product.nutrition, nutrient, speaker.language).unwrap_or_default(),
            width: Some(format!("{:.1}", nutrients::width_among(nutrient, amount.value, largest, drink))),
            best: best == Some(amount.value),
            estimated: amount.estimated,
        },
    };
    Row { name: speaker.say(nutrients::message(nutrient)).into_owned(), cells: products.iter().map(cell).collect() }
}

fn text_cell(text: String) -> Cell {
    Cell { text, width: None, best: false, estimated: false }
}

/// What is no amount: processing, allergens, diets.
fn facts(products: &[Product], speaker: Speaker<'_>) -> Vec<Row> {
    let fact = |message: &str, of: &dyn Fn(&Product) -> String| Row {
        name: speaker.say(message).into_owned(),
        cells: products.iter().map(|product| text_cell(of(product))).collect(),
    };
    let verdict = |verdict| speaker.say(product::verdict_message(verdict)).into_owned();
    vec![
        fact("compare-nova", &|product| {
            product.nova_group.map_or_else(|| speaker.say("value-unknown").into_owned(), |group| group.to_string())
        }),
        fact("compare-allergens", &|product| product::allergens(product.allergens, "allergens-none", speaker)),
        fact("compare-traces", &|product| product::allergens(product.traces, "traces-none", speaker)),
        fact("diet-vegetarian", &|product| verdict(product.analysis.vegetarian)),
        fact("diet-vegan", &|product| verdict(product.analysis.vegan)),
        fact("diet-palm-oil-free", &|product| verdict(product.analysis.palm_oil_free)),
    ]
}

/// The routes of this resource.
pub fn routes() -> Vec<Route> {
    routes![compare]
}
