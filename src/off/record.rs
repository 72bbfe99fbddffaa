//! One product in the JSON shapes of Open Food Facts.
