//! What to buy instead of a product, and why; what was hidden, and why.

use askama::Template;
use rocket::form;
use rocket::{FromForm, Route, get, routes, uri};

use crate::food::allergen::Allergen;
use crate::food::barcode::Barcode;
use crate::food::country::Country;
use crate::food::substitution::{Hidden, Lane, Proposals, Status, Wishes};

use super::address::Address;
use super::category;
use super::error::Refusal;
use super::language::{Language, Speaker};
use super::page::{Frame, Page, Visit};
use super::param::{Code, Diet, Given, Listed};
use super::piece::card::{ProductCard, has_estimated_letter};
use super::piece::chips::{Chip, Choice};
use super::piece::swap::SwapCard;
use super::search;

/// Enough to choose from, few enough to read on a phone.
const SUBSTITUTES_MAX: usize = 8;
/// The countries that the form offers; the address takes any.
const COUNTRIES: [&str; 21] = [
    "fr", "be", "ch", "lu", "ca", "de", "at", "es", "pt", "it", "nl", "gb", "ie", "pl", "se", "us", "au", "ma", "dz",
    "tn", "re",
];

/// What the shopper asks for, as the address says it.
#[derive(Debug, Clone, PartialEq, FromForm)]
pub struct WishQuery {
    without: Vec<Listed<Allergen>>,
    diet: Vec<Listed<Diet>>,
    country: Given<Country>,
    lane: Given<Lane>,
}

/// The address of the substitutes of a product.
pub fn address(code: Barcode) -> Address {
    Address::new(uri!(substitutes(Code(code), _)).path().to_string())
}

impl WishQuery {
    fn without(&self) -> Vec<Allergen> {
        Listed::joined(&self.without)
    }

    fn diets(&self) -> Vec<Diet> {
        Listed::joined(&self.diet)
    }

    fn wishes(&self) -> Wishes {
        let diets = self.diets();
        Wishes {
            lane: self.lane.0,
            without: self.without().into_iter().collect(),
            vegan: diets.contains(&Diet::Vegan),
            vegetarian: diets.contains(&Diet::Vegetarian),
            palm_oil_free: diets.contains(&Diet::PalmOilFree),
            country: self.country.0,
            limit: SUBSTITUTES_MAX,
        }
    }

    fn address(&self, code: Barcode) -> Address {
        let address = self.without().iter().fold(address(code), |to, allergen| to.with("without", allergen.word()));
        let address = self.diets().iter().fold(address, |to, diet| to.with("diet", diet.word()));
        address.with_some("country", self.country.0.map(Country::code)).with_some("lane", self.lane.0.map(lane_word))
    }

    fn chips(&self, code: Barcode, speaker: Speaker<'_>) -> Vec<Chip> {
        let mut chips = Vec::new();
        let without = self.without();
        for avoided in &without {
            let others = without.iter().copied().filter(|allergen| allergen != avoided).collect();
            let query = Self { without: vec![Listed(others)], ..self.clone() };
            let name = avoided.name(speaker.language.lang()).to_lowercase();
            chips.push(Chip::new(speaker.say_with("wish-without", &[("allergen", name.into())]), &query.address(code)));
        }
        let diets = self.diets();
        for kept in &diets {
            let others = diets.iter().copied().filter(|diet| diet != kept).collect();
            let query = Self { diet: vec![Listed(others)], ..self.clone() };
            chips.push(Chip::new(speaker.say(diet_message(*kept)), &query.address(code)));
        }
        if let Some(country) = self.country.0 {
            let query = Self { country: Given(None), ..self.clone() };
            let name = country.name(speaker.language.lang());
            chips.push(Chip::new(speaker.say_with("wish-country", &[("country", name.into())]), &query.address(code)));
        }
        if let Some(lane) = self.lane.0 {
            let query = Self { lane: Given(None), ..self.clone() };
            chips.push(Chip::new(speaker.say(lane_message(lane)), &query.address(code)));
        }
        chips
    }
}

/// One lane of the answer.
struct LaneSection {
    id: &'static str,
    title: String,
    intro: String,
    swaps: Vec<SwapCard>,
}

/// What a wish hid, and the same page without that wish.
struct HiddenLine {
    text: String,
    show_href: String,
}

#[derive(Template)]
#[template(path = "substitutes.html")]
struct SubstitutesPage<'a> {
    frame: Frame<'a>,
    original: ProductCard,
    summary: String,
    advice: String,
    found: bool,
    avoids_allergens: bool,
    lanes: Vec<LaneSection>,
    has_estimated_letter: bool,
    hidden: Vec<HiddenLine>,
    chips: Vec<Chip>,
    action: String,
    plain_href: String,
    category_href: Option<String>,
    similar_href: String,
    allergens: Vec<Choice>,
    diets: Vec<Choice>,
    countries: Vec<Choice>,
    lane_choices: Vec<Choice>,
}

#[get("/products/<code>/substitutes?<query..>")]
fn substitutes(
    code: Result<Code, Refusal>,
    query: form::Result<'_, WishQuery>,
    visit: Visit<'_>,
) -> Result<Page, Refusal> {
    let (code, query) = (code?.0, query?);
    let doc = visit.snapshot.find(code).ok_or(Refusal::UnknownProduct(code))?;
    let original = visit.snapshot.card(doc, visit.language().lang());
    let answer = visit.snapshot.substitutes(doc, &query.wishes());
    let speaker = visit.speaker;
    let (summary, advice) = status_messages(answer.status, answer.hidden != Hidden::default());
    let lanes = Lane::both_from(answer.substitutes.first().map(|first| first.lane)).map(|lane| LaneSection {
        id: lane_word(lane),
        title: speaker.say(lane_message(lane)).into_owned(),
        intro: speaker.say(lane_intro(lane)).into_owned(),
        swaps: swaps(&answer, lane, &original, &visit),
    });
    let original_card = ProductCard::new(original.clone(), &visit);
    let shown = lanes.iter().flat_map(|lane| &lane.swaps).map(|swap| &swap.product);
    let has_estimated_letter = has_estimated_letter(shown.chain([&original_card]));
    let title = speaker.say_with("substitutes-title", &[("name", original.name.as_str().into())]);
    let page = SubstitutesPage {
        summary: speaker.say_with(summary, &[("number", (answer.substitutes.len() as u32).into())]),
        advice: speaker.say(advice).into_owned(),
        found: answer.status == Status::Found,
        avoids_allergens: !query.without().is_empty(),
        lanes: lanes.into_iter().filter(|lane| !lane.swaps.is_empty()).collect(),
        hidden: hidden(&answer.hidden, &query, code, speaker),
        chips: query.chips(code, speaker),
        action: address(code).to_string(),
        plain_href: address(code).to_string(),
        category_href: category::href_of(&original.categories, &visit),
        similar_href: search::address(&original.name).to_string(),
        allergens: allergen_choices(&query.without(), visit.language()),
        diets: diet_choices(&query.diets(), speaker),
        countries: country_choices(query.country.0, visit.language()),
        lane_choices: lane_choices(query.lane.0, speaker),
        frame: visit.frame(title),
        original: original_card,
        has_estimated_letter,
    };
    Page::show(&page, &visit)
}

impl WishQuery {
    fn without_wishes(&self) -> Self {
        Self { without: Vec::new(), diet: Vec::new(), country: Given(None), lane: self.lane }
    }
}

fn swaps(
    answer: &Proposals,
    lane: Lane,
    original: &crate::catalogue::snapshot::Card,
    visit: &Visit<'_>,
) -> Vec<SwapCard> {
    let in_lane = answer.substitutes.iter().filter(|substitute| substitute.lane == lane);
    in_lane.map(|substitute| SwapCard::new(original, substitute, visit)).collect()
}

/// What to say of an outcome, and what to advise.
fn status_messages(status: Status, has_hidden: bool) -> (&'static str, &'static str) {
    match status {
        Status::Found => ("status-found", "status-found-advice"),
        Status::AlreadyBest => ("status-already-best", "status-already-best-advice"),
        Status::NoneFound if has_hidden => ("status-none-found", "status-none-found-wishes"),
        Status::NoneFound => ("status-none-found", "status-none-found-advice"),
        Status::NotComparable => ("status-not-comparable", "status-not-comparable-advice"),
    }
}

fn hidden(hidden: &Hidden, query: &WishQuery, code: Barcode, speaker: Speaker<'_>) -> Vec<HiddenLine> {
    let without_allergens = WishQuery { without: Vec::new(), ..query.clone() };
    let without_diet = WishQuery { diet: Vec::new(), ..query.clone() };
    let without_country = WishQuery { country: Given(None), ..query.clone() };
    let lines = [
        (hidden.allergen, "hidden-allergen", without_allergens),
        (hidden.diet, "hidden-diet", without_diet),
        (hidden.unknown, "hidden-unknown", query.without_wishes()),
        (hidden.country, "hidden-country", without_country),
    ];
    lines
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, message, query)| HiddenLine {
            text: speaker.say_with(
                message,
                &[("number", number.into()), ("count", speaker.language.count(number.into()).into())],
            ),
            show_href: query.address(code).to_string(),
        })
        .collect()
}

fn allergen_choices(chosen: &[Allergen], language: Language) -> Vec<Choice> {
    let choice = |allergen: Allergen| Choice {
        value: allergen.word().to_owned(),
        label: allergen.name(language.lang()).to_owned(),
        chosen: chosen.contains(&allergen),
    };
    Allergen::ALL.into_iter().map(choice).collect()
}

fn diet_choices(chosen: &[Diet], speaker: Speaker<'_>) -> Vec<Choice> {
    let choice = |diet: Diet| Choice {
        value: diet.word().to_owned(),
        label: speaker.say(diet_message(diet)).into_owned(),
        chosen: chosen.contains(&diet),
    };
    Diet::ALL.into_iter().map(choice).collect()
}

/// The countries of a form, by name, with the chosen one among them.
pub fn country_choices(chosen: Option<Country>, language: Language) -> Vec<Choice> {
    let offered = COUNTRIES.iter().filter_map(|code| Country::from_code(code));
    let mut countries: Vec<Country> = offered.chain(chosen).collect();
    countries.sort_by_key(|country| country.name(language.lang()));
    countries.dedup();
    let choice = |country: Country| Choice {
        value: country.code().to_owned(),
        label: country.name(language.lang()).to_owned(),
        chosen: chosen == Some(country),
    };
    countries.into_iter().map(choice).collect()
}

fn lane_choices(chosen: Option<Lane>, speaker: Speaker<'_>) -> Vec<Choice> {
    let choice = |lane: Lane| Choice {
        value: lane_word(lane).to_owned(),
        label: speaker.say(lane_message(lane)).into_owned(),
        chosen: chosen == Some(lane),
    };
    [Lane::Same, Lane::Bolder].into_iter().map(choice).collect()
}

fn lane_word(lane: Lane) -> &'static str {
    match lane {
        Lane::Same => "same",
        Lane::Bolder => "bolder",
    }
}

fn lane_message(lane: Lane) -> &'static str {
    match lane {
        Lane::Same => "lane-same",
        Lane::Bolder => "lane-bolder",
    }
}

fn lane_intro(lane: Lane) -> &'static str {
    match lane {
        Lane::Same => "lane-same-intro",
        Lane::Bolder => "lane-bolder-intro",
    }
}

fn diet_message(diet: Diet) -> &'static str {
    match diet {
        Diet::Vegan => "diet-vegan",
        Diet::Vegetarian => "diet-vegetarian",
        Diet::PalmOilFree => "diet-palm-oil-free",
    }
}

/// The routes of this resource.
pub fn routes() -> Vec<Route> {
    routes![substitutes]
}
