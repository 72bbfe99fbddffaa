//! `GET /api/v1/products/<code>/substitutes`.

#![expect(unused_qualifications, reason = "in what the macros write")]

use std::sync::Arc;

use rocket::{State, get};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::super::param::{Diet, Word};
use super::answer::Answer;
use super::attribution;
use super::parameters::{LangParameter, Parameters};
use super::problem::Problem;
use super::view::CardView;
use crate::catalogue::Catalogue;
use crate::catalogue::snapshot::{Doc, Snapshot};
use crate::food::allergen::Allergen;
use crate::food::barcode::Barcode;
use crate::food::explanation;
use crate::food::nutri_score::{Grade, NutriScore};
use crate::food::nutrition::Nutrient;
use crate::food::product::Lang;
use crate::food::substitution::{Hidden, LIMIT_DEFAULT, LIMIT_MAX, Lane, Reason, Status, Substitute, Wishes};

/// The query of a request for substitutes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query for OpenAPI; `Parameters` reads it")]
pub struct SubstitutesParameters {
    /// At most so many proposals.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<usize>,
    /// `same` for the same use, `bolder` for another food of the same occasion, `both` (default).
    #[param(pattern = "^(same|bolder|both)$")]
    lane: Option<String>,
    /// Allergens to avoid, traces included, separated by commas: `milk,gluten`.
    without: Option<String>,
    /// `vegan`, `vegetarian`, `palm-oil-free`, separated by commas.
    diet: Option<String>,
    /// Only products known to be sold there: an ISO 3166-1 code such as `fr`.
    country: Option<String>,
}

/// Healthier products to buy instead.
#[derive(Serialize, ToSchema)]
pub struct SubstitutesAnswer {
    /// The product that was asked about.
    pub product: CardView,
    /// `found`, `already-best`, `none-found` or `not-comparable`.
    #[schema(value_type = String, pattern = "^(found|already-best|none-found|not-comparable)$")]
    pub status: Status,
    /// The status in a sentence.
    pub text: String,
    /// How many better products each wish hid.
    pub hidden: HiddenView,
    /// The proposals, the best first in each lane. The same use comes first, unless it gains little and another food that
    /// serves the occasion gains more.
    pub substitutes: Vec<SubstituteView>,
    /// Who made the data, and its licence.
    attribution: &'static str,
}

/// How many better products each wish hid.
#[derive(Serialize, ToSchema)]
pub struct HiddenView {
    /// They contain an allergen to avoid, or traces of it.
    pub allergen: u32,
    /// They are known not to fit the diet.
    pub diet: u32,
    /// Nobody has said whether they are safe, or fit the diet.
    pub unknown: u32,
    /// They are not known to be sold in the country.
    pub country: u32,
}

/// One proposal.
#[derive(Serialize, ToSchema)]
pub struct SubstituteView {
    /// What to buy instead.
    pub product: CardView,
    /// `same` use, or `bolder`.
    #[schema(value_type = String, pattern = "^(same|bolder)$")]
    pub lane: Lane,
    /// The most specific category that both are in.
    shared_category: Option<String>,
    /// How much better.
    pub gain: GainView,
    /// Per nutrient, the most telling first; the Nutri-Score alone where no nutrient of both is known.
    pub reasons: Vec<ReasonView>,
    /// Of sugars, saturated fat and salt those that one of both does not state: there it may be worse.
    #[schema(value_type = Vec<String>)]
    untold: Vec<Nutrient>,
    /// The reasons in a sentence, with what is untold.
    pub text: String,
    /// The NOVA groups from and to, where the substitute's is worse.
    #[schema(min_items = 2, max_items = 2)]
    worse_nova: Option<Vec<u8>>,
    /// Tags of allergens that it contains and the original is known not to contain.
    added_allergens: Vec<&'static str>,
    /// Whether it contains an allergen that is not one of the fourteen, or not understood, and the original is known
    /// not to contain one.
    added_other_allergens: bool,
}

/// How much better.
#[derive(Serialize, ToSchema)]
pub struct GainView {
    /// Grades, 0 to 4.
    pub grades: u8,
    /// Nutri-Score points less, where both are known.
    score: Option<i16>,
}

/// One nutrient, per 100 g or 100 ml; or the Nutri-Score, where no nutrient of both is known.
#[derive(Serialize, ToSchema)]
pub struct ReasonView {
    /// `sugars`, `salt`, `saturated_fat` …; null for the Nutri-Score.
    #[schema(value_type = Option<String>)]
    nutrient: Option<Nutrient>,
    /// The letter of the original; for the Nutri-Score only.
    #[serde(skip_serializing_if = "Option::is_none")]
    from_grade: Option<&'static str>,
    /// The letter of the substitute; for the Nutri-Score only.
    #[serde(skip_serializing_if = "Option::is_none")]
    to_grade: Option<&'static str>,
    /// Grams in the original; null for energy.
    from_g: Option<f64>,
    /// Grams in the substitute; null for energy.
    to_g: Option<f64>,
    /// Kilojoules in the original; for energy only.
    from_kj: Option<f64>,
    /// Kilojoules in the substitute; for energy only.
    to_kj: Option<f64>,
    /// The change in percent of the original; null where that is 0.
    change_percent: Option<f64>,
    /// Whether it is for the better.
    better: bool,
    /// Whether a value is an estimate.
    estimated: bool,
}

/// What to buy instead of a product, with the reasons.
#[utoipa::path(
    get, path = "/api/v1/products/{code}/substitutes", tag = "catalogue",
    params(("code" = String, Path, description = "Barcode", example = "2000000000015", pattern = "^[0-9]{1,24}$"), SubstitutesParameters, LangParameter),
    responses(
        (status = 200, body = SubstitutesAnswer),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/api/v1/products/<code>/substitutes")]
pub fn substitutes(
    code: &str,
    parameters: Parameters,
    catalogue: &State<Arc<Catalogue>>,
) -> Result<Answer<SubstitutesAnswer>, Problem> {
    let code: Barcode = code.parse().map_err(Problem::barcode)?;
    let lang = parameters.lang()?;
    let wishes = wishes(&parameters)?;
    let snapshot = catalogue.snapshot();
    let original = snapshot.find(code).ok_or_else(|| Problem::unknown_product(code))?;
    Ok(Answer::found(SubstitutesAnswer::new(&snapshot, original, &wishes, lang)))
}

/// Reads what the shopper asks for.
fn wishes(parameters: &Parameters) -> Result<Wishes, Problem> {
    let lane = match parameters.text("lane") {
        None | Some("both") => None,
        Some(word) => Some(
            Lane::read(word)
                .ok_or_else(|| Problem::parameter("lane", format!("`{word}` is no lane; use same, bolder or both")))?,
        ),
    };
    let diets = parameters.list("diet", |word| {
        Diet::read(word)
            .ok_or_else(|| format!("`{word}` is no diet we know; they are {}", Diet::ALL.map(Diet::word).join(", ")))
    })?;
    Ok(Wishes {
        lane,
        without: parameters.without()?,
        vegan: diets.contains(&Diet::Vegan),
        vegetarian: diets.contains(&Diet::Vegetarian),
        palm_oil_free: diets.contains(&Diet::PalmOilFree),
        country: parameters.country()?,
        limit: parameters.number("limit", LIMIT_DEFAULT, LIMIT_MAX)?,
    })
}

impl SubstitutesAnswer {
    /// Asks a snapshot what to buy instead, and shows the answer.
    pub fn new(snapshot: &Snapshot, original: Doc, wishes: &Wishes, lang: Lang) -> Self {
        let proposals = snapshot.substitutes(original, wishes);
        let card = snapshot.card(original, lang);
        let original = card.nutri_score;
        let shown = |substitute| SubstituteView::new(snapshot, original, substitute, lang);
        Self {
            product: CardView::new(snapshot, card),
            status: proposals.status,
            text: explanation::status(proposals.status, &proposals.hidden, lang),
            hidden: proposals.hidden.into(),
            substitutes: proposals.substitutes.into_iter().map(shown).collect(),
            attribution: attribution(snapshot.origin()),
        }
    }
}

impl SubstituteView {
    fn new(snapshot: &Snapshot, original: NutriScore, substitute: Substitute, lang: Lang) -> Self {
        let card = snapshot.card(Doc(substitute.doc), lang);
        let reasons = if substitute.is_by_letter_alone() {
            vec![ReasonView::of_letters(original, card.nutri_score)]
        } else {
            substitute.reasons.iter().map(ReasonView::from).collect()
        };
        Self {
            product: CardView::new(snapshot, card),
            lane: substitute.lane,
            shared_category: substitute.shared_category.map(|id| snapshot.taxonomy().tag(id).to_owned()),
            gain: GainView { grades: substitute.gain.grades, score: substitute.gain.score },
            text: explanation::text(&substitute, lang),
            reasons,
            untold: substitute.untold,
            worse_nova: substitute.worse_nova.map(|(from, to)| vec![from, to]),
            added_allergens: substitute.added_allergens.iter().map(Allergen::tag).collect(),
            added_other_allergens: substitute.added_allergens.has_other(),
        }
    }
}

impl ReasonView {
    /// The letters alone.
    fn of_letters(from: NutriScore, to: NutriScore) -> Self {
        Self {
            nutrient: None,
            from_grade: from.grade().map(Grade::as_str),
            to_grade: to.grade().map(Grade::as_str),
            from_g: None,
            to_g: None,
            from_kj: None,
            to_kj: None,
            change_percent: None,
            better: true,
            estimated: from.is_estimated() || to.is_estimated(),
        }
    }
}

impl From<&Reason> for ReasonView {
    fn from(reason: &Reason) -> Self {
        let energy = reason.nutrient == Nutrient::Energy;
        let grams = |value: f64| (!energy).then_some(value);
        let kilojoules = |value: f64| energy.then_some(value);
        Self {
            nutrient: Some(reason.nutrient),
            from_grade: None,
            to_grade: None,
            from_g: grams(reason.from),
            to_g: grams(reason.to),
            from_kj: kilojoules(reason.from),
            to_kj: kilojoules(reason.to),
            change_percent: reason.change_percent,
            better: reason.better,
            estimated: reason.estimated,
        }
    }
}

impl From<Hidden> for HiddenView {
    fn from(hidden: Hidden) -> Self {
        let Hidden { allergen, diet, unknown, country } = hidden;
        Self { allergen, diet, unknown, country }
    }
}
