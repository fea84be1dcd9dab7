//! Pages of lists. A cursor names the last thing of the page before, not a position, so what is
//! added or removed meanwhile neither repeats nor hides anything else.

use super::extract::Json;
use crate::http::problem::Problem;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const DEFAULT_LIMIT: u32 = 100;
const MAX_LIMIT: u32 = 1_000;

/// Which page of a list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// `next` of the page before; the first page when absent.
    pub cursor: Option<String>,
    /// How many at most, 1 to 1000; 100 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<u32>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// What is on the page.
    pub items: Vec<T>,
    /// The cursor of the next page; `null` on the last one.
    pub next: Option<String>,
    /// How many there are on all pages; exact.
    pub total: u64,
}

/// Which way a list goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By key.
    Up,
    /// By key, the last first: ids made later sort later, so the newest is first.
    Down,
}

impl Paging {
    /// The limit.
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(DEFAULT_LIMIT) {
            limit @ 1..=MAX_LIMIT => Ok(limit),
            other => {
                Err(Problem::field("invalid", "limit", format!("{other} is not between 1 and {MAX_LIMIT}.")))
            }
        }
    }

    /// The key behind which the page begins, in a list of this name.
    pub fn after(&self, list: &str) -> Result<Option<String>, Problem> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let bytes = URL_SAFE_NO_PAD.decode(cursor).unwrap_or_default();
        let text = String::from_utf8(bytes).unwrap_or_default();
        match text.split_once('\n') {
            Some((of, key)) if of == list && !key.contains('\0') => Ok(Some(key.to_owned())),
            _ => {
                let message = "This is not a cursor of this list. Take it from \"next\" of the page before.";
                Err(Problem::field("invalid", "cursor", message))
            }
        }
    }
}

/// The cursor behind a key of a list.
pub fn cursor(list: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}\n{key}"))
}

/// A page of a list that was read one longer than the limit.
pub fn of_longer<T>(
    list: &str,
    mut read: Vec<T>,
    limit: u32,
    total: u64,
    key: impl Fn(&T) -> String,
) -> Page<T> {
    let more = read.len() > limit as usize;
    read.truncate(limit as usize);
    let next = more.then(|| read.last().map(|last| cursor(list, &key(last)))).flatten();
    Page { items: read, next, total }
}

/// A page of a list that is held whole. Keys are unique.
pub fn of_whole<T>(
    list: &str,
    mut all: Vec<T>,
    paging: &Paging,
    order: Order,
    key: impl Fn(&T) -> String,
) -> Result<Json<Page<T>>, Problem> {
    let (after, limit) = (paging.after(list)?, paging.limit()?);
    let total = all.len() as u64;
    all.sort_by_cached_key(&key);
    if order == Order::Down {
        all.reverse();
    }
    let rest = all.into_iter().skip_while(|one| match (&after, order) {
        (None, _) => false,
        (Some(after), Order::Up) => key(one) <= *after,
        (Some(after), Order::Down) => key(one) >= *after,
    });
    let read = rest.take(limit as usize + 1).collect();
    Ok(Json(of_longer(list, read, limit, total, key)))
}

/// A number as a key that sorts as the number does.
pub fn number_key(number: u64) -> String {
    format!("{number:020}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(cursor: Option<String>) -> Paging {
        Paging { cursor, limit: Some(2) }
    }

    fn page(all: &[&'static str], cursor: Option<String>, order: Order) -> Page<&'static str> {
        of_whole("letters", all.to_vec(), &paging(cursor), order, |one| (*one).to_owned()).unwrap().0
    }

    #[test]
    fn pages_neither_repeat_nor_hide_when_the_list_changes() {
        let first = page(&["d", "b", "a", "c"], None, Order::Down);
        assert_eq!((first.items, first.total), (vec!["d", "c"], 4));
        // The last one seen is removed and a newer one is added.
        let second = page(&["e", "d", "b", "a"], first.next, Order::Down);
        assert_eq!((second.items, second.next), (vec!["b", "a"], None));
        let up = page(&["a", "b", "c"], page(&["a", "b", "c"], None, Order::Up).next, Order::Up);
        assert_eq!(up.items, ["c"]);
    }

    #[test]
    fn foreign_cursors_and_limits_are_refused() {
        assert!(paging(Some(cursor("words", "a"))).after("letters").is_err());
        assert!(paging(Some("???".into())).after("letters").is_err());
        assert_eq!(paging(Some(cursor("letters", "a"))).after("letters").unwrap().as_deref(), Some("a"));
        assert!(Paging { cursor: None, limit: Some(0) }.limit().is_err());
        assert!(Paging { cursor: None, limit: Some(1_001) }.limit().is_err());
    }

    #[test]
    fn numbers_sort_as_keys() {
        assert!(number_key(9) < number_key(10));
    }
}
