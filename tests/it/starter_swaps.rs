//! What a person would take instead of a generic food, and what would make that person laugh.

use std::collections::BTreeMap;

use foodswap::catalogue::build::build;
use foodswap::catalogue::snapshot::{Doc, Origin, Snapshot};
use foodswap::catalogue::starter;
use foodswap::food::allergen::{Allergen, Allergens};
use foodswap::food::product::{Lang, Product};
use foodswap::food::substitution::{Lane, Status, Wishes};

const JUDGED: &str = include_str!("starter_swaps.tsv");

/// At least so many foods are judged.
const JUDGED_MIN: usize = 60;

/// What a phone shows without scrolling.
const FIRST: usize = 3;

const LIMIT: usize = 12;

/// The starter catalogue, ready to be asked.
struct Shop {
    snapshot: Snapshot,
    foods: BTreeMap<String, Product>,
    _folder: tempfile::TempDir,
}

impl Shop {
    fn open() -> Self {
        let folder = tempfile::tempdir().expect("tempdir");
        let taxonomy = starter::taxonomy().expect("sound");
        let foods = starter::products().expect("sound");
        let snapshot =
            build(folder.path(), 1, Origin::Starter, 0, Some(&taxonomy), |add| foods.iter().cloned().try_for_each(add))
                .expect("a snapshot of the starter catalogue");
        let foods = foods.into_iter().map(|food| (food.name(Lang::EN).to_owned(), food)).collect();
        Self { snapshot, foods, _folder: folder }
    }

    fn doc(&self, name: &str) -> Doc {
        let food = self.foods.get(name).unwrap_or_else(|| panic!("no food `{name}`"));
        self.snapshot.find(food.code).expect("in the snapshot")
    }

    fn name(&self, doc: u32) -> String {
        self.snapshot.card(Doc(doc), Lang::EN).name
    }

    /// A name with its grade and points, for a message.
    fn graded(&self, name: &str) -> String {
        let score = self.foods[name].nutri_score;
        format!("{name} {:?} {:?}", score.grade(), score.score())
    }

    /// The names of what is proposed, lane *same* first.
    fn instead_of(&self, name: &str, wishes: &Wishes) -> Vec<(Lane, String)> {
        let answer = self.snapshot.substitutes(self.doc(name), wishes);
        answer.substitutes.iter().map(|substitute| (substitute.lane, self.name(substitute.doc))).collect()
    }
}

fn anything() -> Wishes {
    Wishes { limit: LIMIT, ..Wishes::default() }
}

fn judged() -> Vec<(&'static str, Vec<&'static str>, Vec<&'static str>)> {
    let names = |cell: &'static str| cell.split("; ").filter(|name| !name.is_empty()).collect();
    JUDGED
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            (cells[0], names(cells[1]), names(cells[2]))
        })
        .collect()
}

#[test]
fn every_judged_name_is_a_food() {
    let shop = Shop::open();
    let judged = judged();

    assert!(judged.len() >= JUDGED_MIN, "{}", judged.len());
    let mut unknown = Vec::new();
    for (food, good, bad) in judged {
        unknown.extend([food].into_iter().chain(good).chain(bad).filter(|name| !shop.foods.contains_key(*name)));
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

#[test]
fn a_person_finds_what_they_would_take_among_the_first_three() {
    let shop = Shop::open();
    let mut failures = Vec::new();
    for (food, good, bad) in judged() {
        let proposed = shop.instead_of(food, &anything());
        let first: Vec<&str> = proposed.iter().take(FIRST).map(|(_, name)| name.as_str()).collect();
        if !first.iter().any(|name| good.contains(name)) {
            let good: Vec<String> = good.iter().map(|name| shop.graded(name)).collect();
            failures.push(format!("{}: {proposed:?}, none of {good:?} among the first", shop.graded(food)));
        }
        for name in bad.iter().filter(|bad| proposed.iter().any(|(_, name)| name == *bad)) {
            failures.push(format!("{food}: {name} makes one laugh"));
        }
    }
    assert!(failures.is_empty(), "{} failures: {failures:#?}", failures.len());
}

#[test]
fn every_status_is_there() {
    let shop = Shop::open();
    let status = |name| shop.snapshot.substitutes(shop.doc(name), &anything()).status;

    assert_eq!(status("Cola"), Status::Found);
    for best in ["Apple", "Fish fingers", "Tomato and basil sauce", "Baked beans in tomato sauce"] {
        assert_eq!(status(best), Status::AlreadyBest, "{best}");
    }
    assert_eq!(status("Flower honey"), Status::NotComparable);
    assert_eq!(status("Artisan ice cream, composition unknown"), Status::NotComparable);
    let none_found = shop.foods.keys().filter(|name| status(name) == Status::NoneFound).count();
    println!("without a substitute: {none_found} of {}", shop.foods.len());
    assert!(none_found > 0, "a food without a substitute");
}

#[test]
fn nothing_unsafe_or_unknown_is_proposed_to_who_avoids_an_allergen() {
    let shop = Shop::open();
    for allergen in Allergen::ALL {
        let wishes = Wishes { without: Allergens::from(allergen), ..anything() };
        for name in shop.foods.keys() {
            for (_, proposed) in shop.instead_of(name, &wishes) {
                let food = &shop.foods[&proposed];
                let contains = |set: Option<Allergens>| set.is_none_or(|set| set.contains(allergen));
                assert!(!contains(food.allergens) && !contains(food.traces), "{proposed} for {name}: {allergen:?}");
            }
        }
    }
}
