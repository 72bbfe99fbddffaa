//! `GET /api/v1/products/<code>`.

use rocket::{State, get};
use rocket_db_pools::Connection;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

use super::answer::Answer;
use super::attribution;
use super::parameters::{LangParameter, Parameters};
use super::problem::Problem;
use super::view::{CardView, ComponentView, NutriScoreView, image_url};
use crate::catalogue::Catalogue;
use crate::catalogue::snapshot::Origin;
use crate::food::allergen::{Allergen, Allergens};
use crate::food::barcode::Barcode;
use crate::food::country::Country;
use crate::food::diet::Verdict;
use crate::food::nutri_score::{Assessment, assess};
use crate::food::nutrition::{Basis, Nutrient, Nutrition};
use crate::food::product::{Lang, Product};
use crate::store::pool::ProductsDb;

/// A product and where its data comes from.
#[derive(Serialize, ToSchema)]
pub struct ProductAnswer {
    /// The product.
    product: ProductView,
    /// Who made the data, and its licence.
    attribution: &'static str,
}

/// Everything that is known of a product.
#[derive(Serialize, ToSchema)]
pub struct ProductView {
    /// What a list shows of it.
    #[serde(flatten)]
    card: CardView,
    /// What it contains.
    nutrition: NutritionView,
    /// Tags of allergens, of the fourteen that must be declared in the EU; null where nobody has named or excluded any
    /// of them.
    allergens: Option<Vec<&'static str>>,
    /// Tags of allergens that it may contain traces of; null where nobody has named or excluded any.
    traces: Option<Vec<&'static str>>,
    /// Whether it contains a further allergen: it names an allergen that is not one of the fourteen, or not
    /// understood. If so, nothing that `allergens` leaves out is known to be absent.
    other_allergens: bool,
    /// Whether it may contain traces of a further allergen: it names an allergen that is not one of the fourteen, or
    /// not understood. If so, nothing that `traces` leaves out is known to be absent.
    other_traces: bool,
    /// Label tags.
    labels: Vec<String>,
    /// Additive tags.
    additives: Vec<String>,
    /// Diets.
    analysis: AnalysisView,
    /// The list of ingredients as written.
    ingredients_text: Option<String>,
    /// ISO 3166-1 codes of the countries where it is sold; empty where nobody has said.
    countries: Vec<&'static str>,
    /// Shops.
    stores: Vec<String>,
    /// When the record was last changed, UNIX seconds; null if unknown.
    updated_at: Option<i64>,
    /// Why it is never proposed as a substitute, if so.
    #[schema(value_type = Option<String>)]
    implausible: Option<crate::food::product::Implausibility>,
    /// Its page at Open Food Facts; null for the generic foods of the starter catalogue.
    off_url: Option<String>,
}

/// What a food contains.
#[derive(Serialize, ToSchema)]
pub struct NutritionView {
    /// `100g` or `100ml`.
    #[schema(value_type = String, pattern = "^100(g|ml)$")]
    per: &'static str,
    /// Energy, kJ.
    energy_kj: Option<f64>,
    /// Energy, kcal: as stated; kJ / 4.184 where it is not.
    energy_kcal: Option<f64>,
    /// Fat, g.
    fat_g: Option<f64>,
    /// Saturated fat, g.
    saturated_fat_g: Option<f64>,
    /// Carbohydrates, g.
    carbohydrates_g: Option<f64>,
    /// Sugars, g.
    sugars_g: Option<f64>,
    /// Fibre, g.
    fiber_g: Option<f64>,
    /// Protein, g.
    proteins_g: Option<f64>,
    /// Salt, g.
    salt_g: Option<f64>,
    /// Names of the values that are estimates and not from the label.
    #[schema(value_type = Vec<String>)]
    estimated: Vec<Nutrient>,
}

/// Diets: `yes`, `no`, `maybe` or `unknown`.
#[derive(Serialize, ToSchema)]
pub struct AnalysisView {
    /// Nothing from animals.
    #[schema(value_type = String, pattern = "^(yes|no|maybe|unknown)$")]
    vegan: Verdict,
    /// No meat or fish.
    #[schema(value_type = String, pattern = "^(yes|no|maybe|unknown)$")]
    vegetarian: Verdict,
    /// No palm oil.
    #[schema(value_type = String, pattern = "^(yes|no|maybe|unknown)$")]
    palm_oil_free: Verdict,
}

/// Everything that is known of a product.
#[utoipa::path(
    get, path = "/api/v1/products/{code}", tag = "catalogue",
    params(
        ("code" = String, Path, description = "Barcode", example = "2000000000015", pattern = "^[0-9]{1,24}$"),
        LangParameter,
    ),
    responses(
        (status = 200, body = ProductAnswer),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
#[get("/api/v1/products/<code>")]
pub async fn product(
    code: &str,
    parameters: Parameters,
    catalogue: &State<Arc<Catalogue>>,
    store: Connection<ProductsDb>,
) -> Result<Answer<ProductAnswer>, Problem> {
    let code: Barcode = code.parse().map_err(Problem::barcode)?;
    let lang = parameters.lang()?;
    let product = stored(&store, code).await?.ok_or_else(|| Problem::unknown_product(code))?;
    let origin = catalogue.snapshot().origin();
    Ok(Answer::found(ProductAnswer {
        product: ProductView::new(product, lang, origin),
        attribution: attribution(origin),
    }))
}

/// Reads a full record; a failing store is a problem for the client and an error in the log.
pub async fn stored(store: &Connection<ProductsDb>, code: Barcode) -> Result<Option<Product>, Problem> {
    store.product(code).await.map_err(|error| {
        tracing::error!(%code, %error, "the store did not give a product");
        Problem::store_busy()
    })
}

impl ProductView {
    fn new(product: Product, lang: Lang, origin: Origin) -> Self {
        let code = product.code.to_string();
        let components = match assess(&product) {
            Assessment::Scored(scored) => {
                Some(scored.components.iter().map(|line| ComponentView::new(&scored, line)).collect())
            }
            Assessment::NotApplicable(_) | Assessment::Missing(_) => None,
        };
        // An empty list would say that there is none.
        let told = |allergens: Option<Allergens>| allergens.filter(|set| *set != Allergens::OTHER);
        let tags = |allergens| told(allergens).map(|set| set.iter().map(Allergen::tag).collect());
        Self {
            nutrition: (&product.nutrition).into(),
            allergens: tags(product.allergens),
            traces: tags(product.traces),
            other_allergens: product.allergens.is_some_and(Allergens::has_other),
            other_traces: product.traces.is_some_and(Allergens::has_other),
            analysis: AnalysisView {
                vegan: product.analysis.vegan,
                vegetarian: product.analysis.vegetarian,
                palm_oil_free: product.analysis.palm_oil_free,
            },
            countries: product.countries.iter().map(Country::code).collect(),
            updated_at: Some(product.last_modified_t).filter(|time| *time > 0),
            implausible: product.implausible,
            off_url: (origin == Origin::OpenFoodFacts)
                .then(|| format!("https://world.openfoodfacts.org/product/{code}")),
            card: CardView {
                name: product.name(lang).to_owned(),
                brands: product.brands,
                quantity: product.quantity,
                categories: product.categories,
                nutri_score: NutriScoreView { components, ..product.nutri_score.into() },
                nova_group: product.nova_group,
                image_url: product.image.as_ref().map(|image| image_url(&code, image)),
                url: format!("/products/{code}"),
                code,
            },
            labels: product.labels,
            additives: product.additives,
            ingredients_text: product.ingredients_text.map(|text| text.text),
            stores: product.stores,
        }
    }
}

impl From<&Nutrition> for NutritionView {
    fn from(nutrition: &Nutrition) -> Self {
        let value = |nutrient| nutrition.value(nutrient);
        Self {
            per: match nutrition.basis {
                Basis::Per100g => "100g",
                Basis::Per100ml => "100ml",
            },
            energy_kj: value(Nutrient::Energy),
            energy_kcal: nutrition.kcal().map(|kcal| (kcal * 10.0).round() / 10.0),
            fat_g: value(Nutrient::Fat),
            saturated_fat_g: value(Nutrient::SaturatedFat),
            carbohydrates_g: value(Nutrient::Carbohydrates),
            sugars_g: value(Nutrient::Sugars),
            fiber_g: value(Nutrient::Fiber),
            proteins_g: value(Nutrient::Proteins),
            salt_g: value(Nutrient::Salt),
            estimated: Nutrient::ALL
                .into_iter()
                .filter(|nutrient| nutrition.amount(*nutrient).is_some_and(|amount| amount.estimated))
                .collect(),
        }
    }
}
