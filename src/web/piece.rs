//! The pieces that pages are made of: what each template partial shows, ready to be written.

pub mod card;
pub mod chips;
pub mod drawing;
pub mod grade;
pub mod nutrients;
pub mod pager;
pub mod points;
pub mod swap;
