//! What the API shows of a product: the shapes of its answers, and nothing of how they are stored.

use serde::Serialize;
use utoipa::ToSchema;

use crate::catalogue::snapshot::{Card, Snapshot};
use crate::food::nutri_score::{self, Component, Kind, NutriScore, Scored};
use crate::food::product::FrontImage;

/// A product as a list shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardView {
    /// Barcode, normalised as Open Food Facts does.
    #[schema(example = "3017620422003", pattern = "^[0-9]{8,24}$")]
    pub code: String,
    /// Name in the wished language, else in its own.
    pub name: String,
    /// Brands, the first one first.
    pub brands: Vec<String>,
    /// Net quantity as written.
    pub quantity: String,
    /// Category tags from general to specific.
    pub categories: Vec<String>,
    /// Its Nutri-Score.
    pub nutri_score: NutriScoreView,
    /// NOVA group, 1 to 4.
    #[schema(minimum = 1, maximum = 4)]
    pub nova_group: Option<u8>,
    /// The front picture at Open Food Facts (CC BY-SA 3.0).
    pub image_url: Option<String>,
    /// Its page here.
    pub url: String,
}

/// A grade and where it comes from.
#[derive(Debug, Serialize, ToSchema)]
pub struct NutriScoreView {
    /// a to e; null where the rule does not grade the food, or something is unknown.
    #[schema(value_type = Option<String>, pattern = "^[a-e]$")]
    pub grade: Option<&'static str>,
    /// Points: the fewer the better.
    pub score: Option<i8>,
    /// The year of the rule: `2023`, or `2021` for an older grade; null where the record does not say, and the letter
    /// is not the one that the rule of 2023 gives.
    #[schema(value_type = Option<String>, pattern = "^20(21|23)$")]
    pub version: Option<&'static str>,
    /// `off` by Open Food Facts, `computed` by this program.
    #[schema(value_type = Option<String>, pattern = "^(off|computed)$")]
    pub source: Option<&'static str>,
    /// Whether it is `computed` from values of which some are estimates: the true letter may be another.
    pub estimated: bool,
    /// False for foods that the rule does not grade (honey, wine, spices …).
    pub applicable: bool,
    /// How it comes about; only of a single product, and only where the rule of 2023 can be applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<ComponentView>>,
}

/// One line of the Nutri-Score.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComponentView {
    /// `energy`, `sugars`, `fiber` …
    id: &'static str,
    /// `negative` points worsen the score, `positive` ones improve it.
    #[schema(value_type = String, pattern = "^(negative|positive)$")]
    kind: Kind,
    /// Per 100 g or 100 ml; null where unknown.
    value: Option<f64>,
    /// `g`, `kJ`, `%` or empty.
    unit: &'static str,
    /// Points.
    points: u8,
    /// The most points it can have.
    points_max: u8,
    /// False where protein does not count because of the negative points.
    counts: bool,
}

impl ComponentView {
    /// Shows a line of the sum.
    pub fn new(scored: &Scored, line: &Component) -> Self {
        let id = line.id;
        Self {
            id: id.as_str(),
            kind: id.kind(),
            value: line.value,
            unit: id.unit(),
            points: line.points,
            points_max: line.points_max,
            counts: scored.counts(id),
        }
    }
}

/// The year that names a rule; none where nobody says which one gave the letter.
pub fn year(version: nutri_score::Version) -> Option<&'static str> {
    match version {
        nutri_score::Version::V2021 => Some("2021"),
        nutri_score::Version::V2023 => Some("2023"),
        nutri_score::Version::Unstated => None,
    }
}

impl From<NutriScore> for NutriScoreView {
    fn from(score: NutriScore) -> Self {
        let estimated = score.is_estimated();
        let empty = Self {
            grade: None,
            score: None,
            version: None,
            source: None,
            estimated,
            applicable: true,
            components: None,
        };
        match score {
            NutriScore::Graded { grade, score, version, source } => Self {
                grade: Some(grade.as_str()),
                score,
                version: year(version),
                source: Some(match source {
                    nutri_score::Source::Off => "off",
                    nutri_score::Source::Computed | nutri_score::Source::Estimated => "computed",
                }),
                ..empty
            },
            NutriScore::NotApplicable => Self { applicable: false, ..empty },
            NutriScore::Unknown => empty,
        }
    }
}

impl CardView {
    /// Shows a card of this snapshot.
    pub fn new(snapshot: &Snapshot, card: Card) -> Self {
        let code = card.code.to_string();
        Self {
            image_url: card.image.map(|image| image_url(&code, &image)),
            url: format!("/products/{code}"),
            code,
            name: card.name,
            brands: card.brands,
            quantity: card.quantity,
            categories: card.categories.iter().map(|id| snapshot.taxonomy().tag(*id).to_owned()).collect(),
            nutri_score: card.nutri_score.into(),
            nova_group: card.nova_group,
        }
    }
}

/// Where Open Food Facts serves a front picture, 400 pixels wide: the digits, padded to 13, are cut into
/// three groups of three and the rest (Open Food Facts, "Images").
pub fn image_url(code: &str, image: &FrontImage) -> String {
    let digits = format!("{code:0>13}");
    let (a, b, c, rest) = (&digits[..3], &digits[3..6], &digits[6..9], &digits[9..]);
    let (lang, revision) = (image.lang.as_str(), image.revision);
    format!("https://images.openfoodfacts.org/images/products/{a}/{b}/{c}/{rest}/front_{lang}.{revision}.400.jpg")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::food::product::Lang;

    #[test]
    fn a_picture_is_found_where_open_food_facts_keeps_it() {
        let image = FrontImage { lang: Lang::FR, revision: 4 };

        assert_eq!(
            image_url("0000101209159", &image),
            "https://images.openfoodfacts.org/images/products/000/010/120/9159/front_fr.4.400.jpg"
        );
        assert_eq!(
            image_url("20000011", &image),
            "https://images.openfoodfacts.org/images/products/000/002/000/0011/front_fr.4.400.jpg"
        );
    }
}
