search-title = Résultats pour « { $text } »
search-title-all = Tous les aliments
search-title-empty = Quel aliment ?
search-empty = Tapez son nom ci-dessus, une marque ou le numéro sous le code-barres, ou commencez par l’un de ceux-ci.
search-count = { $number ->
    [one] { $count } aliment
   *[other] { $count } aliments
}
search-count-at-least = Plus de { $count } aliments
search-left-out = Aucun aliment ne correspond à tous ces mots. Ceux-ci correspondent à votre recherche sans « { $word } ».
search-nothing = Aucun résultat.
search-nothing-advice = Essayez moins de mots, un mot plus général comme « yaourt », ou le code-barres de l’emballage.
search-past-the-end = Il n’y a pas de page { $page } : les résultats s’arrêtent à la page { $last }.
search-last-page = Dernière page
search-first-page = Première page
search-unfiltered = Chercher sans filtre

category-title = { $name }, du plus sain au moins sain
category-count = { $number ->
    [0] Aucun aliment de ce type
    [one] Un aliment de ce type
   *[other] { $count } aliments de ce type
}
category-parents = Plus général
category-children = Plus précis
category-grades = Répartition des Nutri-Scores
category-healthiest = Les plus sains d’abord
category-listed = Les { $count } plus sains d’entre eux sont listés.
category-empty = Ce catalogue ne contient aucun aliment de ce type. Cherchez-en un autre ci-dessus.

compare-title = Côte à côte
compare-caption = Valeurs
compare-column = Valeur
compare-best = mieux
compare-too-few = Pour comparer, il faut deux aliments. Choisissez-en un, puis « Comparer » sur l’un de ses choix plus sains.
compare-mixed = Attention : certaines valeurs sont pour 100 g, d’autres pour 100 ml.
compare-nova = Transforma{ "\u00AD" }tion (groupe NOVA)
compare-allergens = Allergènes
compare-traces = Traces possibles
value-unknown = inconnu
