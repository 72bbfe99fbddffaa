//! A category for a product that has none that the taxonomy knows, from its own words.
//!
//! Many records carry only tags that nobody has entered in the taxonomy (`en:gouda-cheese`), or only a
//! very broad one. Their words still name a category: "barbecue sauce", "gouda".

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use super::said::SAID;
use crate::food::category::{CategoryId, Taxonomy};
use crate::food::product::{Lang, Product, Text};
use crate::food::substitution::uses::{Breadth, Uses};
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
/// Where nuts, popcorn and crackers are filed as often as under their own names, though none of them lies below it.
const NIBBLED: &str = "en:snacks";
/// Heads that mean something else as often as not: "bread and butter chips" are pickles.
const AMBIGUOUS: [&str; 12] =
    ["chip", "mix", "bar", "stick", "pat", "roll", "cup", "bit", "slic", "piec", "snack", "sauc"];

/// The names of categories, by language and words.
pub(super) struct CategoryWords {
    /// Several categories may have one name: couscous is a dish and a semolina.
    named: FxHashMap<(Lang, u64), Vec<CategoryId>>,
    /// The categories of [`SAID`], wherever in a name their words stand.
    said: FxHashMap<u64, CategoryId>,
}

impl CategoryWords {
    /// Reads the names and synonyms of every category that `admits` lets through.
    pub(super) fn of(taxonomy: &Taxonomy, admits: impl Fn(CategoryId) -> bool) -> Self {
        let said_of = |(tag, words): &(&'static str, &'static str)| {
            let id = taxonomy.id(tag).filter(|id| admits(*id));
            let hashes = words.split(", ").filter_map(|words| hash(&stems(words)));
            id.into_iter().flat_map(move |id| hashes.clone().map(move |hash| (hash, id)))
        };
        let said = SAID.iter().flat_map(said_of).collect();
        let mut named: FxHashMap<(Lang, u64), Vec<CategoryId>> = FxHashMap::default();
        for id in taxonomy.ids().filter(|id| admits(*id)) {
            let node = taxonomy.node(id);
            for (lang, name) in node.names.iter().chain(&node.synonyms) {
                if let Some(hash) = hash(&stems(name)) {
                    named.entry((*lang, hash)).or_default().push(id);
                }
            }
        }
        Self { named, said }
    }

    /// The category that a product's unknown tags name, else its name.
    ///
    /// Where it has known categories, which are then too broad, the guess must lie below the narrowest, or be nibbled
    /// where that is the snacks: the last word of "sour cream and onion snack" is no cream. Else a name must give two
    /// words, or all it has.
    pub(super) fn guess(
        &self,
        product: &Product,
        taxonomy: &Taxonomy,
        uses: &Uses,
        known: &[CategoryId],
        is_known: impl Fn(&str) -> bool,
    ) -> Option<CategoryId> {
        let above = taxonomy.most_specific(known);
        let is_below = |id: CategoryId, above: CategoryId| id != above && taxonomy.is_a(id, above);
        let is_nibbled =
            |id: CategoryId, above: CategoryId| taxonomy.tag(above) == NIBBLED && uses.serves(taxonomy, id, above);
        let fits = |id: CategoryId| above.is_none_or(|above| is_below(id, above) || is_nibbled(id, above));
        let is_loose = above.is_some_and(|above| uses.breadth(above) == Breadth::Broad);
        let shortest = if known.is_empty() { WORDS_SURE } else { 1 };
        let unknown = product.categories.iter().rev().filter(|tag| !is_known(tag));
        let of_tags = || unknown.clone().find_map(|tag| self.of_tag(tag, fits));
        let brand = stems(product.brands.first().map_or("", String::as_str));
        // Behind a comma or in brackets stands the flavour more often than the kind; a category above it decides.
        let parts_max = if known.is_empty() { 1 } else { usize::MAX };
        let of_name = |name: &Text| {
            let lang = [name.lang, product.lang].into_iter().find(|lang| *lang != Lang::UNKNOWN);
            // A hyphen within a word parts nothing.
            let parts = name.text.split(" - ").flat_map(|part| part.split([',', '(', '|', ';', '–'])).map(stems);
            let telling = parts.filter(|words| words.iter().any(|word| !brand.contains(word)));
            let parts: Vec<Vec<String>> = telling.take(parts_max).collect();
            let read = |shortest: usize, langs: &[Lang]| {
                let of_lang = |lang: &Lang| parts.iter().find_map(|words| self.of_part(words, *lang, shortest, fits));
                langs.iter().find_map(of_lang)
            };
            let said = |shortest: usize| {
                let read = |words: &Vec<String>| self.of_said(words, shortest, is_loose, fits);
                parts.iter().find_map(read).filter(|_| !known.is_empty())
            };
            let (own, others) = (
                lang.as_slice(),
                if known.is_empty() { &OF_NO_LANGUAGE[..usize::from(lang.is_none())] } else { &OF_NO_LANGUAGE[..] },
            );
            let in_others = || read(if lang.is_some() { WORDS_SURE } else { shortest }, others);
            said(WORDS_SURE).or_else(|| read(shortest, own)).or_else(|| said(1)).or_else(in_others)
        };
        let of_names = || product.names.iter().find_map(of_name);
        of_tags().or_else(of_names)
    }

    fn of_tag(&self, tag: &str, fits: impl Fn(CategoryId) -> bool) -> Option<CategoryId> {
        let (lang, text) = tag.split_once(':')?;
        self.of_words(&stems(text), Lang::parse(lang)?, 1, fits)
    }

    fn of_part(
        &self,
        words: &[String],
        lang: Lang,
        shortest: usize,
        fits: impl Fn(CategoryId) -> bool,
    ) -> Option<CategoryId> {
        let head = if is_head_last(lang) { words.last() } else { words.first() };
        let is_sure = head.is_some_and(|head| !AMBIGUOUS.contains(&head.as_str()));
        self.of_words(words, lang, if is_sure { shortest.min(words.len().max(1)) } else { WORDS_SURE }, fits)
    }

    /// The category that `shortest` or more of the words are said to mean, the most words first. Where several words mean
    /// what does not fit, one of them alone means nothing: a cereal bar is no cereal.
    fn of_said(
        &self,
        words: &[String],
        shortest: usize,
        is_loose: bool,
        fits: impl Fn(CategoryId) -> bool,
    ) -> Option<CategoryId> {
        let said = |part: &[String]| self.said.get(&hash(part)?).copied();
        let longest = (WORDS_SURE..=words.len().min(WORDS_MAX)).rev().find_map(|len| words.windows(len).find_map(said));
        match longest {
            Some(id) => Some(id).filter(|id| is_loose || fits(*id)),
            None => words.windows(1).take_while(|_| shortest == 1).filter_map(said).find(|id| fits(*id)),
        }
    }

    /// The category named by the most words that include the head.
    fn of_words(
        &self,
        words: &[String],
        lang: Lang,
        shortest: usize,
        fits: impl Fn(CategoryId) -> bool,
    ) -> Option<CategoryId> {
        let find = |part: &[String]| self.named.get(&(lang, hash(part)?))?.iter().copied().find(|id| fits(*id));
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
            node("en:cereal-bars", &[(b"en", "Cereal bars")]),
            node("en:cereals-and-their-products", &[(b"en", "Cereals and their products")]),
            Node {
                parents: vec!["en:dairies".to_owned()],
                ..node("en:ricotta", &[(b"it", "Ricotta"), (b"fr", "Ricotta")])
            },
            Node {
                parents: vec!["en:cereals-and-their-products".to_owned()],
                ..node("en:breakfast-cereals", &[(b"fr", "Céréales pour petit-déjeuner")])
            },
            node("en:iced-teas", &[(b"en", "Iced teas")]),
            node("en:snacks", &[(b"en", "Snacks")]),
            node("en:nuts", &[(b"en", "Nuts")]),
            node("en:couscous-dishes", &[(b"fr", "Couscous")]),
            Node {
                parents: vec!["en:cereals-and-their-products".to_owned()],
                ..node("en:couscous", &[(b"fr", "Couscous")])
            },
        ])
    }

    fn guessed<'a>(
        words: &CategoryWords,
        taxonomy: &'a Taxonomy,
        product: &Product,
        known: &[CategoryId],
    ) -> Option<&'a str> {
        let uses = Uses::of(taxonomy);
        words.guess(product, taxonomy, &uses, known, |tag| taxonomy.id(tag).is_some()).map(|id| taxonomy.tag(id))
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
            ("Lion Céréales au caramel", Some("en:cereals-and-their-products"), Some("en:breakfast-cereals")),
            ("Barre de céréales", Some("en:cereals-and-their-products"), Some("en:cereal-bars")),
            ("Ser ricotta", Some("en:dairies"), None),
            // Two words that people say are sure, whatever it is made of or kept in; below a moment they are not.
            ("Iced tea", Some("en:cereals-and-their-products"), Some("en:iced-teas")),
            ("Iced tea", Some("en:snacks"), None),
            ("Cereal bar", Some("en:breakfast-cereals"), None),
            // Of two categories of one name the one that fits.
            ("Couscous moyen", Some("en:cereals-and-their-products"), Some("en:couscous")),
            ("Snack", Some("en:snacks"), None),
            // Nuts are filed among the snacks; a hyphen parts no word.
            ("Salted nuts", Some("en:snacks"), Some("en:nuts")),
            ("Salted nuts", Some("en:dairies"), None),
            ("Nut-rition mix", Some("en:snacks"), None),
        ] {
            let mut product = Product::new(Barcode::from_number(1), name);
            product.categories = known.iter().map(|tag| (*tag).to_owned()).collect();
            let known: Vec<CategoryId> = known.iter().filter_map(|tag| taxonomy.id(tag)).collect();
            assert_eq!(guessed(&words, &taxonomy, &product, &known), found, "{name} below {known:?}");
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
            assert_eq!(guessed(&words, &taxonomy, &product, &[]), found, "{name}");
        }
    }
}
