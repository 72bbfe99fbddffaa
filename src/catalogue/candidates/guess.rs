//! A category for a product that has none that the taxonomy knows, from its own words.
//!
//! Many records carry only tags that nobody has entered in the taxonomy (`en:gouda-cheese`), or only a
//! very broad one. Their words still name a category: "barbecue sauce", "gouda".

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use crate::food::category::{CategoryId, Taxonomy};
use crate::food::product::{Lang, Product, Text};
use crate::food::substitution::words;

/// Words in the longest name that is looked for.
const WORDS_MAX: usize = 6;
/// A name of fewer words is taken from a product's name only if it is the whole of it or its head.
const WORDS_SURE: usize = 2;
/// Languages whose compounds end in the head ("dill pickles"); the others begin with it ("pickles à l'aneth").
const HEAD_LAST: [[u8; 2]; 8] = [*b"en", *b"de", *b"nl", *b"sv", *b"da", *b"nb", *b"no", *b"fi"];
/// In which languages a name of no language is read, those of most records first.
const OF_NO_LANGUAGE: [Lang; 7] =
    [Lang::EN, Lang::FR, Lang(*b"it"), Lang(*b"es"), Lang(*b"de"), Lang(*b"pt"), Lang(*b"pl")];
/// What people call foods that the taxonomy names otherwise, or not in their language: language, words, category.
const SAID: &[(Lang, &str, &str)] = &[
    (Lang::FR, "céréales", "en:breakfast-cereals"),
    (Lang::EN, "cereal", "en:breakfast-cereals"),
    (Lang(*b"pt"), "cereal", "en:breakfast-cereals"),
    (Lang(*b"pt"), "cereal matinal", "en:breakfast-cereals"),
    (Lang(*b"es"), "cereales", "en:breakfast-cereals"),
    (Lang::EN, "granola clusters", "en:mueslis"),
    (Lang(*b"pt"), "creme de leite", "en:creams"),
    (Lang(*b"pt"), "leite condensado", "en:condensed-milks"),
    (Lang(*b"pt"), "leite em pó", "en:milk-powders"),
    (Lang(*b"pl"), "śmietanka", "en:creams"),
    (Lang(*b"pl"), "śmietana", "en:creams"),
    (Lang(*b"it"), "passata di pomodoro", "en:tomato-purees"),
    (Lang(*b"it"), "passata pomodoro", "en:tomato-purees"),
];
/// Heads that mean something else as often as not: "bread and butter chips" are pickles.
const AMBIGUOUS: [&str; 12] =
    ["chip", "mix", "bar", "stick", "pat", "roll", "cup", "bit", "slic", "piec", "snack", "sauc"];

/// The names of categories, by language and words.
pub(super) struct CategoryWords {
    named: FxHashMap<(Lang, u64), CategoryId>,
    /// The categories of [`SAID`], which stand at either end of a name.
    said: FxHashMap<(Lang, u64), CategoryId>,
}

impl CategoryWords {
    /// Reads the names and synonyms of every category that `admits` lets through.
    pub(super) fn of(taxonomy: &Taxonomy, admits: impl Fn(CategoryId) -> bool) -> Self {
        let said = SAID.iter().filter_map(|(lang, words, tag)| {
            let id = taxonomy.id(tag).filter(|id| admits(*id))?;
            Some(((*lang, hash(&stems(words))?), id))
        });
        let said = said.collect();
        let mut named = FxHashMap::default();
        for id in taxonomy.ids().filter(|id| admits(*id)) {
            let node = taxonomy.node(id);
            for (lang, name) in node.names.iter().chain(&node.synonyms) {
                if let Some(hash) = hash(&stems(name)) {
                    named.entry((*lang, hash)).or_insert(id);
                }
            }
        }
        Self { named, said }
    }

    /// The category that a product's unknown tags name, else its name.
    ///
    /// Where it has known categories, which are then too broad, the guess must lie below the narrowest: the
    /// last word of "sour cream and onion snack" is no cream. Else a name must give two words, or all it has.
    pub(super) fn guess(
        &self,
        product: &Product,
        taxonomy: &Taxonomy,
        known: &[CategoryId],
        is_known: impl Fn(&str) -> bool,
    ) -> Option<CategoryId> {
        let above = taxonomy.most_specific(known);
        let fits = |id: &CategoryId| above.is_none_or(|above| taxonomy.is_a(*id, above));
        let shortest = if known.is_empty() { WORDS_SURE } else { 1 };
        let unknown = product.categories.iter().rev().filter(|tag| !is_known(tag));
        let of_tags = || unknown.clone().find_map(|tag| self.of_tag(tag).filter(fits));
        let brand = stems(product.brands.first().map_or("", String::as_str));
        // Behind a comma or in brackets stands the flavour more often than the kind; a category above it decides.
        let parts_max = if known.is_empty() { 1 } else { usize::MAX };
        let of_name = |name: &Text| {
            let lang = [name.lang, product.lang].into_iter().find(|lang| *lang != Lang::UNKNOWN);
            let langs = match &lang {
                Some(lang) => std::slice::from_ref(lang),
                None if known.is_empty() => &OF_NO_LANGUAGE[..1],
                // The category above keeps it from a word that means two things.
                None => &OF_NO_LANGUAGE,
            };
            let parts = name.text.split([',', '(', '-', '|', ';']).map(stems);
            let telling = parts.filter(|words| words.iter().any(|word| !brand.contains(word)));
            let parts: Vec<Vec<String>> = telling.take(parts_max).collect();
            let read = |of: &dyn Fn(&[String], Lang) -> Option<CategoryId>| {
                langs.iter().find_map(|lang| parts.iter().find_map(|words| of(words, *lang).filter(fits)))
            };
            let said = || read(&|words, lang| self.at_an_end(words, lang)).filter(|_| !known.is_empty());
            read(&|words, lang| self.of_part(words, lang, shortest)).or_else(said)
        };
        let of_names = || product.names.iter().find_map(of_name);
        of_tags().or_else(of_names)
    }

    fn of_tag(&self, tag: &str) -> Option<CategoryId> {
        let (lang, text) = tag.split_once(':')?;
        self.of_words(&stems(text), Lang::parse(lang)?, 1)
    }

    fn of_part(&self, words: &[String], lang: Lang, shortest: usize) -> Option<CategoryId> {
        let head = if is_head_last(lang) { words.last() } else { words.first() };
        let is_sure = head.is_some_and(|head| !AMBIGUOUS.contains(&head.as_str()));
        self.of_words(words, lang, if is_sure { shortest.min(words.len().max(1)) } else { WORDS_SURE })
    }

    /// The category that the first or the last words are said to mean, of most words.
    fn at_an_end(&self, words: &[String], lang: Lang) -> Option<CategoryId> {
        let find = |part: &[String]| self.said.get(&(lang, hash(part)?)).copied();
        let lens = (1..=words.len().min(WORDS_MAX)).rev();
        lens.flat_map(|len| [&words[..len], &words[words.len() - len..]]).find_map(find)
    }

    /// The category named by the most words that include the head.
    fn of_words(&self, words: &[String], lang: Lang, shortest: usize) -> Option<CategoryId> {
        let find = |part: &[String]| self.named.get(&(lang, hash(part)?)).copied();
        (shortest..=words.len().min(WORDS_MAX)).rev().find_map(|len| {
            let (head, other) = if is_head_last(lang) {
                (&words[words.len() - len..], &words[..len])
            } else {
                (&words[..len], &words[words.len() - len..])
            };
            find(head).or_else(|| find(other).filter(|_| len >= WORDS_SURE))
        })
    }
}

fn is_head_last(lang: Lang) -> bool {
    HEAD_LAST.contains(&lang.0)
}

fn stems(text: &str) -> Vec<String> {
    words::folded(text).iter().filter(|word| words::is_telling(word)).map(|word| words::stem(word).to_owned()).collect()
}

fn hash(words: &[String]) -> Option<u64> {
    (!words.is_empty()).then(|| xxh3_64(words.join(" ").as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::food::barcode::Barcode;
    use crate::food::category::Node;

    fn taxonomy() -> Taxonomy {
        let node = |tag: &str, names: &[(&[u8; 2], &str)]| Node {
            tag: tag.to_owned(),
            names: names.iter().map(|(lang, name)| (Lang(**lang), (*name).to_owned())).collect(),
            ..Node::default()
        };
        Taxonomy::new([
            node("en:gouda", &[(b"en", "Gouda")]),
            node("en:barbecue-sauces", &[(b"en", "Barbecue sauces"), (b"fr", "Sauces barbecue")]),
            node("en:pickles", &[(b"en", "Pickles")]),
            node("en:chips", &[(b"en", "Chips")]),
            node("en:honeys", &[(b"en", "Honeys"), (b"fr", "Miels")]),
            node("en:lemon-curds", &[(b"en", "Lemon curds")]),
            node("en:dairies", &[(b"en", "Dairies")]),
            node("en:cereals-and-their-products", &[(b"en", "Cereals and their products")]),
            Node {
                parents: vec!["en:dairies".to_owned()],
                ..node("en:ricotta", &[(b"it", "Ricotta"), (b"fr", "Ricotta")])
            },
            Node {
                parents: vec!["en:cereals-and-their-products".to_owned()],
                ..node("en:breakfast-cereals", &[(b"fr", "Céréales pour petit-déjeuner")])
            },
        ])
    }

    #[test]
    fn below_a_broad_category_names_of_no_language_and_what_people_say_are_read_too() {
        let taxonomy = taxonomy();
        let words = CategoryWords::of(&taxonomy, |_| true);
        for (name, known, found) in [
            ("Ricotta fresca", Some("en:dairies"), Some("en:ricotta")),
            ("Ricotta fresca", None, None),
            ("Chocoboules Céréales", Some("en:cereals-and-their-products"), Some("en:breakfast-cereals")),
            ("Céréales", Some("en:dairies"), None),
            ("Céréales", None, None),
        ] {
            let mut product = Product::new(Barcode::from_number(1), name);
            product.categories = known.iter().map(|tag| (*tag).to_owned()).collect();
            let known: Vec<CategoryId> = known.iter().filter_map(|tag| taxonomy.id(tag)).collect();
            assert_eq!(
                words.guess(&product, &taxonomy, &known, |tag| taxonomy.id(tag).is_some()).map(|id| taxonomy.tag(id)),
                found,
                "{name} below {known:?}"
            );
        }
    }

    #[test]
    fn words_of_unknown_tags_and_of_names_name_a_category() {
        let taxonomy = taxonomy();
        let words = CategoryWords::of(&taxonomy, |_| true);
        for (name, tags, found) in [
            ("Smoky Barbecue Sauce", vec![], Some("en:barbecue-sauces")),
            ("Organic Kosher Dill Pickles, 16 oz", vec![], None),
            ("Honey", vec![], Some("en:honeys")),
            ("Lemon Curd", vec![], Some("en:lemon-curds")),
            ("Slices", vec!["en:gouda-slices", "en:dutch-gouda"], Some("en:gouda")),
            ("Bread and butter chips", vec![], None),
            ("Something else", vec![], None),
        ] {
            let mut product = Product::new(Barcode::from_number(1), name);
            product.lang = Lang::EN;
            product.categories = tags.into_iter().map(str::to_owned).collect();
            assert_eq!(
                words.guess(&product, &taxonomy, &[], |tag| taxonomy.id(tag).is_some()).map(|id| taxonomy.tag(id)),
                found,
                "{name}"
            );
        }
    }
}
