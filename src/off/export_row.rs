//! One product in the columns of the CSV export of Open Food Facts.
