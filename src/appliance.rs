//! The composition root: builds everything, runs it, stops it in order.
