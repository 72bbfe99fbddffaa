//! The vocabulary of the tests of substitution: a shelf of hand-written foods, and questions to it.

use foodswap::catalogue::candidates::{Candidates, CandidatesBuilder};
use foodswap::catalogue::mapped::{FileWriter, MappedFile};
use foodswap::food::allergen::{Allergen, Allergens};
use foodswap::food::barcode::Barcode;
use foodswap::food::category::{CategoryId, Node, Taxonomy};
use foodswap::food::country::Country;
use foodswap::food::diet::Verdict;
use foodswap::food::nutri_score::{Grade, NutriScore, Source, Version};
use foodswap::food::nutrition::{Amount, Nutrition};
use foodswap::food::product::{Lang, Product};
use foodswap::food::substitution::{Lane, Proposals, Substitute, Wishes};

const KIND: [u8; 8] = *b"FSWSHELF";

/// A few categories of the real taxonomy with the parents that matter: `tag < parent parent`.
const TAXONOMY: &str = "
en:beverages
en:carbonated-drinks < en:beverages
en:sodas < en:carbonated-drinks
en:colas < en:sodas
en:lemonade < en:sodas
en:waters < en:beverages
en:spring-waters < en:waters
en:flavored-waters < en:waters
en:juices-and-nectars < en:beverages
en:fruit-juices < en:juices-and-nectars
en:orange-juices < en:fruit-juices
en:iced-teas < en:beverages
en:energy-drinks < en:beverages
en:instant-beverages < en:beverages
en:cocoa-and-chocolate-powders
en:chocolate-powders < en:instant-beverages en:cocoa-and-chocolate-powders
en:plant-milks < en:beverages
en:soy-milks < en:plant-milks
en:oat-milks < en:plant-milks
en:alcoholic-beverages < en:beverages
en:beers < en:alcoholic-beverages
en:dairies
en:milks < en:dairies
en:whole-milks < en:milks
en:semi-skimmed-milks < en:milks
en:skimmed-milks < en:milks
en:desserts
en:dairy-desserts < en:dairies en:desserts
en:yogurts < en:dairy-desserts
en:fruit-yogurts < en:yogurts
en:plain-yogurts < en:yogurts
en:strawberry-yogurts < en:fruit-yogurts
fr:fromages-blancs < en:dairy-desserts
en:chocolate-puddings < en:dairy-desserts
en:compotes < en:desserts
en:apple-compotes < en:compotes
en:frozen-foods
en:frozen-desserts < en:desserts en:frozen-foods
en:ice-creams < en:frozen-desserts
en:vanilla-ice-creams < en:ice-creams
en:sorbets < en:frozen-desserts
en:cheeses < en:dairies
en:fresh-cheeses < en:cheeses
en:cottage-cheeses < en:fresh-cheeses
en:hard-cheeses < en:cheeses
en:cheddar-cheese < en:hard-cheeses
en:mozzarella < en:cheeses
en:cream-cheeses < en:fresh-cheeses
en:spreads
en:breakfasts
en:sweet-spreads < en:spreads en:breakfasts
fr:pates-a-tartiner < en:sweet-spreads
en:chocolate-spreads < fr:pates-a-tartiner
en:hazelnut-spreads < fr:pates-a-tartiner
en:cocoa-and-hazelnuts-spreads < en:chocolate-spreads en:hazelnut-spreads
en:jams < en:sweet-spreads
en:strawberry-jams < en:jams
en:plant-based-foods
en:oilseed-purees < en:plant-based-foods en:spreads
en:peanut-butters < en:oilseed-purees
en:almond-butters < en:oilseed-purees
en:salted-spreads < en:spreads
en:hummus < en:salted-spreads en:plant-based-foods
en:pates < en:salted-spreads
en:snacks
en:sweet-snacks < en:snacks
en:biscuits-and-cakes < en:sweet-snacks
en:biscuits < en:biscuits-and-cakes
en:chocolate-biscuits < en:biscuits
en:chocolate-chip-cookies < en:chocolate-biscuits
en:dry-biscuits < en:biscuits
en:shortbread-cookies < en:biscuits
en:cakes < en:biscuits-and-cakes
en:brownies < en:cakes
en:madeleines < en:cakes
en:confectioneries < en:sweet-snacks
en:candies < en:confectioneries
en:gummi-candies < en:candies
en:chocolates < en:confectioneries
en:milk-chocolates < en:chocolates
en:dark-chocolates < en:chocolates
en:bars < en:sweet-snacks
en:cereal-bars < en:bars
en:dried-fruits < en:plant-based-foods
en:raisins < en:dried-fruits
en:nuts < en:plant-based-foods
en:almonds < en:nuts
en:salty-snacks < en:snacks
en:crisps < en:salty-snacks
en:potato-crisps < en:crisps
en:popcorn < en:salty-snacks
en:crackers < en:salty-snacks
en:cereals-and-their-products < en:plant-based-foods
en:breakfast-cereals < en:breakfasts en:cereals-and-their-products
en:mueslis < en:breakfast-cereals
en:rolled-oats < en:breakfast-cereals
en:chocolate-cereals < en:breakfast-cereals
en:breads < en:plant-based-foods
en:sliced-breads < en:breads
en:white-breads < en:sliced-breads
en:wholemeal-breads < en:sliced-breads
en:viennoiseries < en:plant-based-foods
en:croissants < en:viennoiseries
en:brioches < en:viennoiseries
en:fats
en:spreadable-fats < en:fats
en:butters < en:spreadable-fats
en:margarines < en:spreadable-fats
en:vegetable-oils < en:fats
en:olive-oils < en:vegetable-oils
en:rapeseed-oils < en:vegetable-oils
en:sunflower-oils < en:vegetable-oils
en:palm-oils < en:vegetable-oils
en:creams < en:dairies
en:plant-based-creams
en:meals
en:soups < en:meals
en:vegetable-soups < en:soups
en:pizzas < en:meals
en:frozen-pizzas < en:pizzas en:frozen-foods
en:pasta-dishes < en:meals
en:lasagne < en:pasta-dishes
en:prepared-salads < en:meals
en:meals-with-fish < en:meals
en:sandwiches < en:meals
en:meats
en:prepared-meats < en:meats
en:hams < en:prepared-meats
en:white-hams < en:hams
en:sausages < en:prepared-meats
en:bacon < en:prepared-meats
en:poultries < en:meats
en:chickens < en:poultries
en:meat-alternatives
en:meat-analogues < en:meat-alternatives
en:tofu < en:meat-alternatives
en:seafood
en:fishes < en:seafood
en:canned-fishes < en:fishes
en:canned-tunas < en:canned-fishes
en:smoked-fishes < en:fishes
en:sauces
en:ketchup < en:sauces
en:mayonnaises < en:sauces
en:tomato-sauces < en:sauces
en:pestos < en:sauces
en:mustards < en:sauces
en:salad-dressings < en:sauces
en:pastas < en:plant-based-foods
en:wholemeal-pastas < en:pastas
en:rices < en:plant-based-foods
en:white-rices < en:rices
en:brown-rices < en:rices
en:legumes < en:plant-based-foods
en:lentils < en:legumes
en:potatoes < en:plant-based-foods
en:chips-and-fries
en:fries < en:chips-and-fries en:frozen-foods
en:canned-foods
en:vegetables-based-foods < en:plant-based-foods
en:canned-vegetables < en:vegetables-based-foods en:canned-foods
en:canned-peas < en:canned-vegetables
en:pickles < en:vegetables-based-foods
en:olives < en:pickles
en:canned-fruits < en:canned-foods en:plant-based-foods
en:baby-foods
en:dietary-supplements
en:sweeteners
en:sugars < en:sweeteners
en:honeys < en:sweet-spreads en:sweeteners
";

/// The taxonomy of these tests, each category named after its tag.
pub(crate) fn taxonomy() -> Taxonomy {
    Taxonomy::new(TAXONOMY.lines().filter(|line| !line.is_empty()).map(|line| {
        let (tag, parents) = line.split_once(" < ").unwrap_or((line, ""));
        let name = tag[3..].replace('-', " ");
        Node {
            tag: tag.to_owned(),
            parents: parents.split_whitespace().map(str::to_owned).collect(),
            names: vec![(Lang::EN, name)],
            ..Node::default()
        }
    }))
}

/// A product of a shelf. Written as `name; brand; categories; grade score; kJ fat saturates sugars fibre protein salt`.
pub(crate) fn food(line: &str) -> Product {
    let cells: Vec<&str> = line.split(';').map(str::trim).collect();
    let [name, brand, categories, judged, amounts] = cells[..] else { panic!("five cells in {line}") };
    let (grade, score) = judged.split_once(' ').expect("a grade and a score");
    let amounts: Vec<f64> = amounts.split_whitespace().map(|amount| amount.parse().expect("a number")).collect();
    let [energy, fat, saturates, sugars, fibre, protein, salt] = amounts[..] else { panic!("seven amounts in {line}") };
    let labelled = |value| Some(Amount::labelled(value));
    let mut product = Product::new(Barcode::from_number(1), name);
    product.lang = Lang::EN;
    product.brands = vec![brand.to_owned()];
    product.categories = categories.split_whitespace().map(str::to_owned).collect();
    product.nutri_score = NutriScore::Graded {
        grade: Grade::parse(grade).expect("a grade"),
        score: Some(score.parse().expect("a score")),
        version: Version::V2023,
        source: Source::Off,
    };
    product.nutrition = Nutrition {
        energy_kj: labelled(energy),
        fat_g: labelled(fat),
        saturated_fat_g: labelled(saturates),
        sugars_g: labelled(sugars),
        fiber_g: labelled(fibre),
        proteins_g: labelled(protein),
        salt_g: labelled(salt),
        ..Nutrition::default()
    };
    product.completeness = 80;
    product
}

/// Traits that a line does not tell.
pub(crate) trait Traits {
    fn containing(self, allergens: &[Allergen]) -> Self;
    fn with_traces_of(self, allergens: &[Allergen]) -> Self;
    fn sold_in(self, codes: &[&str]) -> Self;
    fn vegan(self, verdict: Verdict) -> Self;
    fn nova(self, group: u8) -> Self;
    fn stating(self, grade: Grade) -> Self;
}

impl Traits for Product {
    fn containing(mut self, allergens: &[Allergen]) -> Self {
        self.allergens = Some(allergens.iter().copied().collect());
        self
    }

    fn with_traces_of(mut self, allergens: &[Allergen]) -> Self {
        self.traces = Some(allergens.iter().copied().collect());
        self
    }

    fn sold_in(mut self, codes: &[&str]) -> Self {
        self.countries = codes.iter().filter_map(|code| Country::from_code(code)).collect();
        self
    }

    fn vegan(mut self, verdict: Verdict) -> Self {
        self.analysis.vegan = verdict;
        self
    }

    fn nova(mut self, group: u8) -> Self {
        self.nova_group = Some(group);
        self
    }

    fn stating(mut self, grade: Grade) -> Self {
        self.stated_grade = Some(grade);
        self
    }
}

/// A small catalogue to ask for substitutes.
pub(crate) struct Shelf {
    products: Vec<Product>,
    pub(crate) candidates: Candidates,
    _folder: tempfile::TempDir,
}

impl Shelf {
    pub(crate) fn of(products: impl IntoIterator<Item = Product>) -> Self {
        Self::with(&taxonomy(), products.into_iter().collect())
    }

    pub(crate) fn with(taxonomy: &Taxonomy, products: Vec<Product>) -> Self {
        let folder = tempfile::tempdir().expect("folder");
        let mut builder = CandidatesBuilder::new(folder.path(), taxonomy).expect("builder");
        for (doc, product) in (0..).zip(&products) {
            let named: Vec<CategoryId> = product.categories.iter().filter_map(|tag| taxonomy.id(tag)).collect();
            builder.add(doc, product, &named).expect("add");
        }
        let path = folder.path().join("candidates");
        let mut writer = FileWriter::create(&path, KIND, 1).expect("create");
        builder.finish(&mut writer).expect("finish");
        writer.finish().expect("durable");
        let file = MappedFile::open(&path, KIND, 1).expect("open");
        let candidates = Candidates::open(&file).expect("sections");
        Self { products, candidates, _folder: folder }
    }

    /// The answer for the product of a name.
    pub(crate) fn ask(&self, name: &str, wishes: &Wishes) -> Proposals {
        let doc = self.products.iter().position(|product| product.name(Lang::EN) == name);
        let doc = doc.unwrap_or_else(|| panic!("no {name} on the shelf"));
        self.candidates.substitutes(doc as u32, wishes)
    }

    /// The names of what is proposed in a lane.
    pub(crate) fn proposed(&self, name: &str, lane: Lane) -> Vec<&str> {
        let wishes = Wishes { lane: Some(lane), ..Wishes::default() };
        self.ask(name, &wishes).substitutes.iter().map(|substitute| self.name(substitute)).collect()
    }

    pub(crate) fn name(&self, substitute: &Substitute) -> &str {
        self.product(substitute).name(Lang::EN)
    }

    pub(crate) fn product(&self, substitute: &Substitute) -> &Product {
        &self.products[substitute.doc as usize]
    }
}

/// Wishes to avoid some allergens.
pub(crate) fn without(allergens: &[Allergen]) -> Wishes {
    Wishes { without: allergens.iter().copied().collect::<Allergens>(), ..Wishes::default() }
}
