//! How good the substitutes of a catalogue are, in figures: the project's own measure, over any snapshot.

use std::collections::BTreeMap;

use serde::Serialize;

use super::candidates::Candidates;
use crate::food::category::CategoryId;
use crate::food::country::CountrySet;
use crate::food::nutri_score::Grade;
use crate::food::substitution::profile::Profile;
use crate::food::substitution::{Lane, Proposals, Status, Substitute, Wishes};

/// Proposals asked for: what is seen without scrolling.
const PLACES: usize = 5;
/// More than so many of one brand among them crowd the others out.
const BRAND_MAX: usize = 2;
/// Countries in the report, those with the most products asked about.
const COUNTRIES_MAX: usize = 10;

/// A count and out of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// How many it holds for.
    pub count: u32,
    /// Out of how many.
    pub of: u32,
}

impl Share {
    fn note(&mut self, holds: bool) {
        self.of += 1;
        self.count += u32::from(holds);
    }

    /// In percent; none out of none.
    pub fn percent(self) -> Option<f64> {
        (self.of > 0).then(|| f64::from(self.count) * 100.0 / f64::from(self.of))
    }
}

/// What was measured. Shares are of the products asked about, or of the first proposals where known.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Evaluation {
    /// Products with a substitute in either lane, of those graded b to e.
    pub coverage: Share,
    /// The same by grade.
    pub coverage_by_grade: BTreeMap<char, Share>,
    /// The same by country of sale, for the countries with the most products.
    pub coverage_by_country: BTreeMap<&'static str, Share>,
    /// First proposals of the same use.
    pub same_lane: Share,
    /// First proposals in the original's most specific category, where it has a better product.
    pub same_specific: Share,
    /// First proposals sold in a country of the original, where both are known.
    pub shared_country: Share,
    /// First proposals with a known allergen that the original is known not to contain.
    pub allergen_added: Share,
    /// Answers with more than two products of one brand among the first five.
    pub brand_crowding: Share,
    /// Answers with one product twice.
    pub duplicates: Share,
    /// Proposals with a worse letter, by the rule in use or as stated; all of them are looked at.
    pub worse_grade: Share,
    /// Proposals whose record contradicts itself.
    pub implausible: Share,
    /// Proposals with at least one reason: a nutrient, or a better letter where none is known of both.
    pub with_reasons: Share,
    /// Proposals for which the letter is the only reason.
    pub by_letter_alone: Share,
    /// Letters gained by the first proposal, by the rule in use, mean.
    pub mean_gain_grades: f64,
    /// Letters gained by the first proposal, as the records state them, mean where both do.
    pub mean_gain_stated: f64,
    /// Nutri-Score points gained by the first proposal, mean where both are known.
    pub mean_gain_points: f64,
    /// How the questions ended.
    pub statuses: BTreeMap<&'static str, u32>,
}

#[derive(Default)]
struct Mean {
    sum: f64,
    of: u32,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.of += 1;
    }

    fn value(&self) -> f64 {
        if self.of == 0 { 0.0 } else { self.sum / f64::from(self.of) }
    }
}

/// Asks for substitutes of at most `asked_max` products with a category and a letter b to e, evenly
/// spread over the catalogue, and judges the answers.
pub fn evaluate(candidates: &Candidates, asked_max: usize) -> Evaluation {
    let profiles = candidates.profiles();
    let pool: Vec<u32> = (0u32..).zip(profiles).filter(|(_, profile)| is_asked(profile)).map(|(doc, _)| doc).collect();
    let step = pool.len().div_ceil(asked_max.max(1)).max(1);
    let mut judge = Judge::new(candidates);
    let wishes = Wishes { limit: PLACES, ..Wishes::default() };
    for doc in pool.into_iter().step_by(step) {
        judge.hear(&profiles[doc as usize], &candidates.substitutes(doc, &wishes));
    }
    judge.verdict()
}

fn is_asked(profile: &Profile) -> bool {
    profile.category().is_some() && letter(profile).is_some_and(|grade| grade > Grade::A)
}

/// The letter that a shopper knows it by.
fn letter(profile: &Profile) -> Option<Grade> {
    profile.stated_grade().or_else(|| profile.grade())
}

struct Judge<'a> {
    candidates: &'a Candidates,
    evaluation: Evaluation,
    by_country: BTreeMap<&'static str, Share>,
    grades: Mean,
    stated: Mean,
    points: Mean,
}

impl<'a> Judge<'a> {
    fn new(candidates: &'a Candidates) -> Self {
        Self {
            candidates,
            evaluation: Evaluation::default(),
            by_country: BTreeMap::new(),
            grades: Mean::default(),
            stated: Mean::default(),
            points: Mean::default(),
        }
    }

    fn hear(&mut self, original: &Profile, answer: &Proposals) {
        self.count(original, answer);
        let proposals: Vec<&Profile> =
            answer.substitutes.iter().map(|one| &self.candidates.profiles()[one.doc as usize]).collect();
        for (substitute, profile) in answer.substitutes.iter().zip(&proposals) {
            self.judge_any(original, substitute, profile);
        }
        if let Some((substitute, profile)) = answer.substitutes.first().zip(proposals.first()) {
            self.judge_first(original, substitute, profile);
            self.judge_all(&proposals);
        }
    }

    fn count(&mut self, original: &Profile, answer: &Proposals) {
        let is_covered = answer.status == Status::Found;
        self.evaluation.coverage.note(is_covered);
        if let Some(grade) = letter(original) {
            let letter = char::from(b'a' + grade as u8);
            self.evaluation.coverage_by_grade.entry(letter).or_default().note(is_covered);
        }
        for country in self.candidates.countries(original).iter() {
            self.by_country.entry(country.code()).or_default().note(is_covered);
        }
        let status = match answer.status {
            Status::Found => "found",
            Status::AlreadyBest => "already-best",
            Status::NoneFound => "none-found",
            Status::NotComparable => "not-comparable",
        };
        *self.evaluation.statuses.entry(status).or_default() += 1;
    }

    fn judge_any(&mut self, original: &Profile, substitute: &Substitute, profile: &Profile) {
        let is_worse = |from: Option<Grade>, to: Option<Grade>| from.zip(to).is_some_and(|(from, to)| to > from);
        self.evaluation.worse_grade.note(
            is_worse(original.grade(), profile.grade()) || is_worse(original.stated_grade(), profile.stated_grade()),
        );
        self.evaluation.implausible.note(profile.is_implausible());
        let is_better_by_letter = letter(profile) < letter(original) || profile.grade() < original.grade();
        self.evaluation.with_reasons.note(!substitute.is_by_letter_alone() || is_better_by_letter);
        self.evaluation.by_letter_alone.note(substitute.is_by_letter_alone());
    }

    fn judge_first(&mut self, original: &Profile, substitute: &Substitute, profile: &Profile) {
        let evaluation = &mut self.evaluation;
        evaluation.same_lane.note(substitute.lane == Lane::Same);
        if let Some(specific) = original.category()
            && has_better(self.candidates, specific, original)
        {
            evaluation.same_specific.note(substitute.shared_category == Some(specific));
        }
        let (here, there) = (self.candidates.countries(original), self.candidates.countries(profile));
        if here != CountrySet::default() && there != CountrySet::default() {
            evaluation.shared_country.note(here.intersects(there));
        }
        if original.allergens().is_some() && profile.allergens().is_some() {
            evaluation.allergen_added.note(!substitute.added_allergens.is_empty());
        }
        self.grades.add(f64::from(substitute.gain.grades));
        if let Some((from, to)) = original.stated_grade().zip(profile.stated_grade()) {
            self.stated.add(f64::from(from as u8) - f64::from(to as u8));
        }
        if let Some(points) = substitute.gain.score {
            self.points.add(f64::from(points));
        }
    }

    fn judge_all(&mut self, proposals: &[&Profile]) {
        let is_crowded = proposals
            .iter()
            .filter_map(|one| one.brand())
            .any(|brand| proposals.iter().filter(|other| other.brand() == Some(brand)).count() > BRAND_MAX);
        self.evaluation.brand_crowding.note(is_crowded);
        let is_twice = (1..proposals.len())
            .any(|at| proposals[..at].iter().any(|before| before.name_key() == proposals[at].name_key()));
        self.evaluation.duplicates.note(is_twice);
    }

    fn verdict(self) -> Evaluation {
        let mut countries: Vec<_> = self.by_country.into_iter().collect();
        countries.sort_by_key(|(code, share)| (std::cmp::Reverse(share.of), *code));
        countries.truncate(COUNTRIES_MAX);
        Evaluation {
            coverage_by_country: countries.into_iter().collect(),
            mean_gain_grades: self.grades.value(),
            mean_gain_stated: self.stated.value(),
            mean_gain_points: self.points.value(),
            ..self.evaluation
        }
    }
}

/// Whether a category's list has a product with a better letter.
fn has_better(candidates: &Candidates, category: CategoryId, original: &Profile) -> bool {
    candidates.best_of(category).any(|profile| letter(profile) < letter(original))
}
