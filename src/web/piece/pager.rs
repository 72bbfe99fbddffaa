//! The way to the page before and the page after.

use super::super::address::Address;
use super::super::param::PageNumber;

/// Links to the neighbours of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pager {
    /// This page's number.
    pub number: usize,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

impl Pager {
    /// The neighbours of a page of a list of `entries`, `page_size` a page; `here` has no page in it.
    pub fn new(here: &Address, page: PageNumber, page_size: usize, entries: usize) -> Self {
        let to = |page: PageNumber| match page {
            PageNumber::FIRST => here.to_string(),
            page => here.with("page", page.number()).to_string(),
        };
        Self { number: page.number(), previous: page.previous().map(to), next: page.next(page_size, entries).map(to) }
    }

    /// Whether there is anywhere to go.
    pub fn is_needed(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }
}
