substitutes-title = Instead of { $name }
substitutes-instead-of = Instead of
status-found = { $number ->
    [one] One healthier choice
   *[other] { $number } healthier choices
}
status-found-advice = Each with its reasons, per 100 g or 100 ml.
status-already-best = You already have one of the best
status-already-best-advice = Nothing of its kind is clearly better. Enjoy it.
status-none-found = Nothing better was found
status-none-found-advice = No food known here is better for the same use. Its whole kind, healthiest first, may give you an idea.
status-none-found-wishes = Nothing better fits all your wishes. Take one of them away to see more.
status-not-comparable = It cannot be compared yet
status-not-comparable-advice = Its Nutri-Score, its category or its values are not known well enough.
lane-same = Same use
lane-same-intro = Use them just like the original.
lane-bolder = Bolder
lane-bolder-intro = Something else for the same occasion, often with more to gain.

wishes-title = My wishes: diet, allergens, country
wish-without = Without { $allergen }
wish-country = Sold in { $country }
hidden-allergen = { $number ->
    [one] One better food is hidden: it contains what you avoid, or traces of it.
   *[other] { $count } better foods are hidden: they contain what you avoid, or traces of it.
}
hidden-diet = { $number ->
    [one] One better food is hidden: it does not fit your diet.
   *[other] { $count } better foods are hidden: they do not fit your diet.
}
hidden-unknown = { $number ->
    [one] One better food is hidden: nobody has said whether it is safe for you.
   *[other] { $count } better foods are hidden: nobody has said whether they are safe for you.
}
hidden-country = { $number ->
    [one] One better food is hidden: it is not known to be sold there.
   *[other] { $count } better foods are hidden: they are not known to be sold there.
}
hidden-show = Show
traces-by-choice = Producers need not state traces. If a trace can harm you, read the pack.

swap-becomes = becomes
swap-gain-grades = { $number ->
    [one] One grade better
   *[other] { $number } grades better
}
swap-gain-points = { $number ->
    [one] The same letter, one point better
   *[other] The same letter, { $number } points better
}
swap-shared = Both: { $category }
swap-by-letter = only the Nutri-Score can be compared: no nutrient of both is known
swap-estimated = some values are estimates
swap-labelled = values from the labels
swap-untold = not known for one of both: { $nutrients }
swap-added-allergens = Please note, it also contains: { $allergens }.
swap-added-other = an allergen that the original does not name
swap-worse-nova = More processed: NOVA group { $to } instead of { $from }.
swap-choose = Choose
swap-compare = Compare
swap-compare-with = with
reason-worse = to watch
reason-from = from
reason-to = to

substitutes-without-wishes = Show all, without wishes
substitutes-see-category = See all of its kind, healthiest first
substitutes-see-product = Back to the product
