//! Trees, keys and the layout version of the stores.
