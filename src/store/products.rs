//! All products as full records, packed in buckets.
