//! The products worth judging as substitutes, per category, best first.
