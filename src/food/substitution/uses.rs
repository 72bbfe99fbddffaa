//! Which categories mean one use, and where the ways up the taxonomy stop meaning it.

use super::occasion::{OCCASIONS, Occasion};
use crate::food::category::{CategoryId, Taxonomy};

use super::Lane;

/// A category with more categories below it than this names a trade, not a use ("dairies" has 900).
const DESCENDANTS_MAX: usize = 700;
/// Levels of the same use that one product has; deep branches have eight or nine.
const SAME_LEVELS_MAX: usize = 12;
/// Neighbouring categories that a bolder swap looks at.
const BOLDER_LEVELS_MAX: usize = 12;
/// The closeness of the most specific category.
pub const CLOSEST: u8 = 255;
/// The closeness of the most specific category where it is only a guess.
pub const CLOSEST_GUESSED: u8 = 254;
/// The closeness of an equally deep category of another branch.
const CLOSEST_OTHER: u8 = 115;
/// What each step up takes from closeness.
const STEP: u8 = 4;
/// The closeness of a most specific category that is too broad for one use.
const OWN_BROAD: u8 = 215;

/// What foods are made of, where they come from, who may eat them: says nothing about what they are for.
const ORIGINS: &[&str] = &[
    "en:plant-based-foods-and-beverages",
    "en:plant-based-foods",
    "en:plant-based-beverages",
    "en:fruits-and-vegetables-based-foods",
    "en:vegetables-based-foods",
    "en:fruits-based-foods",
    "en:cereals-and-potatoes",
    "en:cereals-and-their-products",
    "en:dairies",
    "en:breakfasts",
    "en:dairy-substitutes",
    "en:fermented-foods",
    "en:fermented-milk-products",
    "en:fermented-drinks",
    "en:farming-products",
    "en:seeds",
    "en:animal-fats",
    "en:milkfat",
    "en:unsweetened-beverages",
    "en:sweetened-beverages",
    "en:artificially-sweetened-beverages",
    "en:products-without-gluten",
    "en:products-for-specific-diets",
    "en:specific-products",
    "en:non-food-products",
    "en:culinary-plants",
    "en:fatty-fishes",
    "en:vegetable-based-foods-and-beverages",
    "en:vegetable-rods",
    "en:vegetable-fats",
    "en:cow-milk-yogurts",
    "en:non-sugared-beverages",
    "en:sugared-beverages",
    "en:dairies-substitutes",
    "en:tomatoes-and-tomato-products",
    "en:meat-based-products",
    "en:labeled-cheeses",
    "en:bee-products",
];
/// Shelves of a shop, and what contributors file a record under when it is none of theirs: mayonnaise and spring onions
/// are both groceries.
const SHELVES: &[&str] = &[
    "en:groceries",
    "fr:epicerie",
    "de:falscher-product-type",
    "es:tipo-de-producto-incorrecto",
    "ru:неправильныи-product-type",
];
/// The ends of tags that name a raw material.
const ORIGIN_ENDINGS: &[&str] = &["-and-their-products", "-and-its-products", "-tree-products"];
/// How foods are kept: a tin of peas is no tin of peaches.
const KEEPINGS: &[&str] = &[
    "en:canned-foods",
    "en:canned-plant-based-foods",
    "en:frozen-foods",
    "en:frozen-plant-based-foods",
    "en:fresh-foods",
    "en:fresh-plant-based-foods",
    "en:refrigerated-foods",
    "en:dried-products",
    "en:dried-plant-based-foods",
    "en:dried-products-to-be-rehydrated",
    "en:prepared-vegetables",
    "en:breaded-products",
    "en:flakes",
    "en:extruded-flakes",
    "en:meat-preparations",
];
/// Moments of the day, shelves and kinds of dish: too wide for one use, wide enough for a bolder swap.
const MOMENTS: &[&str] = &[
    "en:snacks",
    "en:sweet-snacks",
    "en:salty-snacks",
    "en:sugary-snacks",
    "en:salted-snacks",
    "en:biscuits-and-crackers",
    "fr:aperitif",
    "en:desserts",
    "en:meals",
    "en:beverages",
    "en:non-alcoholic-beverages",
    "en:hot-beverages",
    "en:alcoholic-beverages",
    "en:appetizers",
    "en:spreads",
    "en:sweet-spreads",
    "en:salted-spreads",
    "en:plant-based-spreads",
    "en:condiments",
    "en:sauces",
    "en:fats",
    "en:sweeteners",
    "en:confectioneries",
    "en:biscuits-and-cakes",
    "en:chips-and-fries",
    "en:festive-foods",
    "en:christmas-foods-and-drinks",
    "en:cooking-helpers",
    "en:fruit-based-beverages",
    "en:instant-beverages",
    "en:frozen-desserts",
    "en:pies",
    "en:meat-alternatives",
    "en:meats",
    "en:seafood",
    "en:milk-substitutes",
    "en:canned-meals",
    "en:frozen-ready-made-meals",
    "en:microwave-meals",
];

/// How far a category's members are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breadth {
    /// Its members are put to one use.
    Use,
    /// Its members serve one occasion.
    Moment,
    /// Its members share a material, an origin or a way of keeping.
    Broad,
}

/// A category to look for substitutes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// The category.
    pub category: CategoryId,
    /// Which lane its products would be in.
    pub lane: Lane,
    /// How close it is to the original's use, 255 for its most specific category.
    pub closeness: u8,
    /// Whether what it offers stands in well for what is asked for.
    pub stands_in: bool,
}

/// The breadth of every category of a taxonomy, and the occasions found in it.
#[derive(Debug)]
pub struct Uses {
    breadths: Vec<Breadth>,
    occasions: Vec<Found>,
}

/// The categories of an occasion that a taxonomy has.
#[derive(Debug)]
struct Found {
    asked: Vec<CategoryId>,
    offered: Vec<CategoryId>,
    stands_in: bool,
    is_closed: bool,
}

impl Uses {
    /// Judges every category once.
    pub fn of(taxonomy: &Taxonomy) -> Self {
        let descendants = descendants(taxonomy);
        let breadths = taxonomy.ids().map(|id| breadth(taxonomy.tag(id), descendants[id.0 as usize])).collect();
        let known = |tags: &[&str]| tags.iter().filter_map(|tag| taxonomy.id(tag)).collect();
        let found = |occasion: &Occasion| Found {
            asked: known(occasion.asked),
            offered: known(occasion.offered),
            stands_in: occasion.stands_in,
            is_closed: occasion.is_closed,
        };
        Self { breadths, occasions: OCCASIONS.iter().map(found).collect() }
    }

    /// How far a category's members are alike.
    pub fn breadth(&self, category: CategoryId) -> Breadth {
        self.breadths[category.0 as usize]
    }

    /// Whether categories put a product to some use, or name an occasion for it.
    pub fn is_told(&self, categories: &[CategoryId]) -> bool {
        categories.iter().any(|id| self.breadth(*id) == Breadth::Use)
    }

    /// Whether a food of the category `offered` is what people reach for at an occasion for which they choose `asked`.
    pub fn serves(&self, taxonomy: &Taxonomy, offered: CategoryId, asked: CategoryId) -> bool {
        let occasions = self.occasions.iter().filter(|found| found.asked.contains(&asked));
        occasions.flat_map(|found| &found.offered).any(|id| *id == offered || taxonomy.is_a(offered, *id))
    }

    /// Where to look for substitutes of a product with these categories (those above included):
    /// the same use first, the closest first in each lane.
    pub fn levels(
        &self,
        taxonomy: &Taxonomy,
        categories: &[CategoryId],
        most_specific: Option<CategoryId>,
    ) -> Vec<Level> {
        let mut levels = self.same_use(taxonomy, categories, most_specific);
        // A product whose own most specific category is broad is still likest to those beside it there.
        let own = most_specific.filter(|own| self.breadth(*own) != Breadth::Use);
        let bolder = own.map(|category| Level { category, lane: Lane::Bolder, closeness: OWN_BROAD, stands_in: false });
        let of_occasion = self.same_occasion(taxonomy, categories);
        levels.extend(bolder);
        levels.extend(of_occasion.into_iter().filter(|level| Some(level.category) != own));
        levels
    }

    fn same_use(
        &self,
        taxonomy: &Taxonomy,
        categories: &[CategoryId],
        most_specific: Option<CategoryId>,
    ) -> Vec<Level> {
        let deepest = categories.iter().map(|id| taxonomy.depth(*id)).max().unwrap_or(0);
        let mut levels: Vec<Level> = categories
            .iter()
            .filter(|id| self.breadth(**id) == Breadth::Use)
            .map(|id| {
                let steps = deepest - taxonomy.depth(*id);
                let is_own = Some(*id) == most_specific;
                let closeness = if is_own { CLOSEST } else { closeness(steps) };
                Level { category: *id, lane: Lane::Same, closeness, stands_in: false }
            })
            .collect();
        levels.sort_by_key(|level| (std::cmp::Reverse(level.closeness), level.category));
        levels.truncate(SAME_LEVELS_MAX);
        levels
    }

    fn same_occasion(&self, taxonomy: &Taxonomy, categories: &[CategoryId]) -> Vec<Level> {
        let mut asked: Vec<(u16, usize)> = self
            .occasions
            .iter()
            .enumerate()
            .filter_map(|(at, found)| {
                found
                    .asked
                    .iter()
                    .filter(|id| categories.contains(id))
                    .map(|id| taxonomy.depth(*id))
                    .max()
                    .map(|depth| (depth, at))
            })
            .collect();
        asked.sort_by_key(|(depth, at)| (std::cmp::Reverse(*depth), *at));
        // What a wider moment offers is for want of something closer.
        let closest = asked.first().map(|(depth, _)| *depth);
        let is_closest = |(depth, at): &&(u16, usize)| Some(*depth) == closest && self.occasions[*at].is_closed;
        let closed = asked.iter().find(is_closest).copied();
        if let Some(closed) = closed {
            asked = vec![closed];
        }
        let found = asked.iter().map(|(depth, at)| (&self.occasions[*at], Some(*depth) == closest));
        let offered = found
            .flat_map(|(found, is_closest)| found.offered.iter().map(move |id| (*id, found.stands_in && is_closest)));
        // The nearest moments only: all that is spread, sweet or savoury, is no occasion for a pâté.
        let all = || categories.iter().copied().filter(|id| closed.is_none() && self.breadth(*id) == Breadth::Moment);
        let moments = all().filter(|id| !all().any(|other| other != *id && taxonomy.is_a(other, *id)));
        let mut levels: Vec<Level> = Vec::new();
        for (category, stands_in) in offered.chain(moments.map(|id| (id, false))) {
            if levels.len() < BOLDER_LEVELS_MAX && !levels.iter().any(|level| level.category == category) {
                let closeness = 128u8.saturating_sub(8 * levels.len() as u8);
                levels.push(Level { category, lane: Lane::Bolder, closeness, stands_in });
            }
        }
        levels
    }
}

/// Falls a little with every step up: within one use, the way from the original's own category to another
/// is long, that to the next but one hardly longer.
fn closeness(steps: u16) -> u8 {
    CLOSEST_OTHER.saturating_sub(STEP * steps.min(SAME_LEVELS_MAX as u16) as u8)
}

fn breadth(tag: &str, descendants: usize) -> Breadth {
    if MOMENTS.contains(&tag) {
        return Breadth::Moment;
    }
    let is_broad = ORIGINS.contains(&tag)
        || KEEPINGS.contains(&tag)
        || SHELVES.contains(&tag)
        || ORIGIN_ENDINGS.iter().any(|ending| tag.ends_with(ending))
        || descendants > DESCENDANTS_MAX;
    if is_broad { Breadth::Broad } else { Breadth::Use }
}

/// How many categories are below each, each way down counted once.
fn descendants(taxonomy: &Taxonomy) -> Vec<usize> {
    let mut counts = vec![0; taxonomy.len()];
    for id in taxonomy.ids() {
        for above in taxonomy.ancestors(id) {
            counts[above.0 as usize] += 1;
        }
    }
    counts
}
