//! One figment: defaults, files, environment and flags, with the origin of every value.
