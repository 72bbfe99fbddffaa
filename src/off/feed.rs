//! A file of Open Food Facts, told apart by its content and read in blocks of whole lines.
