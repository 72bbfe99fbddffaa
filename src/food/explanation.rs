//! The reasons of a substitute, and one sentence that says them in French or English.
