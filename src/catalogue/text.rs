//! Text as search sees it: folded, cut into words, in any script.
