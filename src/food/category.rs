//! The category taxonomy: a directed acyclic graph in which a category may have several parents.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::product::Lang;

/// A category's place in its [`Taxonomy`]; dense from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CategoryId(pub u32);

/// One category as a taxonomy file describes it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Node {
    /// Canonical tag (`en:hazelnut-spreads`).
    pub tag: String,
    /// Tags of its parents.
    pub parents: Vec<String>,
    /// Its name by language.
    pub names: Vec<(Lang, String)>,
    /// Other words for it by language.
    pub synonyms: Vec<(Lang, String)>,
}

/// The categories and how they contain each other. Immutable; depths and order are computed once.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Node>", into = "Vec<Node>")]
pub struct Taxonomy {
    nodes: Vec<Node>,
    ids: HashMap<String, CategoryId>,
    parents: Vec<Vec<CategoryId>>,
    children: Vec<Vec<CategoryId>>,
    depths: Vec<u16>,
}

impl From<Vec<Node>> for Taxonomy {
    fn from(nodes: Vec<Node>) -> Self {
        Self::new(nodes)
    }
}

impl From<Taxonomy> for Vec<Node> {
    fn from(taxonomy: Taxonomy) -> Self {
        taxonomy.nodes
    }
}

impl Taxonomy {
    /// Links the nodes. Parents that are not among them are dropped, as is a link that would close
    /// a cycle; of two nodes with one tag the first stays.
    pub fn new(nodes: impl IntoIterator<Item = Node>) -> Self {
        let mut taxonomy = Self::default();
        for node in nodes {
            let id = CategoryId(taxonomy.nodes.len() as u32);
            if taxonomy.ids.contains_key(&node.tag) {
                continue;
            }
            taxonomy.ids.insert(node.tag.clone(), id);
            taxonomy.nodes.push(node);
        }
        taxonomy.link();
        taxonomy
    }

    fn link(&mut self) {
        let ids = &self.ids;
        let mut parents: Vec<Vec<CategoryId>> = self
            .nodes
            .iter()
            .map(|node| {
                let mut named: Vec<CategoryId> = Vec::new();
                for id in node.parents.iter().filter_map(|tag| ids.get(tag).copied()) {
                    if !named.contains(&id) {
                        named.push(id);
                    }
                }
                named
            })
            .collect();
        self.depths = depths_without_cycles(&mut parents);
        self.children = vec![Vec::new(); self.nodes.len()];
        for (index, list) in parents.iter().enumerate() {
            for parent in list {
                self.children[parent.0 as usize].push(CategoryId(index as u32));
            }
        }
        self.parents = parents;
    }

    /// How many categories there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no category at all.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// All categories.
    pub fn ids(&self) -> impl Iterator<Item = CategoryId> + use<> {
        (0..self.nodes.len() as u32).map(CategoryId)
    }

    /// The category of a tag.
    pub fn id(&self, tag: &str) -> Option<CategoryId> {
        self.ids.get(tag).copied()
    }

    /// The tag, names and synonyms of a category.
    pub fn node(&self, id: CategoryId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The tag of a category.
    pub fn tag(&self, id: CategoryId) -> &str {
        &self.node(id).tag
    }

    /// Its name in the wished language, else in English, else in any, else its tag.
    pub fn name(&self, id: CategoryId, lang: Lang) -> &str {
        let node = self.node(id);
        let of = |wished: Lang| node.names.iter().find(|(lang, _)| *lang == wished);
        of(lang)
            .or_else(|| of(Lang::EN))
            .or_else(|| node.names.first())
            .map_or(node.tag.as_str(), |(_, name)| name.as_str())
    }

    /// The categories right above it.
    pub fn parents(&self, id: CategoryId) -> &[CategoryId] {
        &self.parents[id.0 as usize]
    }

    /// The categories right below it.
    pub fn children(&self, id: CategoryId) -> &[CategoryId] {
        &self.children[id.0 as usize]
    }

    /// The longest way up to a root, in categories; a root has 1.
    pub fn depth(&self, id: CategoryId) -> u16 {
        self.depths[id.0 as usize]
    }

    /// Everything above it, nearest first, each once.
    pub fn ancestors(&self, id: CategoryId) -> Vec<CategoryId> {
        let mut seen = HashSet::from([id]);
        let mut found = Vec::new();
        let mut level = vec![id];
        while !level.is_empty() {
            let mut above = Vec::new();
            for parent in level.iter().flat_map(|id| self.parents(*id)) {
                if seen.insert(*parent) {
                    above.push(*parent);
                }
            }
            found.extend(&above);
            level = above;
        }
        found
    }

    /// Whether it is `other` or below it.
    pub fn is_a(&self, id: CategoryId, other: CategoryId) -> bool {
        // What is below is deeper: whole branches need no look.
        id == other
            || self.depth(id) > self.depth(other) && self.parents(id).iter().any(|parent| self.is_a(*parent, other))
    }

    /// The deepest of some categories, the first of equals.
    pub fn most_specific(&self, ids: &[CategoryId]) -> Option<CategoryId> {
        ids.iter().copied().reduce(|best, id| if self.depth(id) > self.depth(best) { id } else { best })
    }
}

/// Depth of every node; removes each link that would close a cycle.
fn depths_without_cycles(parents: &mut [Vec<CategoryId>]) -> Vec<u16> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; parents.len()];
    let mut depths = vec![1u16; parents.len()];
    for root in 0..parents.len() {
        let mut stack = vec![(root, 0usize)];
        while let Some(&(node, next)) = stack.last() {
            marks[node] = if marks[node] == Mark::New { Mark::Open } else { marks[node] };
            let Some(parent) = parents[node].get(next).map(|id| id.0 as usize) else {
                depths[node] =
                    parents[node].iter().map(|id| depths[id.0 as usize].saturating_add(1)).max().unwrap_or(1);
                marks[node] = Mark::Done;
                stack.pop();
                continue;
            };
            match marks[parent] {
                Mark::Open => {
                    parents[node].remove(next);
                }
                Mark::New => stack.push((parent, 0)),
                Mark::Done => {
                    if let Some(top) = stack.last_mut() {
                        top.1 += 1;
                    }
                }
            }
        }
    }
    depths
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn taxonomy(links: &[(&str, &[&str])]) -> Taxonomy {
        Taxonomy::new(links.iter().map(|(tag, parents)| Node {
            tag: (*tag).to_owned(),
            parents: parents.iter().map(|&parent| parent.to_owned()).collect(),
            ..Node::default()
        }))
    }

    #[test]
    fn depth_is_the_longest_way_to_a_root() {
        let taxonomy = taxonomy(&[("spreads", &[]), ("sweet", &["spreads"]), ("hazelnut", &["sweet", "spreads"])]);
        let id = |tag| taxonomy.id(tag).expect("tag");

        assert_eq!(taxonomy.depth(id("hazelnut")), 3);
        assert_eq!(taxonomy.ancestors(id("hazelnut")), [id("sweet"), id("spreads")]);
        assert_eq!(taxonomy.most_specific(&[id("spreads"), id("hazelnut"), id("sweet")]), Some(id("hazelnut")));
        assert!(taxonomy.is_a(id("hazelnut"), id("spreads")) && !taxonomy.is_a(id("spreads"), id("hazelnut")));
    }

    #[test]
    fn a_cycle_an_unknown_parent_and_a_repeated_tag_are_dropped() {
        let taxonomy = taxonomy(&[("a", &["b", "nowhere"]), ("b", &["c"]), ("c", &["a"]), ("a", &["c"])]);

        assert_eq!(taxonomy.len(), 3);
        let links: usize = taxonomy.ids().map(|id| taxonomy.parents(id).len()).sum();
        assert_eq!(links, 2);
    }
    #[test]
    fn a_parent_that_is_named_twice_has_one_child() {
        let taxonomy = taxonomy(&[("spreads", &[]), ("sweet", &["spreads", "spreads"])]);

        assert_eq!(taxonomy.children(CategoryId(0)), [CategoryId(1)]);
    }

    #[test]
    fn a_name_falls_back_to_english_to_any_language_and_to_the_tag() {
        let named = |names: &[(Lang, &str)]| {
            let names = names.iter().map(|&(lang, name)| (lang, name.to_owned())).collect();
            Taxonomy::new([Node { tag: "en:jams".to_owned(), names, ..Node::default() }])
        };
        let german = Lang(*b"de");
        let id = CategoryId(0);
        assert_eq!(named(&[(Lang::EN, "Jams"), (Lang::FR, "Confitures")]).name(id, Lang::FR), "Confitures");
        assert_eq!(named(&[(german, "Marmeladen"), (Lang::EN, "Jams")]).name(id, Lang::FR), "Jams");
        assert_eq!(named(&[(german, "Marmeladen")]).name(id, Lang::FR), "Marmeladen");
        assert_eq!(named(&[]).name(id, Lang::FR), "en:jams");
    }

    proptest! {
        #[test]
        fn whatever_the_links_a_child_is_deeper_than_its_parents_and_is_what_they_are(
            links in proptest::collection::vec(proptest::collection::vec(0usize..12, 0..4), 12),
        ) {
            let taxonomy = Taxonomy::new(links.iter().enumerate().map(|(index, parents)| Node {
                tag: index.to_string(),
                parents: parents.iter().map(ToString::to_string).collect(),
                ..Node::default()
            }));

            for id in taxonomy.ids() {
                let ancestors = taxonomy.ancestors(id);
                prop_assert!(taxonomy.parents(id).iter().all(|parent| taxonomy.depth(*parent) < taxonomy.depth(id)));
                for other in taxonomy.ids() {
                    prop_assert_eq!(taxonomy.is_a(id, other), id == other || ancestors.contains(&other));
                }
            }
        }
    }
}
