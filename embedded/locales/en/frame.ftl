site-description = Name a food, get a healthier one to buy instead, with the reason why.
skip-to-content = Skip to the content
languages-label = Languages
footer-label = About this site
attribution-starter = You are looking at the starter catalogue: generic foods, written for foodswap, under the licence of the program,
attribution-data = Product data: © contributors of
attribution-data-later = Product data, once imported: © contributors of
attribution-advice = foodswap compares foods; it gives no medical advice. The label on the pack always counts.
about-link = About
legal-link = Legal notice

search-label = Name of a food, brand or barcode
search-placeholder = Food, brand or barcode
search-button = Search
suggestions-label = Suggestions
suggestions-count = { $number ->
    [0] No suggestion
    [one] One suggestion
   *[other] { $number } suggestions
}

home-title = a healthier food to buy instead
home-question = What would you like to replace?
home-examples = For example
home-example-spread = hazelnut spread
home-example-drink = cola
home-example-breakfast = chocolate cereals
home-lead = Name a food: foodswap proposes a healthier one for the same use, and shows you why.
home-promise-use-title = For the same use
home-promise-use = A spread for a spread, a drink for a drink. And if you like, something bolder.
home-promise-reason-title = With the reason
home-promise-reason = Less sugar, more fibre, a better Nutri-Score: in numbers, before and after.
home-promise-honest-title = Honest about gaps
home-promise-honest = What nobody has stated is shown as unknown, never as safe.
home-starter = This is the starter catalogue of generic foods. Whoever runs this site can import the 4 million products of Open Food Facts.
home-size = { $number ->
    [one] There is one food to choose from.
   *[other] There are { $count } foods to choose from.
}

grade-spoken = Nutri-Score { $letter }
grade-spoken-estimated = Nutri-Score about { $letter }, computed from estimated values
grade-estimated-legend = “≈” marks a Nutri-Score that foodswap computed from estimated values: it may be another letter.
grade-none = No Nutri-Score for this kind of food
grade-unknown = Nutri-Score unknown
card-better = Healthier choices
card-better-than = { "" } than
pager-label = Pages
pager-previous = Previous page
pager-next = Next page
pager-page = Page
chips-label = Filters in force
chip-remove = Remove:

filters-title = Filters
filters-apply = Show
filter-grade = Nutri-Score
filter-country = Sold in
filter-country-any = Any country
filter-diet = Diet
filter-without = Without
filter-lane = Proposals
filter-lane-both = All

date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
