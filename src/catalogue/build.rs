//! Builds a snapshot from a stream of products within a fixed amount of memory.
