search-title = Results for “{ $text }”
search-title-all = All foods
search-title-empty = Which food?
search-empty = Type its name above, a brand or the number under the barcode, or begin with one of these.
search-count = { $number ->
    [one] One food
   *[other] { $count } foods
}
search-count-at-least = More than { $count } foods
search-left-out = No food matches all these words. These match what you typed without “{ $word }”.
search-nothing = Nothing found.
search-nothing-advice = Try fewer words, a more general one such as “yogurt”, or the barcode on the pack.
search-past-the-end = There is no page { $page }: the results end with page { $last }.
search-last-page = To the last page
search-first-page = To the first page
search-unfiltered = Search without filters

category-title = { $name }, healthiest first
category-count = { $number ->
    [0] No food of this kind
    [one] One food of this kind
   *[other] { $count } foods of this kind
}
category-parents = More general
category-children = More specific
category-grades = How many have which Nutri-Score
category-healthiest = Healthiest first
category-listed = The { $count } healthiest of them are listed.
category-empty = No food in this catalogue is of this kind. Search for another one above.

compare-title = Side by side
compare-caption = Values
compare-column = Value
compare-best = better
compare-too-few = A comparison needs two foods. Choose one, then “Compare” on one of its healthier choices.
compare-mixed = Careful: some values are per 100 g, others per 100 ml.
compare-nova = Processing (NOVA group)
compare-allergens = Allergens
compare-traces = May contain traces of
value-unknown = not known
