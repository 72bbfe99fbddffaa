substitutes-title = À la place de { $name }
substitutes-instead-of = À la place de
status-found = { $number ->
    [one] Un choix plus sain
   *[other] { $number } choix plus sains
}
status-found-advice = Chacun avec ses raisons, pour 100 g ou 100 ml.
status-already-best = Vous avez déjà l’un des meilleurs
status-already-best-advice = Rien de son genre n’est nettement meilleur. Bon appétit !
status-none-found = Rien de meilleur n’a été trouvé
status-none-found-advice = Aucun aliment connu ici n’est meilleur pour le même usage. Tous ceux de son genre, les plus sains d’abord, vous donneront peut-être une idée.
status-none-found-wishes = Rien de meilleur ne répond à tous vos souhaits. Retirez-en un pour en voir davantage.
status-not-comparable = Il ne peut pas encore être comparé
status-not-comparable-advice = Son Nutri-Score, sa catégorie ou ses valeurs ne sont pas assez connus.
lane-same = Même usage
lane-same-intro = À utiliser exactement comme l’original.
lane-bolder = Plus audacieux
lane-bolder-intro = Autre chose pour la même occasion, avec souvent plus à gagner.

wishes-title = Mes souhaits : régime, allergènes, pays
wish-without = Sans { $allergen }
wish-country = Pays de vente : { $country }
hidden-allergen = { $number ->
    [one] Un aliment meilleur est masqué : il contient ce que vous évitez, ou des traces.
   *[other] { $count } aliments meilleurs sont masqués : ils contiennent ce que vous évitez, ou des traces.
}
hidden-diet = { $number ->
    [one] Un aliment meilleur est masqué : il ne convient pas à votre régime.
   *[other] { $count } aliments meilleurs sont masqués : ils ne conviennent pas à votre régime.
}
hidden-unknown = { $number ->
    [one] Un aliment meilleur est masqué : personne n’a indiqué s’il vous convient.
   *[other] { $count } aliments meilleurs sont masqués : personne n’a indiqué s’ils vous conviennent.
}
hidden-country = { $number ->
    [one] Un aliment meilleur est masqué : on ne sait pas s’il est vendu dans ce pays.
   *[other] { $count } aliments meilleurs sont masqués : on ne sait pas s’ils sont vendus dans ce pays.
}
traces-by-choice = Les fabricants n’ont pas à indiquer les traces. Si une trace vous met en danger, lisez l’emballage.
hidden-show = Afficher

swap-becomes = devient
swap-gain-grades = { $number ->
    [one] Une lettre de mieux
   *[other] { $number } lettres de mieux
}
swap-gain-points = { $number ->
    [one] Même lettre, un point de mieux
   *[other] Même lettre, { $number } points de mieux
}
swap-shared = Point commun : { $category }
swap-by-letter = seul le Nutri-Score se compare : aucun nutriment n’est connu pour les deux
swap-estimated = certaines valeurs sont estimées
swap-labelled = valeurs des étiquettes
swap-untold = inconnu pour l’un des deux : { $nutrients }
swap-added-allergens = Attention, il contient aussi : { $allergens }.
swap-added-other = un allergène que l’original n’indique pas
swap-worse-nova = Plus transformé : groupe NOVA { $to } au lieu de { $from }.
swap-choose = Choisir
swap-compare = Comparer
swap-compare-with = avec
reason-worse = à surveiller
reason-from = de
reason-to = à

substitutes-without-wishes = Tout afficher, sans souhaits
substitutes-see-category = Voir tous ceux de son genre, les plus sains d’abord
substitutes-see-product = Revenir au produit
