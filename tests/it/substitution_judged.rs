//! What a shopper would say: one shelf of everyday foods, and a verdict for each question to it.
//!
//! The foods are written for these tests, with the amounts that such foods have.

use foodswap::food::nutri_score::Grade;
use foodswap::food::product::Product;
use foodswap::food::substitution::{Lane, Status, Wishes};

use crate::substitution_shelf::{Shelf, food};

/// `name; brand; categories; grade score; kJ fat saturates sugars fibre protein salt`, per 100 g.
const FOODS: &[&str] = &[
    "Classic cola; Kolo; en:colas; e 14; 180 0 0 10.6 0 0 0",
    "Cola without sugar; Kolo; en:colas; c 4; 2 0 0 0 0 0 0.02",
    "Orange soda; Fizzy; en:sodas; e 12; 170 0 0 9.8 0 0.1 0.01",
    "Lemonade; Limo; en:lemonade; d 9; 130 0 0 7.5 0 0 0.01",
    "Lemonade with less sugar; Limette; en:lemonade; c 5; 70 0 0 4 0 0 0.01",
    "Sparkling water; Bulles; en:waters en:carbonated-drinks; a 0; 0 0 0 0 0 0 0.02",
    "Spring water; Source; en:spring-waters; a 0; 0 0 0 0 0 0 0",
    "Water with lemon; Source; en:flavored-waters; b 1; 8 0 0 0.3 0 0 0.01",
    "Orange juice; Soleil; en:orange-juices; c 4; 180 0.2 0 9 0.5 0.7 0",
    "Orange nectar; Soleil; en:juices-and-nectars; d 9; 200 0 0 11 0.2 0.3 0.01",
    "Peach iced tea; Teatime; en:iced-teas; d 8; 120 0 0 6.8 0 0 0.01",
    "Iced tea without sugar; Teafree; en:iced-teas; b 2; 5 0 0 0 0 0 0.01",
    "Energy drink; Turbo; en:energy-drinks; e 13; 195 0 0 11 0 0 0.2",
    "Chocolate powder; Cacaolo; en:chocolate-powders; d 16; 1600 3 1.8 75 6 5 0.2",
    "Chocolate powder with more cocoa; Cacaofort; en:chocolate-powders; b 2; 1500 11 3 38 14 12 0.1",
    "Oat drink with sugar; Avena; en:oat-milks; d 8; 210 1.5 0.2 7 0.8 1 0.1",
    "Oat drink; Avenature; en:oat-milks; c 4; 180 1.5 0.2 3.5 0.8 1 0.1",
    "Soya drink; Sojade; en:soy-milks; b 0; 160 2 0.3 0.5 0.6 3.5 0.05",
    "Whole milk; Laitier; en:whole-milks; c 5; 270 3.6 2.4 4.8 0 3.2 0.1",
    "Semi-skimmed milk; Laitier; en:semi-skimmed-milks; b 2; 195 1.5 1 4.8 0 3.3 0.1",
    "Skimmed milk; Vallon; en:skimmed-milks; b 1; 145 0.1 0.1 4.8 0 3.4 0.1",
    "Strawberry yogurt; Onctueux; en:strawberry-yogurts; c 4; 400 2.6 1.7 13 0.2 3.4 0.1",
    "Strawberry yogurt with less sugar; Fermier; en:strawberry-yogurts; b 1; 300 1.5 1 8 0.4 4 0.1",
    "Plain yogurt; Fermier; en:plain-yogurts; a -2; 200 1 0.7 4.5 0 4.5 0.1",
    "Quark without sugar; Blanc; fr:fromages-blancs; a -4; 200 0.2 0.1 4 0 7.5 0.1",
    "Chocolate pudding; Dodo; en:chocolate-puddings; d 12; 650 5 3.2 20 1 3 0.2",
    "Chocolate pudding, less sweet; Lulu; en:chocolate-puddings; b 2; 420 2 1.2 11 1 4 0.1",
    "Apple purée with sugar; Pommier; en:apple-compotes; b 1; 380 0.2 0 19 1.5 0.3 0",
    "Apple purée; Verger; en:apple-compotes; a -1; 240 0.2 0 11 1.8 0.3 0",
    "Vanilla ice cream; Glacon; en:vanilla-ice-creams; d 13; 900 12 8 22 0.3 3.5 0.15",
    "Vanilla ice cream, light; Givre; en:vanilla-ice-creams; c 6; 580 4 2.6 15 3.5 4 0.15",
    "Raspberry sorbet; Givre; en:sorbets; c 5; 480 0.2 0 24 2.5 0.6 0.01",
    "Cheddar; Dairyman; en:cheddar-cheese; e 19; 1700 34 21 0.1 0 25 1.8",
    "Cheddar with less fat; Lighthouse; en:cheddar-cheese; d 13; 1150 16 10 0.1 0 28 1.7",
    "Mozzarella; Bufala; en:mozzarella; c 9; 1000 18 12 1 0 18 0.5",
    "Cottage cheese; Granule; en:cottage-cheeses; b 2; 400 4 2.6 3 0 12 0.6",
    "Cream cheese; Tartino; en:cream-cheeses; d 14; 1000 24 16 3 0 5.5 0.8",
    "Hazelnut and cocoa spread; Noiso; en:cocoa-and-hazelnuts-spreads; e 24; 2250 31 10.6 56 3 6 0.1",
    "Hazelnut and cocoa spread with less sugar; Noisemieux; en:cocoa-and-hazelnuts-spreads; d 14; 2200 36 5 30 7 9 0.05",
    "Hazelnut spread without sugar; Noirelle; en:hazelnut-spreads; c 9; 2400 45 4.5 9 9 12 0.02",
    "Chocolate spread; Chocopain; en:chocolate-spreads; e 22; 2200 32 9 54 3 5 0.2",
    "Strawberry jam; Confi; en:strawberry-jams; d 13; 1030 0.1 0 58 1 0.4 0.02",
    "Strawberry jam with less sugar; Fruitee; en:strawberry-jams; c 7; 640 0.2 0 35 1.8 0.5 0.02",
    "Peanut butter; Arachi; en:peanut-butters; b 1; 2600 50 7 5 7 26 0.02",
    "Peanut butter with sugar and palm oil; Skippo; en:peanut-butters; d 13; 2550 50 11 11 5 22 1.1",
    "Almond butter; Amande; en:almond-butters; a -3; 2600 55 4.5 4.5 10 21 0.01",
    "Hummus; Pois; en:hummus; b 2; 1200 24 2.5 1 6 7 1",
    "Liver pâté; Terrine; en:pates; e 21; 1400 30 12 1 0 12 1.6",
    "Chocolate chip cookies; Cookito; en:chocolate-chip-cookies; e 20; 2080 24 12 33 3 6 0.7",
    "Oat cookies with chocolate chips; Avoinette; en:chocolate-chip-cookies; c 9; 1850 18 4 17 7.5 8 0.5",
    "Shortbread; Sablier; en:shortbread-cookies; e 19; 2100 25 15 24 2 6 0.9",
    "Dry biscuits with whole grain; Cereo; en:dry-biscuits; c 8; 1750 13 1.5 17 8 8 0.6",
    "Brownie; Gateau; en:brownies; e 21; 1900 26 9 38 3 5 0.6",
    "Madeleines; Coquille; en:madeleines; d 17; 1850 23 4 28 1 6 0.9",
    "Madeleines with less sugar; Coquine; en:madeleines; c 10; 1700 19 2 17 3 7 0.6",
    "Gummy bears; Ourson; en:gummi-candies; d 16; 1450 0.2 0.1 47 0 6.5 0.05",
    "Gummy bears with less sugar; Legerette; en:gummi-candies; c 6; 900 0.2 0.1 20 25 6 0.05",
    "Raisins; Soleil sec; en:raisins; c 4; 1300 0.5 0.1 66 5 3 0.03",
    "Milk chocolate; Alpin; en:milk-chocolates; e 25; 2250 31 18 55 2 7 0.25",
    "Milk chocolate with less sugar; Maltine; en:milk-chocolates; d 17; 2050 34 17 9 8 9 0.2",
    "Dark chocolate, 85 %; Noiramer; en:dark-chocolates; d 15; 2500 46 27 14 13 9 0.02",
    "Cereal bar with chocolate; Barrio; en:cereal-bars; d 14; 1750 12 6 32 4 6 0.4",
    "Cereal bar with nuts; Barette; en:cereal-bars; b 2; 1800 20 2.5 12 8 12 0.2",
    "Roasted salted almonds; Croque; en:almonds; b 2; 2500 53 4.2 4.8 11 22 1.1",
    "Almonds; Verger; en:almonds; a -6; 2550 53 4.1 4.8 12 21 0.01",
    "Potato crisps; Chipso; en:potato-crisps; d 13; 2230 33 3 0.5 4 6 1.5",
    "Potato crisps with less salt; Patatine; en:potato-crisps; c 7; 2150 30 2.5 0.5 5 6 0.7",
    "Popcorn without salt; Pop; en:popcorn; a -2; 1600 5 0.6 0.9 13 11 0.02",
    "Salted popcorn with butter; Pop; en:popcorn; d 15; 2100 28 9 1 9 8 2",
    "Crackers; Craque; en:crackers; d 15; 2050 21 2 6 3 8 1.9",
    "Crackers with whole grain; Craquine; en:crackers; b 2; 1700 10 1 3 11 11 0.7",
    "Chocolate cereals; Boules; en:chocolate-cereals; d 11; 1620 4 1.5 28 6 8 0.3",
    "Chocolate cereals with more fibre; Petales; en:chocolate-cereals; b 2; 1550 3.5 1 14 12 10 0.2",
    "Crunchy muesli; Crousti; en:mueslis; d 11; 1900 16 6 24 6 9 0.3",
    "Muesli without added sugar; Bircher; en:mueslis; a -1; 1500 6 1 13 9 10 0.03",
    "Rolled oats; Avenature; en:rolled-oats; a -5; 1550 7 1.2 1 10 13 0.01",
    "White sandwich bread; Moelleux; en:white-breads; c 5; 1150 4 0.6 6 3 8 1.2",
    "Wholemeal sandwich bread; Complet; en:wholemeal-breads; a -1; 1050 3.5 0.5 4 7.5 10 0.9",
    "Croissants; Boulange; en:croissants; e 19; 1750 22 13 8 2.5 8 1.1",
    "Brioche; Tressee; en:brioches; d 14; 1550 13 6 14 2 8 1",
    "Brioche with less butter; Ferme; en:brioches; c 9; 1350 7 1.2 11 3 9 0.9",
    "Butter; Baratte; en:butters; e 20; 3050 82 54 0.6 0 0.7 0.03",
    "Butter with less fat; Allege; en:butters; d 16; 1600 41 27 0.6 0 1 0.4",
    "Margarine with rapeseed oil; Colzat; en:margarines; c 8; 2200 60 13 0.3 0 0.2 0.4",
    "Olive oil; Olivier; en:olive-oils; b 2; 3700 100 14 0 0 0 0",
    "Rapeseed oil; Colzat; en:rapeseed-oils; b -1; 3700 100 7 0 0 0 0",
    "Sunflower oil; Tournesol; en:sunflower-oils; c 4; 3700 100 11 0 0 0 0",
    "Palm oil; Palmier; en:palm-oils; e 19; 3700 100 49 0 0 0 0",
    "Cream, 30 % fat; Normande; en:creams; d 14; 1200 30 20 3 0 2.2 0.1",
    "Cream, 12 % fat; Fleurette; en:creams; c 7; 570 12 8 4 0 2.8 0.1",
    "Tomato soup with cream; Veloute; en:vegetable-soups; c 4; 250 3 1.5 5 1 1 0.8",
    "Vegetable soup; Potager; en:vegetable-soups; a -2; 150 1 0.2 2.5 2 1 0.5",
    "Pizza with ham and cheese; Napoli; en:frozen-pizzas; d 11; 1050 11 5 3.5 2 11 1.4",
    "Pizza with vegetables; Verdura; en:frozen-pizzas; b 2; 850 6 2 4 3.5 9 0.9",
    "Lasagne with beef; Bologna; en:lasagne; c 4; 620 7 3.2 3 1.2 8 0.8",
    "Lasagne with vegetables; Verdura; en:lasagne; a -1; 420 3 1 3 2.5 5 0.5",
    "Lentil salad; Traiteur; en:prepared-salads; a -3; 480 4 0.5 1.5 5 6 0.6",
    "Sausages for the grill; Grill; en:sausages; e 21; 1300 28 11 1 0 14 2",
    "Poultry sausages; Basse-cour; en:sausages; c 9; 750 11 3 0.8 0.5 17 1.6",
    "Smoked bacon; Fume; en:bacon; e 19; 1100 22 8 0.5 0 16 2.8",
    "Cooked ham; Torchon; en:white-hams; c 8; 480 4 1.5 0.8 0 20 1.9",
    "Cooked ham with less salt; Doux; en:white-hams; b 2; 450 3 1 0.6 0 21 1.2",
    "Chicken breast; Basse-cour; en:chickens; a -1; 460 1.5 0.5 0 0 23 0.2",
    "Breaded soya steak; Vegete; en:meat-analogues; c 6; 900 11 1.2 2 5 15 1.6",
    "Plain tofu; Sojade; en:tofu; a -5; 560 8 1.2 0.5 2 14 0.02",
    "Tuna in sunflower oil; Thonier; en:canned-tunas; c 4; 850 13 2 0 0 25 1.1",
    "Tuna in water; Thonier; en:canned-tunas; b 1; 460 0.8 0.3 0 0 26 1",
    "Smoked salmon; Fjord; en:smoked-fishes; d 11; 750 11 2 0.5 0 22 3",
    "Tomato ketchup; Rouge; en:ketchup; d 13; 430 0.2 0 22 1 1.3 1.8",
    "Tomato ketchup with less sugar and salt; Rougette; en:ketchup; b 1; 200 0.2 0 7 2.5 1.5 0.6",
    "Mayonnaise; Jaune; en:mayonnaises; e 20; 2900 76 8 1.5 0 1.2 1.5",
    "Mayonnaise, light; Jaunette; en:mayonnaises; c 7; 1050 25 2 3 0 0.8 1.4",
    "Tomato sauce with basil; Basilic; en:tomato-sauces; b 1; 230 2 0.3 5 2 1.5 0.9",
    "Tomato sauce; Jardin; en:tomato-sauces; a -2; 150 0.3 0 4.5 2 1.4 0.3",
    "Green pesto; Ligure; en:pestos; e 19; 2000 47 8 3 2 5 2.6",
    "Pasta; Trafila; en:pastas; a -3; 1500 1.5 0.3 3 3 12 0.01",
    "White rice; Riziere; en:white-rices; b 1; 1480 0.7 0.2 0.1 1 7 0.01",
    "Brown rice; Riziere; en:brown-rices; a -3; 1480 2.8 0.6 0.8 3.5 8 0.01",
    "Oven fries; Frite; en:fries; c 4; 750 6 1 0.5 3 2.5 0.9",
    "Oven fries without salt; Patatine; en:fries; a -2; 620 4 0.4 0.5 3.5 2.5 0.1",
    "Canned peas with sugar; Conserve; en:canned-peas; b 1; 330 0.5 0.1 6 4.5 4.5 0.7",
    "Canned peas without salt; Potager; en:canned-peas; a -6; 320 0.5 0.1 2 6 5 0.02",
    "Green olives; Olivier; en:olives; d 14; 640 15 2.4 0.2 3 1.2 3.5",
    "Green olives with less salt; Oliveraie; en:olives; c 8; 640 15 2.2 0.2 3.5 1.2 1.8",
    "Apple purée for babies; Bebe; en:baby-foods en:apple-compotes; a -3; 220 0.1 0 10 2 0.3 0",
    "Protein powder with chocolate; Muscle; en:dietary-supplements en:chocolate-puddings; a -5; 1600 3 1 4 6 75 0.4",
    "Honey; Ruche; en:honeys; d 13; 1380 0 0 80 0 0.3 0.01",
];

/// A question, its lane, the first answers that make sense, and answers that would make a shopper laugh.
type Judged = (&'static str, Lane, &'static [&'static str], &'static [&'static str]);

/// Marks that nothing may be proposed in the lane.
const NOTHING: &[&str] = &[];

const SAME: Lane = Lane::Same;
const BOLDER: Lane = Lane::Bolder;

const VERDICTS: &[Judged] = &[
    ("Classic cola", SAME, &["Cola without sugar"], &["Apple purée", "Chocolate powder with more cocoa"]),
    ("Classic cola", BOLDER, &["Spring water", "Water with lemon", "Sparkling water"], &["Plain yogurt"]),
    ("Orange soda", SAME, &["Cola without sugar", "Sparkling water", "Lemonade with less sugar"], &["Orange juice"]),
    ("Lemonade", SAME, &["Lemonade with less sugar"], &["Whole milk"]),
    (
        "Lemonade with less sugar",
        BOLDER,
        &["Sparkling water", "Spring water", "Water with lemon", "Iced tea without sugar"],
        &[],
    ),
    (
        "Orange juice",
        BOLDER,
        &["Sparkling water", "Water with lemon", "Spring water", "Iced tea without sugar"],
        &["Apple purée"],
    ),
    ("Orange nectar", SAME, &["Orange juice"], &["Apple purée"]),
    ("Peach iced tea", SAME, &["Iced tea without sugar"], &["Orange soda"]),
    (
        "Energy drink",
        BOLDER,
        &["Sparkling water", "Spring water", "Water with lemon", "Iced tea without sugar"],
        &["Protein powder with chocolate"],
    ),
    ("Chocolate powder", SAME, &["Chocolate powder with more cocoa"], &["Plain yogurt", "Soya drink"]),
    ("Chocolate powder", BOLDER, NOTHING, &["Soya drink", "Semi-skimmed milk"]),
    ("Oat drink with sugar", SAME, &["Oat drink"], &["Rolled oats"]),
    ("Oat drink", SAME, &["Soya drink"], &["Rolled oats", "Plain tofu"]),
    ("Whole milk", SAME, &["Semi-skimmed milk", "Skimmed milk"], &["Plain yogurt", "Cottage cheese"]),
    ("Strawberry yogurt", SAME, &["Strawberry yogurt with less sugar"], &["Strawberry jam with less sugar"]),
    ("Strawberry yogurt", BOLDER, &["Plain yogurt", "Apple purée", "Quark without sugar"], &["Skimmed milk"]),
    ("Strawberry yogurt with less sugar", SAME, &["Plain yogurt"], &["Skimmed milk"]),
    (
        "Chocolate pudding",
        SAME,
        &["Chocolate pudding, less sweet"],
        &["Protein powder with chocolate", "Chocolate powder with more cocoa"],
    ),
    ("Chocolate pudding", BOLDER, &["Plain yogurt", "Quark without sugar", "Apple purée"], &["Apple purée for babies"]),
    ("Apple purée with sugar", SAME, &["Apple purée"], &["Apple purée for babies"]),
    ("Vanilla ice cream", SAME, &["Vanilla ice cream, light"], &["Frozen pizza"]),
    (
        "Vanilla ice cream",
        BOLDER,
        &["Raspberry sorbet", "Plain yogurt", "Quark without sugar", "Apple purée"],
        &["Pizza with vegetables"],
    ),
    ("Cheddar", SAME, &["Cheddar with less fat"], &["Whole milk", "Plain yogurt"]),
    ("Cheddar with less fat", SAME, &["Mozzarella", "Cottage cheese"], &["Skimmed milk"]),
    ("Cream cheese", SAME, &["Cottage cheese"], &["Hummus"]),
    (
        "Hazelnut and cocoa spread",
        SAME,
        &["Hazelnut and cocoa spread with less sugar", "Hazelnut spread without sugar"],
        &["Apple purée", "Olive oil"],
    ),
    (
        "Hazelnut and cocoa spread",
        BOLDER,
        &["Almond butter", "Peanut butter", "Apple purée"],
        &["Rapeseed oil", "Hummus"],
    ),
    (
        "Chocolate spread",
        SAME,
        &["Hazelnut and cocoa spread with less sugar", "Hazelnut spread without sugar"],
        &["Chocolate pudding, less sweet"],
    ),
    ("Strawberry jam", SAME, &["Strawberry jam with less sugar"], &["Strawberry yogurt with less sugar"]),
    (
        "Honey",
        BOLDER,
        &["Almond butter", "Peanut butter", "Apple purée", "Strawberry jam with less sugar"],
        &["Spring water"],
    ),
    ("Peanut butter with sugar and palm oil", SAME, &["Peanut butter"], &["Olive oil", "Margarine with rapeseed oil"]),
    (
        "Liver pâté",
        BOLDER,
        &["Hummus", "Cooked ham with less salt", "Cottage cheese", "Tuna in water"],
        &["Almond butter", "Strawberry jam with less sugar"],
    ),
    ("Chocolate chip cookies", SAME, &["Oat cookies with chocolate chips"], &["Chocolate pudding, less sweet"]),
    (
        "Shortbread",
        SAME,
        &["Dry biscuits with whole grain", "Oat cookies with chocolate chips"],
        &["Brioche with less butter"],
    ),
    (
        "Brownie",
        SAME,
        &["Madeleines with less sugar"],
        &["Chocolate powder with more cocoa", "Protein powder with chocolate"],
    ),
    (
        "Brownie",
        BOLDER,
        &["Dry biscuits with whole grain", "Cereal bar with nuts", "Apple purée"],
        &["Apple purée for babies"],
    ),
    ("Madeleines", SAME, &["Madeleines with less sugar"], &["Croissants"]),
    ("Gummy bears", SAME, &["Gummy bears with less sugar"], &["Spring water"]),
    ("Gummy bears", BOLDER, &["Raisins", "Apple purée"], &["Cooked ham"]),
    ("Milk chocolate", SAME, &["Milk chocolate with less sugar"], &["Whole milk", "Chocolate pudding, less sweet"]),
    (
        "Milk chocolate",
        BOLDER,
        &["Almonds", "Raisins", "Cereal bar with nuts", "Dry biscuits with whole grain"],
        &["Chocolate powder with more cocoa"],
    ),
    (
        "Dark chocolate, 85 %",
        BOLDER,
        &["Almonds", "Raisins", "Cereal bar with nuts"],
        &["Chocolate powder with more cocoa"],
    ),
    ("Cereal bar with chocolate", SAME, &["Cereal bar with nuts"], &["Chocolate cereals with more fibre"]),
    ("Roasted salted almonds", SAME, &["Almonds"], &["Almond butter"]),
    ("Potato crisps", SAME, &["Potato crisps with less salt"], &["Oven fries without salt"]),
    (
        "Potato crisps",
        BOLDER,
        &["Popcorn without salt", "Almonds", "Crackers with whole grain"],
        &["Oven fries without salt", "Apple purée"],
    ),
    ("Salted popcorn with butter", SAME, &["Popcorn without salt"], &["Butter with less fat"]),
    ("Crackers", SAME, &["Crackers with whole grain"], &["Wholemeal sandwich bread"]),
    ("Chocolate cereals", SAME, &["Chocolate cereals with more fibre"], &["Chocolate pudding, less sweet"]),
    ("Chocolate cereals", BOLDER, &["Wholemeal sandwich bread"], &["Oat drink", "Strawberry jam with less sugar"]),
    ("Crunchy muesli", SAME, &["Muesli without added sugar"], &["Cereal bar with nuts"]),
    ("White sandwich bread", SAME, &["Wholemeal sandwich bread"], &["Brioche with less butter"]),
    ("Croissants", SAME, &["Brioche with less butter", "Brioche"], &["Butter with less fat"]),
    (
        "Croissants",
        BOLDER,
        &["Wholemeal sandwich bread", "Brioche with less butter", "Muesli without added sugar"],
        &["Pizza with vegetables"],
    ),
    ("Brioche", SAME, &["Brioche with less butter"], &["White sandwich bread"]),
    ("Butter", SAME, &["Butter with less fat", "Margarine with rapeseed oil"], &["Peanut butter", "Almond butter"]),
    (
        "Butter",
        BOLDER,
        &["Margarine with rapeseed oil", "Rapeseed oil", "Olive oil"],
        &["Peanut butter", "Almond butter", "Plain yogurt"],
    ),
    (
        "Olive oil",
        SAME,
        &["Rapeseed oil"],
        &["Peanut butter", "Almond butter", "Green olives", "Margarine with rapeseed oil"],
    ),
    ("Sunflower oil", SAME, &["Rapeseed oil", "Olive oil"], &["Peanut butter", "Tuna in water"]),
    ("Palm oil", SAME, &["Rapeseed oil", "Olive oil"], &["Hummus", "Peanut butter"]),
    ("Cream, 30 % fat", SAME, &["Cream, 12 % fat"], &["Vanilla ice cream, light"]),
    ("Tomato soup with cream", SAME, &["Vegetable soup"], &["Tomato sauce", "Spring water"]),
    ("Pizza with ham and cheese", SAME, &["Pizza with vegetables"], &["Oven fries without salt", "Apple purée"]),
    (
        "Pizza with ham and cheese",
        BOLDER,
        &["Vegetable soup", "Lentil salad", "Lasagne with vegetables"],
        &["Vanilla ice cream, light"],
    ),
    ("Lasagne with beef", SAME, &["Lasagne with vegetables"], &["Pasta"]),
    ("Sausages for the grill", SAME, &["Poultry sausages"], &["Breaded soya steak"]),
    (
        "Sausages for the grill",
        BOLDER,
        &["Chicken breast", "Plain tofu", "Cooked ham with less salt"],
        &["Vegetable soup"],
    ),
    ("Smoked bacon", SAME, &["Cooked ham with less salt", "Poultry sausages", "Cooked ham"], &["Smoked salmon"]),
    ("Cooked ham", SAME, &["Cooked ham with less salt"], &["Pizza with vegetables"]),
    ("Breaded soya steak", BOLDER, &["Plain tofu"], &["Soya drink"]),
    ("Tuna in sunflower oil", SAME, &["Tuna in water"], &["Rapeseed oil"]),
    ("Smoked salmon", SAME, &["Tuna in water", "Tuna in sunflower oil"], &["Smoked bacon"]),
    ("Tomato ketchup", SAME, &["Tomato ketchup with less sugar and salt"], &["Vegetable soup"]),
    ("Tomato ketchup", BOLDER, &["Tomato sauce", "Tomato sauce with basil"], &["Vegetable soup"]),
    ("Mayonnaise", SAME, &["Mayonnaise, light"], &["Rapeseed oil"]),
    ("Tomato sauce with basil", SAME, &["Tomato sauce"], &["Vegetable soup"]),
    ("Green pesto", BOLDER, &["Tomato sauce", "Tomato sauce with basil", "Hummus"], &["Almonds"]),
    ("White rice", SAME, &["Brown rice"], &["Rolled oats"]),
    ("Oven fries", SAME, &["Oven fries without salt"], &["Potato crisps with less salt"]),
    ("Canned peas with sugar", SAME, &["Canned peas without salt"], &["Tuna in water"]),
    ("Green olives", SAME, &["Green olives with less salt"], &["Olive oil"]),
];

fn shelf() -> Shelf {
    Shelf::of(FOODS.iter().map(|line| food(line)))
}

#[test]
fn every_question_has_an_answer_that_a_shopper_would_take() {
    let shelf = shelf();
    let mut complaints = Vec::new();
    for (asked, lane, wanted, absurd) in VERDICTS {
        let proposed = shelf.proposed(asked, *lane);
        let makes_sense = match proposed.first() {
            Some(first) => wanted.contains(first),
            None => wanted.is_empty(),
        };
        if !makes_sense || proposed.iter().any(|name| absurd.contains(name)) {
            complaints.push(format!("{asked}, {lane:?}: {proposed:?}"));
        }
    }
    assert!(complaints.is_empty(), "{} of {}:\n{}", complaints.len(), VERDICTS.len(), complaints.join("\n"));
    assert!(VERDICTS.len() >= 60, "{} verdicts", VERDICTS.len());
}

#[test]
fn whatever_is_asked_no_answer_is_worse_or_of_another_kind() {
    let shelf = shelf();
    for line in FOODS {
        let original = food(line);
        let answer = shelf.ask(original.name(foodswap::food::product::Lang::EN), &Wishes::default());
        for substitute in &answer.substitutes {
            let product = shelf.product(substitute);
            let grade = |product: &Product| product.nutri_score.grade().expect("graded");
            assert!(grade(product) <= grade(&original), "{line}");
            assert!(!substitute.reasons.is_empty(), "{line}");
            for form in ["en:baby-foods", "en:dietary-supplements"] {
                let is_of = |product: &Product| product.categories.iter().any(|tag| tag == form);
                assert_eq!(is_of(product), is_of(&original), "{line}: {form}");
            }
        }
    }
}

#[test]
fn the_best_of_a_kind_is_already_best() {
    let shelf = shelf();
    for name in ["Spring water", "Almonds", "Rolled oats", "Plain tofu", "Vegetable soup"] {
        let answer = shelf.ask(name, &Wishes::default());
        assert_eq!((answer.status, answer.substitutes.len()), (Status::AlreadyBest, 0), "{name}");
    }
    assert_eq!(Grade::A.as_str(), "a");
}
