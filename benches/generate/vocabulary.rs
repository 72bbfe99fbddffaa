//! Words and kinds of food of which a dump is made up.

/// Languages of the words, by place.
pub(crate) const LANGS: [&str; 5] = ["en", "fr", "de", "es", "it"];

/// One kind of food: its categories from general to specific, its name, and what it contains.
pub(crate) struct Family {
    /// Category tags, the specific one last.
    pub(crate) categories: &'static [&'static str],
    /// Its name in each of [`LANGS`].
    pub(crate) names: [&'static str; 5],
    /// Fat, saturated fat, carbohydrates, sugars, fibre, protein, salt: g per 100 g.
    pub(crate) nutrients: [f64; 7],
    /// Allergen tags.
    pub(crate) allergens: &'static [&'static str],
}

const fn family(
    categories: &'static [&'static str],
    names: [&'static str; 5],
    nutrients: [f64; 7],
    allergens: &'static [&'static str],
) -> Family {
    Family { categories, names, nutrients, allergens }
}

const MILK: &[&str] = &["en:milk"];
const GLUTEN: &[&str] = &["en:gluten"];
const PASTRY: &[&str] = &["en:gluten", "en:milk", "en:eggs"];

/// The kinds, the frequent ones first.
pub(crate) const FAMILIES: [Family; 44] = [
    family(
        &["en:snacks", "en:sweet-snacks", "en:biscuits-and-cakes", "en:biscuits"],
        ["biscuits", "biscuits", "Kekse", "galletas", "biscotti"],
        [20.0, 9.0, 65.0, 28.0, 3.0, 6.5, 0.6],
        PASTRY,
    ),
    family(
        &["en:snacks", "en:sweet-snacks", "en:cocoa-and-its-products", "en:chocolates"],
        ["chocolate", "chocolat", "Schokolade", "chocolate", "cioccolato"],
        [35.0, 20.0, 48.0, 42.0, 7.0, 7.5, 0.1],
        &["en:milk", "en:soybeans"],
    ),
    family(
        &["en:beverages-and-beverages-preparations", "en:beverages", "en:carbonated-drinks", "en:sodas"],
        ["soda", "soda", "Limonade", "refresco", "bibita"],
        [0.0, 0.0, 9.5, 9.5, 0.0, 0.1, 0.02],
        &[],
    ),
    family(
        &["en:dairies", "en:fermented-milk-products", "en:desserts", "en:yogurts"],
        ["yogurt", "yaourt", "Joghurt", "yogur", "yogurt"],
        [3.2, 2.1, 12.5, 11.5, 0.3, 4.1, 0.13],
        MILK,
    ),
    family(
        &["en:dairies", "en:fermented-milk-products", "en:cheeses", "en:cow-cheeses"],
        ["cheese", "fromage", "Käse", "queso", "formaggio"],
        [27.0, 18.0, 0.8, 0.5, 0.0, 23.0, 1.5],
        MILK,
    ),
    family(
        &["en:plant-based-foods-and-beverages", "en:plant-based-foods", "en:cereals-and-potatoes", "en:breads"],
        ["bread", "pain", "Brot", "pan", "pane"],
        [3.0, 0.6, 48.0, 4.0, 5.0, 9.0, 1.1],
        GLUTEN,
    ),
    family(
        &[
            "en:plant-based-foods-and-beverages",
            "en:plant-based-foods",
            "en:cereals-and-potatoes",
            "en:cereals-and-their-products",
            "en:breakfast-cereals",
        ],
        ["muesli", "muesli", "Müsli", "muesli", "muesli"],
        [11.0, 3.5, 62.0, 19.0, 8.0, 9.5, 0.3],
        GLUTEN,
    ),
    family(
        &[
            "en:plant-based-foods-and-beverages",
            "en:beverages",
            "en:plant-based-beverages",
            "en:juices-and-nectars",
            "en:fruit-juices",
        ],
        ["juice", "jus", "Saft", "zumo", "succo"],
        [0.1, 0.0, 10.5, 10.0, 0.4, 0.6, 0.01],
        &[],
    ),
    family(
        &["en:snacks", "en:salty-snacks", "en:appetizers", "en:chips-and-fries", "en:crisps"],
        ["crisps", "chips", "Chips", "patatas fritas", "patatine"],
        [33.0, 3.5, 52.0, 1.5, 4.5, 6.0, 1.3],
        &[],
    ),
    family(
        &["en:meals", "en:pizzas-pies-and-quiches", "en:pizzas"],
        ["pizza", "pizza", "Pizza", "pizza", "pizza"],
        [9.5, 4.2, 28.0, 3.2, 2.0, 11.0, 1.2],
        &["en:gluten", "en:milk"],
    ),
    family(
        &["en:spreads", "en:sweet-spreads", "en:hazelnut-spreads"],
        ["spread", "pâte à tartiner", "Aufstrich", "crema", "crema"],
        [32.0, 9.0, 56.0, 52.0, 3.5, 6.0, 0.1],
        &["en:milk", "en:nuts", "en:soybeans"],
    ),
    family(
        &["en:spreads", "en:sweet-spreads", "en:fruit-and-vegetable-preserves", "en:jams"],
        ["jam", "confiture", "Konfitüre", "mermelada", "confettura"],
        [0.2, 0.0, 58.0, 55.0, 1.2, 0.4, 0.03],
        &[],
    ),
    family(
        &["en:condiments", "en:sauces", "en:pasta-sauces", "en:tomato-sauces"],
        ["sauce", "sauce", "Soße", "salsa", "sugo"],
        [3.5, 0.5, 8.0, 6.0, 1.8, 1.6, 1.0],
        &[],
    ),
    family(
        &["en:condiments", "en:sauces", "en:mayonnaises"],
        ["mayonnaise", "mayonnaise", "Mayonnaise", "mayonesa", "maionese"],
        [76.0, 6.5, 2.0, 1.8, 0.2, 1.2, 1.4],
        &["en:eggs", "en:mustard"],
    ),
    family(
        &["en:plant-based-foods-and-beverages", "en:plant-based-foods", "en:cereals-and-potatoes", "en:pastas"],
        ["pasta", "pâtes", "Nudeln", "pasta", "pasta"],
        [1.6, 0.4, 71.0, 3.2, 3.4, 12.5, 0.01],
        GLUTEN,
    ),
    family(
        &["en:plant-based-foods-and-beverages", "en:plant-based-foods", "en:cereals-and-potatoes", "en:rices"],
        ["rice", "riz", "Reis", "arroz", "riso"],
        [0.9, 0.2, 78.0, 0.4, 1.3, 7.4, 0.01],
        &[],
    ),
    family(
        &["en:meats-and-their-products", "en:meats", "en:prepared-meats", "en:hams"],
        ["ham", "jambon", "Schinken", "jamón", "prosciutto"],
        [4.0, 1.4, 1.0, 0.8, 0.0, 20.5, 2.0],
        &[],
    ),
    family(
        &["en:meats-and-their-products", "en:meats", "en:prepared-meats", "en:sausages"],
        ["sausage", "saucisse", "Wurst", "salchicha", "salsiccia"],
        [27.0, 10.0, 2.0, 0.9, 0.4, 14.0, 2.1],
        &[],
    ),
    family(
        &["en:meats-and-their-products", "en:meats", "en:poultries", "en:chickens"],
        ["chicken", "poulet", "Hähnchen", "pollo", "pollo"],
        [5.0, 1.4, 2.0, 0.6, 0.2, 21.0, 0.9],
        &[],
    ),
    family(
        &["en:seafood", "en:fishes-and-their-products", "en:canned-fishes", "en:canned-tunas"],
        ["tuna", "thon", "Thunfisch", "atún", "tonno"],
        [7.0, 1.2, 0.1, 0.0, 0.0, 25.0, 1.0],
        &["en:fish"],
    ),
    family(
        &["en:frozen-foods", "en:frozen-desserts", "en:ice-creams-and-sorbets", "en:ice-creams"],
        ["ice cream", "glace", "Eis", "helado", "gelato"],
        [10.0, 6.5, 26.0, 23.0, 0.8, 3.2, 0.12],
        MILK,
    ),
    family(
        &["en:snacks", "en:sweet-snacks", "en:confectioneries", "en:candies"],
        ["candies", "bonbons", "Bonbons", "caramelos", "caramelle"],
        [0.3, 0.2, 84.0, 62.0, 0.1, 2.5, 0.1],
        &[],
    ),
    family(
        &["en:snacks", "en:sweet-snacks", "en:biscuits-and-cakes", "en:cakes"],
        ["cake", "gâteau", "Kuchen", "pastel", "torta"],
        [19.0, 6.0, 50.0, 29.0, 1.6, 5.6, 0.6],
        PASTRY,
    ),
    family(
        &["en:snacks", "en:sweet-snacks", "en:bars", "en:cereal-bars"],
        ["cereal bar", "barre de céréales", "Müsliriegel", "barrita", "barretta"],
        [13.0, 5.0, 64.0, 29.0, 5.5, 7.5, 0.35],
        GLUTEN,
    ),
    family(
        &[
            "en:plant-based-foods-and-beverages",
            "en:plant-based-foods",
            "en:fats",
            "en:vegetable-fats",
            "en:olive-oils",
        ],
        ["olive oil", "huile d'olive", "Olivenöl", "aceite de oliva", "olio d'oliva"],
        [91.6, 14.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        &[],
    ),
    family(
        &["en:dairies", "en:fats", "en:dairy-spreads", "en:butters"],
        ["butter", "beurre", "Butter", "mantequilla", "burro"],
        [81.5, 55.0, 0.7, 0.6, 0.0, 0.7, 0.4],
        MILK,
    ),
    family(
        &["en:dairies", "en:beverages", "en:milks"],
        ["milk", "lait", "Milch", "leche", "latte"],
        [1.6, 1.0, 4.8, 4.8, 0.0, 3.3, 0.11],
        MILK,
    ),
    family(
        &[
            "en:plant-based-foods-and-beverages",
            "en:beverages",
            "en:plant-based-beverages",
            "en:dairy-substitutes",
            "en:oat-milks",
        ],
        ["oat drink", "boisson à l'avoine", "Haferdrink", "bebida de avena", "bevanda di avena"],
        [1.4, 0.2, 7.2, 3.8, 0.8, 0.8, 0.1],
        GLUTEN,
    ),
    family(
        &[
            "en:plant-based-foods-and-beverages",
            "en:plant-based-foods",
            "en:legumes-and-their-products",
            "en:canned-legumes",
        ],
        ["beans", "haricots", "Bohnen", "alubias", "fagioli"],
        [0.8, 0.1, 13.0, 1.2, 6.2, 6.4, 0.6],
        &[],
    ),
    family(
        &[
            "en:plant-based-foods-and-beverages",
            "en:plant-based-foods",
            "en:fruits-and-vegetables-based-foods",
            "en:vegetables-based-foods",
            "en:frozen-vegetables",
        ],
        ["vegetables", "légumes", "Gemüse", "verduras", "verdure"],
        [0.5, 0.1, 5.2, 3.1, 2.9, 2.1, 0.05],
        &[],
    ),
    family(
        &["en:meals", "en:soups"],
        ["soup", "soupe", "Suppe", "sopa", "zuppa"],
        [1.5, 0.6, 6.0, 2.2, 1.1, 1.2, 0.7],
        &["en:celery"],
    ),
    family(
        &["en:plant-based-foods-and-beverages", "en:plant-based-foods", "en:nuts-and-their-products", "en:nuts"],
        ["nuts", "noix", "Nüsse", "frutos secos", "noci"],
        [54.0, 6.0, 14.0, 5.0, 8.5, 20.0, 0.3],
        &["en:nuts"],
    ),
    family(
        &["en:beverages-and-beverages-preparations", "en:beverages", "en:waters", "en:mineral-waters"],
        ["water", "eau", "Wasser", "agua", "acqua"],
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.01],
        &[],
    ),
    family(
        &["en:beverages-and-beverages-preparations", "en:beverages", "en:energy-drinks"],
        ["energy drink", "boisson énergisante", "Energydrink", "bebida energética", "bevanda energetica"],
        [0.0, 0.0, 11.0, 11.0, 0.0, 0.0, 0.15],
        &[],
    ),
    family(
        &[
            "en:plant-based-foods-and-beverages",
            "en:beverages",
            "en:plant-based-beverages",
            "en:tea-based-beverages",
            "en:iced-teas",
        ],
        ["iced tea", "thé glacé", "Eistee", "té helado", "tè freddo"],
        [0.0, 0.0, 4.6, 4.5, 0.0, 0.0, 0.01],
        &[],
    ),
    family(
        &["en:desserts", "en:dairy-desserts", "en:puddings"],
        ["pudding", "crème dessert", "Pudding", "natillas", "budino"],
        [3.6, 2.3, 20.0, 16.0, 0.5, 3.2, 0.15],
        MILK,
    ),
    family(
        &["en:fruits-and-vegetables-based-foods", "en:fruits-based-foods", "en:compotes"],
        ["apple sauce", "compote", "Apfelmus", "compota", "composta"],
        [0.3, 0.0, 15.5, 14.0, 1.7, 0.3, 0.01],
        &[],
    ),
    family(
        &["en:meals", "en:meals-with-meat", "en:lasagne"],
        ["lasagne", "lasagnes", "Lasagne", "lasaña", "lasagne"],
        [6.2, 2.9, 13.0, 2.8, 1.2, 7.1, 0.75],
        PASTRY,
    ),
    family(
        &["en:meals", "en:salads", "en:prepared-salads"],
        ["salad", "salade", "Salat", "ensalada", "insalata"],
        [7.5, 0.9, 9.0, 2.4, 2.0, 4.2, 0.8],
        &["en:mustard"],
    ),
    family(
        &["en:meat-analogues", "en:tofu"],
        ["tofu", "tofu", "Tofu", "tofu", "tofu"],
        [7.8, 1.2, 2.2, 0.8, 1.0, 13.5, 0.2],
        &["en:soybeans"],
    ),
    family(
        &["en:spreads", "en:salted-spreads", "en:hummus"],
        ["hummus", "houmous", "Hummus", "hummus", "hummus"],
        [22.0, 2.5, 11.0, 1.4, 5.0, 7.0, 1.0],
        &["en:sesame-seeds"],
    ),
    family(
        &["en:snacks", "en:salty-snacks", "en:crackers"],
        ["crackers", "crackers", "Cracker", "crackers", "cracker"],
        [14.0, 3.0, 66.0, 4.0, 4.0, 10.0, 1.7],
        GLUTEN,
    ),
    family(
        &["en:sweeteners", "en:bee-products", "en:honeys"],
        ["honey", "miel", "Honig", "miel", "miele"],
        [0.0, 0.0, 81.0, 80.0, 0.1, 0.4, 0.02],
        &[],
    ),
    family(
        &["en:beverages-and-beverages-preparations", "en:beverages", "en:hot-beverages", "en:coffees"],
        ["coffee", "café", "Kaffee", "café", "caffè"],
        [0.2, 0.1, 1.0, 0.1, 0.0, 0.4, 0.01],
        &[],
    ),
];

/// What a kind may be made with, in each of [`LANGS`]; with a kind it makes the most specific category.
pub(crate) const VARIANTS: [[&str; 5]; 40] = [
    ["strawberry", "fraise", "Erdbeere", "fresa", "fragola"],
    ["vanilla", "vanille", "Vanille", "vainilla", "vaniglia"],
    ["chocolate", "chocolat", "Schokolade", "chocolate", "cioccolato"],
    ["hazelnut", "noisette", "Haselnuss", "avellana", "nocciola"],
    ["lemon", "citron", "Zitrone", "limón", "limone"],
    ["orange", "orange", "Orange", "naranja", "arancia"],
    ["apple", "pomme", "Apfel", "manzana", "mela"],
    ["tomato", "tomate", "Tomate", "tomate", "pomodoro"],
    ["basil", "basilic", "Basilikum", "albahaca", "basilico"],
    ["garlic", "ail", "Knoblauch", "ajo", "aglio"],
    ["olive", "olive", "Olive", "aceituna", "oliva"],
    ["honey", "miel", "Honig", "miel", "miele"],
    ["almond", "amande", "Mandel", "almendra", "mandorla"],
    ["coconut", "coco", "Kokos", "coco", "cocco"],
    ["caramel", "caramel", "Karamell", "caramelo", "caramello"],
    ["coffee", "café", "Kaffee", "café", "caffè"],
    ["mint", "menthe", "Minze", "menta", "menta"],
    ["raspberry", "framboise", "Himbeere", "frambuesa", "lampone"],
    ["peach", "pêche", "Pfirsich", "melocotón", "pesca"],
    ["mango", "mangue", "Mango", "mango", "mango"],
    ["spicy", "épicé", "scharf", "picante", "piccante"],
    ["plain", "nature", "natur", "natural", "naturale"],
    ["wholemeal", "complet", "Vollkorn", "integral", "integrale"],
    ["onion", "oignon", "Zwiebel", "cebolla", "cipolla"],
    ["paprika", "paprika", "Paprika", "pimentón", "paprica"],
    ["mushroom", "champignon", "Pilz", "champiñón", "funghi"],
    ["spinach", "épinard", "Spinat", "espinaca", "spinaci"],
    ["carrot", "carotte", "Karotte", "zanahoria", "carota"],
    ["banana", "banane", "Banane", "plátano", "banana"],
    ["cherry", "cerise", "Kirsche", "cereza", "ciliegia"],
    ["blueberry", "myrtille", "Heidelbeere", "arándano", "mirtillo"],
    ["pistachio", "pistache", "Pistazie", "pistacho", "pistacchio"],
    ["ginger", "gingembre", "Ingwer", "jengibre", "zenzero"],
    ["pepper", "poivre", "Pfeffer", "pimienta", "pepe"],
    ["goat", "chèvre", "Ziege", "cabra", "capra"],
    ["pear", "poire", "Birne", "pera", "pera"],
    ["apricot", "abricot", "Aprikose", "albaricoque", "albicocca"],
    ["rosemary", "romarin", "Rosmarin", "romero", "rosmarino"],
    ["truffle", "truffe", "Trüffel", "trufa", "tartufo"],
    ["sesame", "sésame", "Sesam", "sésamo", "sesamo"],
];

/// Words of praise, in each of [`LANGS`].
pub(crate) const ADJECTIVES: [[&str; 5]; 24] = [
    ["organic", "bio", "Bio", "ecológico", "biologico"],
    ["crunchy", "croquant", "knusprig", "crujiente", "croccante"],
    ["creamy", "crémeux", "cremig", "cremoso", "cremoso"],
    ["light", "léger", "leicht", "ligero", "leggero"],
    [
        "without added sugar",
        "sans sucres ajoutés",
        "ohne Zuckerzusatz",
        "sin azúcar añadido",
        "senza zuccheri aggiunti",
    ],
    ["traditional", "à l'ancienne", "traditionell", "tradicional", "tradizionale"],
    ["original", "original", "Original", "original", "originale"],
    ["family size", "format familial", "Familienpackung", "tamaño familiar", "formato famiglia"],
    ["extra", "extra", "extra", "extra", "extra"],
    ["smooth", "onctueux", "zart", "suave", "vellutato"],
    ["from the farm", "de la ferme", "vom Bauernhof", "de la granja", "della fattoria"],
    ["high in protein", "riche en protéines", "proteinreich", "alto en proteínas", "ricco di proteine"],
    ["less salt", "réduit en sel", "weniger Salz", "menos sal", "meno sale"],
    ["homestyle", "façon maison", "hausgemacht", "casero", "fatto in casa"],
    ["fine", "fin", "fein", "fino", "fine"],
    ["mini", "mini", "mini", "mini", "mini"],
    ["classic", "classique", "klassisch", "clásico", "classico"],
    ["gluten free", "sans gluten", "glutenfrei", "sin gluten", "senza glutine"],
    ["vegan", "végétal", "vegan", "vegano", "vegano"],
    ["grilled", "grillé", "gegrillt", "a la parrilla", "grigliato"],
    ["smoked", "fumé", "geräuchert", "ahumado", "affumicato"],
    ["fresh", "frais", "frisch", "fresco", "fresco"],
    ["semi-skimmed", "demi-écrémé", "fettarm", "semidesnatado", "parzialmente scremato"],
    ["dark", "noir", "dunkel", "negro", "fondente"],
];

/// Countries, how many of a thousand products are sold in each, and the place of its language.
pub(crate) const COUNTRIES: [(&str, usize, usize); 14] = [
    ("en:france", 275, 1),
    ("en:united-states", 210, 0),
    ("en:germany", 95, 2),
    ("en:spain", 85, 3),
    ("en:italy", 75, 4),
    ("en:united-kingdom", 60, 0),
    ("en:belgium", 50, 1),
    ("en:switzerland", 45, 2),
    ("en:canada", 35, 0),
    ("en:ireland", 20, 0),
    ("en:mexico", 15, 3),
    ("en:austria", 15, 2),
    ("en:australia", 12, 0),
    ("en:luxembourg", 8, 1),
];

/// Ingredients of unwanted bulk.
pub(crate) const INGREDIENTS: [&str; 16] = [
    "sugar",
    "water",
    "salt",
    "wheat-flour",
    "palm-oil",
    "sunflower-oil",
    "skimmed-milk-powder",
    "cocoa-butter",
    "soya-lecithin",
    "natural-flavouring",
    "citric-acid",
    "glucose-syrup",
    "whey-powder",
    "corn-starch",
    "yeast",
    "egg-yolk",
];

/// Syllables of made-up brands and product lines.
pub(crate) const SYLLABLES: [&str; 32] = [
    "ba", "lo", "mi", "ne", "ri", "to", "sa", "du", "ka", "vel", "mon", "ta", "ster", "lin", "dor", "pé", "cha", "ro",
    "bel", "fi", "gran", "no", "lu", "jar", "den", "cru", "so", "ma", "pi", "que", "ver", "za",
];
