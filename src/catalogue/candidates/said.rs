//! What people call foods, and what they mean by it.

/// What people call foods that the taxonomy names otherwise, or not in their language: a category, and words for it with
/// commas between them. They are looked for below a broad category only, so that a word of another language does no harm;
/// what takes two words or more is so sure that it need not lie below one that names a material or a way of keeping.
pub(super) const SAID: &[(&str, &str)] = &[
    (
        "en:breakfast-cereals",
        "céréales, cereal, cereals, cereales, cereais, cereal matinal, corn flakes, cornflakes, płatki śniadaniowe, \
         cereali, ontbijtgranen, müsliflakes, sucrilhos, cereais matinais, płatki kukurydziane",
    ),
    (
        "en:cereal-bars",
        "barre de céréales, cereal bar, barra de cereal, barra de cereais, barrita de cereales, baton zbożowy",
    ),
    (
        "en:mueslis",
        "granola, granola clusters, grain clusters, grains clusters, oat clusters, muesli, müsli, musli, cruesli",
    ),
    (
        "en:pie-dough",
        "pâte feuilletée, pâte brisée, pâte sablée, pâte à tarte, pasta sfoglia, blätterteig, ciasto francuskie",
    ),
    ("en:creams", "creme de leite, śmietanka, śmietana, panna da cucina"),
    ("en:condensed-milks", "leite condensado, leche condensada, mleko skondensowane"),
    ("en:milk-powders", "leite em pó, leche en polvo, mleko w proszku"),
    ("en:cheeses", "ser, queijo, queso, formaggio, käse, kaas, fromage"),
    ("en:manchego", "manchego"),
    ("fr:fromages-blancs", "serek homogenizowany, serek homo"),
    ("en:tomato-purees", "passata di pomodoro, passata pomodoro, przecier pomidorowy"),
    (
        "en:tomato-sauces",
        "sos pomidorowy, sos boloński, sos neapolitański, sauce bolognaise, sugo, tomate frito, molho de tomate",
    ),
    ("en:ketchup", "ketchup, catsup"),
    ("en:soy-sauces", "soy sauce, sauce soja, sojasauce, sos sojowy, salsa di soia, molho shoyu"),
    ("en:spices", "przyprawa, seasoning mix, tempero, gewürz"),
    ("en:gherkins", "korniszony, cornichons, cetriolini"),
    (
        "en:nuts",
        "orzechy, nut mix, mixed nuts, notenmix, noten mix, nuss mix, mélange de noix, trail mix, studentenfutter, \
         mieszanka bakaliowa, mieszanka studencka",
    ),
    ("en:sunflower-seeds", "słonecznik, pestki słonecznika, sunflower kernels, pipas de girasol"),
    (
        "en:peanut-butters",
        "peanut butter, pindakaas, pinda kaas, erdnussbutter, beurre de cacahuète, masło orzechowe, krem orzechowy",
    ),
    ("en:gummi-candies", "gummies, gummy, gummi, żelki, fruit snacks, fruit snack"),
    (
        "en:candies",
        "mints, drops, bonbons, caramelle, cukierki, landrynki, pastilles, pastillas, réglisse, liquirizia, lakritz",
    ),
    ("en:chocolates", "chocolate amargo, chocolate ao leite, czekolada, schokolade, cioccolato, cioccolata, chocolade"),
    ("en:crisps", "baked chips, potato chips, potato crisps, chipsy, veggie chips, batata palha, batatas fritas"),
    ("en:corn-chips", "tortilla chips, nachos, doritos chips, salgadinho de milho"),
    ("en:crackers", "crackers, krakersy, salatini"),
    ("en:popcorn", "popcorn, pipoca, palomitas, pop corn"),
    ("en:sorbets", "sorbet, sorbetto, sorbete"),
    ("en:ice-creams", "ice cream, lody, gelato, sorvete, eis"),
    ("en:pastas", "spaghetti, makaron, macarrão, penne, fusilli, tortellini, ravioli"),
    ("en:kombuchas", "kombucha"),
    (
        "en:iced-teas",
        "ice tea, iced tea, icetea, thé glacé, eistee, ijsthee, tè freddo, chá gelado, té helado, herbata mrożona",
    ),
    (
        "en:coffee-drinks",
        "iced coffee, ice coffee, eiskaffee, ijskoffie, kawa mrożona, cappuccino, latte macchiato, caffè latte, café latte",
    ),
    ("en:energy-drinks", "energy drink, energydrink, boisson énergisante, bebida energética, napój energetyczny"),
    (
        "en:fruit-juices",
        "juice, juice blend, fruit juice, jus de fruits, sok owocowy, suco de fruta, zumo de frutas, saft",
    ),
    ("en:coconut-oils", "óleo de coco, oleo de coco, huile de coco, aceite de coco, olio di cocco"),
    ("en:coconut-milks", "crème de coco, leite de coco, lait de coco"),
    // Names of brands that say what it is, wherever they are sold.
    (
        "en:breakfast-cereals",
        "corn pops, frosties, coco pops, choco pops, special k, smacks, trésor, cheerios, chocapic, golden grahams, \
         cini minis, weetabix, shreddies, rice krispies, froot loops, lion céréales, nesquik céréales, fitness céréales",
    ),
    ("en:mueslis", "country crisp, jordans crunchy"),
    ("en:colas", "coca cola, coca zéro, coca light, cola zéro, pepsi, pepsi max, cola"),
    ("en:sodas", "fanta, sprite, orangina, schweppes, seven up, mountain dew, guaraná antarctica"),
    ("en:energy-drinks", "red bull, monster energy"),
    ("en:fruit-based-beverages", "oasis tropical, capri sun"),
    ("en:cocoa-and-hazelnuts-spreads", "nutella"),
    ("en:chocolate-powders", "nesquik, ovomaltine, banania, nescau, toddy"),
    ("en:gummi-candies", "haribo"),
    ("en:candies", "tic tac, mentos, skittles, chupa chups"),
    ("en:crisps", "pringles, lay's, ruffles"),
    ("en:corn-chips", "doritos"),
    ("en:biscuits", "oreo, petit beurre, digestive"),
    ("en:margarines", "matière grasse st hubert, st hubert, planta fin, rama, becel"),
    ("en:dairy-desserts", "danette, monte"),
    ("en:yogurts", "activia"),
    ("en:fermented-milk-drinks", "actimel, yakult"),
    (
        "en:bouillon-cubes",
        "bouillon kub, bouillon cube, maggi bouillon, knorr bouillon, kostka rosołowa, brühwürfel, dado da brodo",
    ),
];
