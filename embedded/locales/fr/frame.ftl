site-description = Nommez un aliment, découvrez par quoi le remplacer pour manger mieux, et pourquoi.
skip-to-content = Aller au contenu
languages-label = Langues
footer-label = À propos de ce site
attribution-starter = Vous consultez le catalogue de départ : des aliments génériques, rédigés pour foodswap, sous la licence du programme,
attribution-data = Données sur les produits : © contributeurs
attribution-data-later = Données sur les produits, une fois importées : © contributeurs
attribution-advice = foodswap compare des aliments et ne donne pas d’avis médical. L’étiquette du produit fait toujours foi.
about-link = À propos
legal-link = Mentions légales

search-label = Nom d’un aliment, marque ou code-barres
search-placeholder = Aliment ou code-barres
search-button = Chercher
suggestions-label = Suggestions
suggestions-count = { $number ->
    [0] Aucune suggestion
    [one] Une suggestion
   *[other] { $number } suggestions
}

home-title = un aliment plus sain à acheter à la place
home-question = Que souhaitez‑vous remplacer ?
home-examples = Par exemple
home-example-spread = pâte à tartiner
home-example-drink = cola
home-example-breakfast = céréales au chocolat
home-lead = Nommez un aliment : foodswap vous en propose un plus sain pour le même usage, et vous dit pourquoi.
home-promise-use-title = Pour le même usage
home-promise-use = Une pâte à tartiner pour une pâte à tartiner, une boisson pour une boisson. Et, si le cœur vous en dit, plus audacieux.
home-promise-reason-title = Avec la raison
home-promise-reason = Moins de sucres, plus de fibres, un meilleur Nutri-Score : en chiffres, avant et après.
home-promise-honest-title = Sans rien cacher
home-promise-honest = Ce que personne n’a indiqué est dit inconnu, jamais sans risque.
home-starter = Ceci est le catalogue de départ, fait d’aliments génériques. L’exploitant du site peut importer les 4 millions de produits d’Open Food Facts.
home-size = { $number ->
    [one] Vous avez le choix d’un seul aliment.
   *[other] Vous avez le choix entre { $count } aliments.
}

grade-spoken = Nutri-Score { $letter }
grade-spoken-estimated = Nutri-Score environ { $letter }, calculé d’après des valeurs estimées
grade-estimated-legend = « ≈ » signale un Nutri-Score que foodswap a calculé d’après des valeurs estimées : la vraie lettre peut être une autre.
grade-none = Pas de Nutri-Score pour ce type d’aliment
grade-unknown = Nutri-Score inconnu
card-better = Choix plus sains
card-better-than = { "" } que
pager-label = Pages
pager-previous = Page précédente
pager-next = Page suivante
pager-page = Page
chips-label = Filtres appliqués
chip-remove = Retirer :

filters-title = Filtres
filters-apply = Afficher
filter-grade = Nutri-Score
filter-country = Pays de vente
filter-country-any = Tous les pays
filter-diet = Régime
filter-without = Sans
filter-lane = Propositions
filter-lane-both = Toutes

date = { $day } { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }
