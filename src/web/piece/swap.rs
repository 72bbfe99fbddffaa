//! The swap card: what to buy instead, and why.

use crate::catalogue::snapshot::{Card, Doc};
use crate::food::category::CategoryId;
use crate::food::explanation;
use crate::food::substitution::{Reason, Substitute};

use super::super::compare;
use super::super::language::Speaker;
use super::super::page::Visit;
use super::card::ProductCard;
use super::grade::Badge;
use super::nutrients::{grams, kilocalories, message, width_among};

/// Gains that a card shows; more would hide the telling ones, and the comparison has all. Losses are never left out.
const GAINS_SHOWN: usize = 3;

/// What a swap card shows.
#[derive(Debug, Clone, PartialEq)]
pub struct SwapCard {
    /// The substitute.
    pub product: ProductCard,
    /// The original's badge.
    pub from: Badge,
    /// How much better, in words.
    pub gain: String,
    /// The reasons, the most telling first.
    pub reasons: Vec<ReasonRow>,
    /// What both are.
    pub shared: Option<String>,
    /// What is worse, or to be watched.
    pub cautions: Vec<String>,
    /// Whether no value of both is known, so that there are no reasons but the letter.
    pub by_letter: bool,
    /// What most counts and cannot be compared, in words.
    pub untold: Option<String>,
    /// Whether any value is an estimate.
    pub estimated: bool,
    /// Both side by side.
    pub compare_href: String,
}

/// One nutrient, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct ReasonRow {
    /// "38 % less sugar".
    pub headline: String,
    /// Whether that is good news.
    pub better: bool,
    /// In the original.
    pub from: String,
    /// In the substitute.
    pub to: String,
    /// Length of the original's bar, 0 to 100.
    pub from_width: String,
    /// Length of the substitute's bar, 0 to 100.
    pub to_width: String,
}

impl SwapCard {
    /// The card of a proposal for `original`.
    pub fn new(original: &Card, substitute: &Substitute, visit: &Visit<'_>) -> Self {
        let card = visit.snapshot.card(Doc(substitute.doc), visit.language().lang());
        let speaker = visit.speaker;
        let drink = is_drink(&card.categories, visit);
        Self {
            from: Badge::of(original.nutri_score, speaker),
            gain: gain(substitute, speaker),
            reasons: reasons(substitute).map(|reason| row(reason, drink, speaker)).collect(),
            by_letter: substitute.is_by_letter_alone(),
            shared: substitute.shared_category.map(|id| shared(id, visit)),
            cautions: cautions(substitute, speaker),
            untold: untold(substitute, speaker),
            estimated: substitute.reasons.iter().any(|reason| reason.estimated),
            compare_href: compare::address(&[original.code, card.code]).to_string(),
            product: ProductCard::new(card, visit),
        }
    }
}

/// Whether some categories are those of a drink, whose bars have another scale.
pub fn is_drink(categories: &[CategoryId], visit: &Visit<'_>) -> bool {
    categories.iter().any(|id| visit.snapshot.taxonomy().tag(*id) == "en:beverages")
}

fn gain(substitute: &Substitute, speaker: Speaker<'_>) -> String {
    match (substitute.gain.grades, substitute.gain.score) {
        (0, Some(points)) => speaker.say_with("swap-gain-points", &[("number", f64::from(points).into())]),
        (0, None) => String::new(),
        (grades, _) => speaker.say_with("swap-gain-grades", &[("number", f64::from(grades).into())]),
    }
}

fn shared(id: CategoryId, visit: &Visit<'_>) -> String {
    let name = visit.snapshot.taxonomy().name(id, visit.language().lang());
    visit.speaker.say_with("swap-shared", &[("category", name.into())])
}

/// Where nothing can be compared, that is said instead.
fn untold(substitute: &Substitute, speaker: Speaker<'_>) -> Option<String> {
    let names: Vec<String> =
        substitute.untold.iter().map(|nutrient| speaker.say(message(*nutrient)).to_lowercase()).collect();
    let is_said = !names.is_empty() && !substitute.is_by_letter_alone();
    is_said.then(|| speaker.say_with("swap-untold", &[("nutrients", names.join(", ").into())]))
}

fn cautions(substitute: &Substitute, speaker: Speaker<'_>) -> Vec<String> {
    let mut cautions = Vec::new();
    let mut added: Vec<String> = substitute
        .added_allergens
        .iter()
        .map(|allergen| allergen.name(speaker.language.lang()).to_lowercase())
        .collect();
    if substitute.added_allergens.has_other() {
        added.push(speaker.say("swap-added-other").into_owned());
    }
    if !added.is_empty() {
        cautions.push(speaker.say_with("swap-added-allergens", &[("allergens", added.join(", ").into())]));
    }
    if substitute.mixes_bases {
        cautions.push(speaker.say("compare-mixed").into_owned());
    }
    if let Some((from, to)) = substitute.worse_nova {
        cautions.push(
            speaker.say_with("swap-worse-nova", &[("from", from.to_string().into()), ("to", to.to_string().into())]),
        );
    }
    cautions
}

/// The most telling gains, then every loss.
fn reasons(substitute: &Substitute) -> impl Iterator<Item = &Reason> {
    let gains = substitute.reasons.iter().filter(|reason| reason.better).take(GAINS_SHOWN);
    gains.chain(substitute.reasons.iter().filter(|reason| !reason.better))
}

fn row(reason: &Reason, drink: bool, speaker: Speaker<'_>) -> ReasonRow {
    let largest = reason.from.max(reason.to);
    let (kcal, language) = (reason.kcal, speaker.language);
    let text =
        |value, kcal: Option<f64>| kcal.map_or_else(|| grams(value, language), |kcal| kilocalories(kcal, language));
    let bar = |value| format!("{:.1}", width_among(reason.nutrient, value, largest, drink));
    ReasonRow {
        headline: explanation::change(reason, speaker.language.lang()),
        better: reason.better,
        from: text(reason.from, kcal.map(|(from, _)| from)),
        to: text(reason.to, kcal.map(|(_, to)| to)),
        from_width: bar(reason.from),
        to_width: bar(reason.to),
    }
}
