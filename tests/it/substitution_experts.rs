//! What means one use, against two experts who judged pairs of foods, where their judgements are at hand.
//!
//! Foods are compared by category: each name is taken for the most specific category whose name is among
//! its words. Pairs on which the experts differ, or with a food that no category names, are left out.

use std::collections::HashMap;

use foodswap::food::category::{CategoryId, Taxonomy};
use foodswap::food::product::Lang;
use foodswap::food::substitution::uses::{Breadth, Uses};
use foodswap::food::substitution::words;
use foodswap::off;

use crate::shared_data;

/// Words of a name that are looked at; the rest says how it is cooked or packed.
const WORDS_MAX: usize = 6;
/// The columns of the file.
const FOOD: usize = 2;
const VERDICTS: [usize; 2] = [3, 4];
const OTHER: usize = 5;

/// The cells of a line; a quoted one may hold commas.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            _ => cells.last_mut().expect("at least one").push(letter),
        }
    }
    cells
}

fn stems(name: &str) -> Vec<String> {
    let folded = words::folded(name);
    folded.iter().filter(|word| words::is_telling(word)).map(|word| words::stem(word).to_owned()).collect()
}

struct Judge {
    taxonomy: Taxonomy,
    uses: Uses,
    named: HashMap<String, CategoryId>,
}

impl Judge {
    fn of(taxonomy: Taxonomy) -> Self {
        let uses = Uses::of(&taxonomy);
        let mut named = HashMap::new();
        for id in taxonomy.ids().filter(|id| uses.breadth(*id) != Breadth::Broad) {
            let node = taxonomy.node(id);
            for (lang, name) in node.names.iter().chain(&node.synonyms) {
                if *lang == Lang::EN {
                    let mut words = stems(name);
                    words.sort();
                    named.entry(words.join(" ")).or_insert(id);
                }
            }
        }
        Self { taxonomy, uses, named }
    }

    /// The category named by the most words of a food's name, the first word or two at least.
    fn category(&self, name: &str) -> Option<CategoryId> {
        let words: Vec<String> = stems(name).into_iter().take(WORDS_MAX).collect();
        let subsets = (1u32..1 << words.len()).filter(|subset| subset & 1 == 1 || subset.count_ones() > 1);
        let named = subsets.filter_map(|subset| {
            let mut chosen: Vec<&str> =
                (0..words.len()).filter(|at| subset >> at & 1 == 1).map(|at| words[at].as_str()).collect();
            chosen.sort_unstable();
            let id = *self.named.get(&chosen.join(" "))?;
            Some((subset.count_ones(), self.taxonomy.depth(id), std::cmp::Reverse(id)))
        });
        named.max().map(|(_, _, std::cmp::Reverse(id))| id)
    }

    /// Whether a substitute for one would be looked for where the other is.
    fn is_substitute(&self, one: CategoryId, other: CategoryId) -> bool {
        let closure = |id| [self.taxonomy.ancestors(id), vec![id]].concat();
        let (one_all, other_all) = (closure(one), closure(other));
        let meets = |all: &[CategoryId], own, there: &[CategoryId]| {
            let levels = self.uses.levels(&self.taxonomy, all, Some(own));
            levels
                .iter()
                .any(|level| self.uses.breadth(level.category) != Breadth::Broad && there.contains(&level.category))
        };
        meets(&one_all, one, &other_all) || meets(&other_all, other, &one_all)
    }
}

#[test]
fn we_agree_with_the_experts_as_far_as_categories_tell() {
    let Some(taxonomy) = shared_data::unpacked("taxonomy-categories.json.gz") else { return };
    let Some(table) = shared_data::unpacked("substitution-experts.csv.gz") else { return };
    let judge = Judge::of(off::taxonomy::parse(&taxonomy).expect("taxonomy").1);
    let table = String::from_utf8(table).expect("UTF-8");

    // Pairs by what the experts said and by what we say.
    let mut pairs = [[0u32; 2]; 2];
    for line in table.lines().skip(1) {
        let cells = cells(line);
        let [Some(verdict), Some(second)] = VERDICTS.map(|at| cells.get(at).filter(|cell| !cell.is_empty())) else {
            continue;
        };
        let categories = judge.category(&cells[FOOD]).zip(judge.category(&cells[OTHER]));
        if let Some((one, other)) = categories.filter(|_| verdict == second) {
            let said = usize::from(verdict.starts_with('1'));
            pairs[said][usize::from(judge.is_substitute(one, other))] += 1;
        }
    }

    let share = |part: u32, all: u32| f64::from(part) / f64::from(all);
    let all = pairs.iter().flatten().sum::<u32>();
    let agreement = share(pairs[0][0] + pairs[1][1], all);
    let (experts_yes, ours_yes) = (share(pairs[1][0] + pairs[1][1], all), share(pairs[0][1] + pairs[1][1], all));
    let by_chance = experts_yes * ours_yes + (1.0 - experts_yes) * (1.0 - ours_yes);
    let kappa = (agreement - by_chance) / (1.0 - by_chance);
    println!("{all} pairs, agreement {:.1} %, kappa {kappa:.2}, {pairs:?}", 100.0 * agreement);
    assert!(all >= 1_300, "too few foods are recognised: {pairs:?}");
    assert!(agreement >= 0.78, "agreement {agreement:.3}, {pairs:?}");
    assert!(kappa >= 0.55, "kappa {kappa:.3}, {pairs:?}");
}
