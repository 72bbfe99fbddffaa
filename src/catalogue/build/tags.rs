//! The categories that the products use, and how they contain each other.

use rustc_hash::FxHashMap;

use crate::food::category::{Node, Taxonomy};
use crate::food::product::Lang;

/// Categories that are in no taxonomy, the most used first. Open Food Facts has some 15,000 real ones; what
/// lies beyond is mostly typed once and shared by nobody.
const UNKNOWN_MAX: usize = 20_000;
/// Different tags that are counted, so that a damaged or hostile dump cannot fill the memory.
const TAGS_MAX: usize = 400_000;
/// Different pairs that are counted, likewise.
const PAIRS_MAX: usize = 1_000_000;
/// How far before a category its parent is looked for in the list of a product.
const PARENT_DISTANCE_MAX: usize = 4;
/// A parent stands before its child in nearly every product that has the child: not in all, as
/// records are years old and were filed under the taxonomy of their day.
const PARENT_SHARE_PERCENT: u32 = 90;

/// Counts the tags of all products, and which tags come before which.
pub(crate) struct TagCounts<'a> {
    known: Option<&'a Taxonomy>,
    numbers: FxHashMap<Box<str>, u32>,
    counts: Vec<u32>,
    pairs: FxHashMap<(u32, u32), Pair>,
    line: Vec<u32>,
}

/// One tag before another.
#[derive(Clone, Copy)]
struct Pair {
    count: u32,
    distance: u32,
}

impl<'a> TagCounts<'a> {
    /// With a taxonomy parents are taken from it, else from the order of the tags.
    pub(crate) fn new(known: Option<&'a Taxonomy>) -> Self {
        Self { known, numbers: FxHashMap::default(), counts: Vec::new(), pairs: FxHashMap::default(), line: Vec::new() }
    }

    /// Counts the tags of one product, which go from general to specific.
    pub(crate) fn add(&mut self, tags: &[String]) {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        for tag in tags {
            if let Some(number) = self.number(tag).filter(|number| !line.contains(number)) {
                self.counts[number as usize] += 1;
                line.push(number);
            }
        }
        if self.known.is_none() {
            self.count_pairs(&line);
        }
        self.line = line;
    }

    fn number(&mut self, tag: &str) -> Option<u32> {
        if let Some(number) = self.numbers.get(tag) {
            return Some(*number);
        }
        if self.numbers.len() == TAGS_MAX {
            return None;
        }
        self.numbers.insert(tag.into(), self.counts.len() as u32);
        self.counts.push(0);
        Some(self.counts.len() as u32 - 1)
    }

    fn count_pairs(&mut self, line: &[u32]) {
        for (place, child) in line.iter().enumerate() {
            for distance in 1..=PARENT_DISTANCE_MAX.min(place) {
                let key = (*child, line[place - distance]);
                if self.pairs.len() == PAIRS_MAX && !self.pairs.contains_key(&key) {
                    continue;
                }
                let distance = distance as u32;
                let pair = self.pairs.entry(key).or_insert(Pair { count: 0, distance });
                pair.count += 1;
                pair.distance = pair.distance.min(distance);
            }
        }
    }

    /// The used part of the taxonomy with all that is above it, then what it does not know.
    pub(crate) fn taxonomy(&self) -> Taxonomy {
        let mut nodes = self.known.map(|known| self.used_part(known)).unwrap_or_default();
        let parents = self.parents();
        nodes.extend(self.unknown().into_iter().map(|(tag, number)| Node {
            tag: tag.to_owned(),
            parents: parents.get(&number).map(|parent| vec![(*parent).to_owned()]).unwrap_or_default(),
            names: vec![pretty(tag)],
            synonyms: Vec::new(),
        }));
        Taxonomy::new(nodes)
    }

    fn used_part(&self, known: &Taxonomy) -> Vec<Node> {
        let mut used = vec![false; known.len()];
        for id in self.numbers.keys().filter_map(|tag| known.id(tag)) {
            used[id.0 as usize] = true;
            for above in known.ancestors(id) {
                used[above.0 as usize] = true;
            }
        }
        known.ids().filter(|id| used[id.0 as usize]).map(|id| known.node(id).clone()).collect()
    }

    fn unknown(&self) -> Vec<(&str, u32)> {
        let is_known = |tag: &str| self.known.is_some_and(|known| known.id(tag).is_some());
        let mut tags: Vec<(&str, u32)> = self
            .numbers
            .iter()
            .map(|(tag, number)| (tag.as_ref(), *number))
            .filter(|(tag, _)| !is_known(tag))
            .collect();
        tags.sort_unstable_by_key(|(tag, number)| (std::cmp::Reverse(self.counts[*number as usize]), *tag));
        tags.truncate(UNKNOWN_MAX);
        tags
    }

    /// For each child the most specific of the tags that come before it in nearly all its products:
    /// the one with the fewest products of its own, of equals the nearest.
    fn parents(&self) -> FxHashMap<u32, &str> {
        let mut best: FxHashMap<u32, (u32, u32, &str)> = FxHashMap::default();
        let names: FxHashMap<u32, &str> = self.numbers.iter().map(|(tag, number)| (*number, tag.as_ref())).collect();
        for ((child, parent), pair) in &self.pairs {
            if u64::from(pair.count) * 100 < u64::from(self.counts[*child as usize]) * u64::from(PARENT_SHARE_PERCENT) {
                continue;
            }
            let rank = (self.counts[*parent as usize], pair.distance, names[parent]);
            best.entry(*child).and_modify(|known| *known = rank.min(*known)).or_insert(rank);
        }
        best.into_iter().map(|(child, (_, _, tag))| (child, tag)).collect()
    }
}

/// A readable name for a tag: `en:sweet-spreads` is "Sweet spreads" in English.
fn pretty(tag: &str) -> (Lang, String) {
    let (lang, words) = tag.split_once(':').unwrap_or(("xx", tag));
    let words = words.replace('-', " ");
    let mut letters = words.chars();
    let name = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    (Lang::parse(lang).unwrap_or(Lang::UNKNOWN), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(known: Option<&Taxonomy>, products: &[&[&str]]) -> Taxonomy {
        let mut counts = TagCounts::new(known);
        for tags in products {
            counts.add(&tags.iter().map(|&tag| tag.to_owned()).collect::<Vec<_>>());
        }
        counts.taxonomy()
    }

    fn parents_of(taxonomy: &Taxonomy, tag: &str) -> Vec<String> {
        let id = taxonomy.id(tag).expect("tag");
        taxonomy.parents(id).iter().map(|parent| taxonomy.tag(*parent).to_owned()).collect()
    }

    #[test]
    fn without_a_taxonomy_the_parent_is_the_nearest_tag_that_always_comes_before() {
        let taxonomy = counted(
            None,
            &[
                &["en:spreads", "en:sweet-spreads", "en:hazelnut-spreads"],
                &["en:spreads", "en:breakfasts", "en:sweet-spreads", "en:hazelnut-spreads"],
                &["en:spreads", "en:breakfasts", "en:sweet-spreads", "en:jams"],
                &["en:breakfasts", "en:cereals"],
            ],
        );

        assert_eq!(parents_of(&taxonomy, "en:hazelnut-spreads"), ["en:sweet-spreads"]);
        assert_eq!(parents_of(&taxonomy, "en:sweet-spreads"), ["en:spreads"]);
        assert_eq!(parents_of(&taxonomy, "en:breakfasts"), [""; 0]);
        assert_eq!(parents_of(&taxonomy, "en:cereals"), ["en:breakfasts"]);
    }

    #[test]
    fn a_taxonomy_is_cut_down_to_what_is_used_and_keeps_the_unknown_beside() {
        let node = |tag: &str, parents: &[&str]| Node {
            tag: tag.to_owned(),
            parents: parents.iter().map(|&parent| parent.to_owned()).collect(),
            ..Node::default()
        };
        let known =
            Taxonomy::new([node("en:foods", &[]), node("en:spreads", &["en:foods"]), node("en:sodas", &["en:foods"])]);

        let taxonomy = counted(Some(&known), &[&["en:spreads", "fr:tartinades-maison"]]);

        let tags: Vec<_> = taxonomy.ids().map(|id| taxonomy.tag(id)).collect();
        assert_eq!(tags, ["en:foods", "en:spreads", "fr:tartinades-maison"]);
        assert_eq!(parents_of(&taxonomy, "fr:tartinades-maison"), [""; 0]);
    }

    #[test]
    fn tags_are_given_readable_names() {
        for (tag, lang, name) in [
            ("en:sweet-spreads", Lang::EN, "Sweet spreads"),
            ("fr:épices", Lang::FR, "Épices"),
            ("sodas", Lang::UNKNOWN, "Sodas"),
            ("en:", Lang::EN, ""),
        ] {
            assert_eq!(pretty(tag), (lang, name.to_owned()));
        }
    }

    #[test]
    fn tags_in_contradicting_order_leave_no_cycle() {
        let taxonomy = counted(None, &[&["a", "b"], &["b", "a"], &["b", "c"], &["c", "b"]]);

        assert!(taxonomy.ids().all(|id| !taxonomy.ancestors(id).contains(&id)));
    }
}
