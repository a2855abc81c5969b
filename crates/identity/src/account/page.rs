//! Lists, page by page.

use std::sync::Arc;

use super::resource::Named;

/// So many records are looked at for a page. When few of them are wanted, the page may be short or even empty, and another
/// follows: an answer takes no longer in an account with very many (IAM API Reference: `ListRoles`, "IAM might return fewer
/// than the `MaxItems` number of results, even when there are more results available").
const LOOKED_AT: usize = 2000;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page goes on, if there is one: to be sealed before a client sees it, and given back as `after`.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The page of what comes after `after`. `items` are in the order of their keys, so that a page that is asked for
    /// later neither skips nor repeats what did not change meanwhile.
    pub(crate) fn of(
        items: impl Iterator<Item = T>,
        key: impl Fn(&T) -> String,
        after: Option<&str>,
        limit: usize,
    ) -> Self {
        Self::among(items, |_| true, key, after, limit)
    }

    /// The page of those that are wanted.
    pub(crate) fn among(
        items: impl Iterator<Item = T>,
        wanted: impl Fn(&T) -> bool,
        key: impl Fn(&T) -> String,
        after: Option<&str>,
        limit: usize,
    ) -> Self {
        let mut page = Self {
            items: Vec::new(),
            next: None,
        };
        let mut unwanted = 0;
        for item in items {
            if after.is_some_and(|after| key(&item).as_str() <= after) {
                continue;
            }
            if !wanted(&item) {
                unwanted += 1;
                if unwanted == LOOKED_AT {
                    page.next = Some(key(&item));
                    break;
                }
                continue;
            }
            if page.items.len() == limit.max(1) {
                page.next = page.items.last().map(&key);
                break;
            }
            page.items.push(item);
        }
        page
    }
}

impl<T: Named> Page<Arc<T>> {
    /// The page of those under a path; `items` are in the order of their names.
    pub(crate) fn named<'a>(
        items: impl Iterator<Item = &'a Arc<T>>,
        path_prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Self
    where
        T: 'a,
    {
        let under = |item: &Arc<T>| item.path().starts_with(path_prefix);
        Self::among(
            items.cloned(),
            under,
            |item| item.name().to_ascii_lowercase(),
            after,
            limit,
        )
    }
}
