//! A product as the store keeps it: compact, versioned, checked.
