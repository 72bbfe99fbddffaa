//! The way to the page before and the page after, and back from where there is none.

use super::super::address::Address;
use super::super::param::PageNumber;

/// What to offer where a list has ended before the page that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastTheEnd {
    /// The last page that there is.
    pub last: usize,
    /// The way there.
    pub last_href: String,
    /// The way to the first page, where that is another one.
    pub first_href: Option<String>,
}

impl PastTheEnd {
    /// None while `page` of a list of `entries`, `page_size` a page, is there, or the list is empty.
    pub fn of(here: &Address, page: PageNumber, page_size: usize, entries: usize) -> Option<Self> {
        let last = PageNumber::last(page_size, entries);
        (entries > 0 && page > last).then(|| Self {
            last: last.number(),
            last_href: href(here, last),
            first_href: (last != PageNumber::FIRST).then(|| href(here, PageNumber::FIRST)),
        })
    }
}

fn href(here: &Address, page: PageNumber) -> String {
    match page {
        PageNumber::FIRST => here.to_string(),
        page => here.with("page", page.number()).to_string(),
    }
}

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
        let to = |page: PageNumber| href(here, page);
        Self { number: page.number(), previous: page.previous().map(to), next: page.next(page_size, entries).map(to) }
    }

    /// Whether there is anywhere to go.
    pub fn is_needed(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }
}
