//! Opaque seek cursors: the sort key of the last row shown, bound to the filter it was made for.
//!
//! A cursor carries values, not a row to read again, so a page never depends on a row that has gone. Opaque is not
//! secret: authorization and filters are applied anew on every page, and values that no list of ours has are refused before
//! the database meets them.

use std::marker::PhantomData;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::problem::{Kind, Problem};

pub const DEFAULT_LIMIT: u32 = 50;
pub const MAX_LIMIT: u32 = 200;

/// The number of rows to show for a `limit` parameter; anything outside 1 ..= 200 is an error, not silently something
/// else.
pub fn rows_a_page(limit: Option<u32>) -> Result<i64, Problem> {
    match limit.unwrap_or(DEFAULT_LIMIT) {
        limit @ 1..=MAX_LIMIT => Ok(i64::from(limit)),
        _ => Err(Problem::field("limit", "OUT_OF_RANGE", "Mỗi trang từ 1 đến 200 dòng.", "limit is 1 to 200.")),
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Makes a page of `limit + 1` fetched rows: the extra row only says that there is more.
    pub fn of<R, K: Serialize>(
        mut rows: Vec<R>,
        limit: i64,
        filter: &impl Serialize,
        key: impl Fn(&R) -> K,
        out: impl FnMut(R) -> T,
    ) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(0);
        let next = if rows.len() > limit {
            rows.truncate(limit);
            rows.last().and_then(|last| Cursor { last: key(last) }.encode(filter))
        } else {
            None
        };
        Page { items: rows.into_iter().map(out).collect(), next }
    }

    /// A page of a walk that stops where it has enough, or has looked at enough; it goes on after `last`.
    pub fn walked<K: Serialize>(items: Vec<T>, last: Option<K>, filter: &impl Serialize) -> Page<T> {
        Page { items, next: last.and_then(|last| Cursor { last }.encode(filter)) }
    }
}

/// What a client asks of a list: the filter its cursor belongs to, how many rows, and where to go on.
#[derive(Debug, Clone)]
pub struct Paging<F, K> {
    pub filter: F,
    limit: i64,
    cursor: Option<String>,
    key: PhantomData<K>,
}

/// Which part of a chapter's list to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfChapter {
    /// Code of the chapter.
    #[param(example = "23095")]
    pub chapter: String,
    /// Rows a page, 1 to 200 (50 unless given).
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

impl OfChapter {
    /// The list of the chapter, checked.
    pub fn paging<K: Serialize + DeserializeOwned>(self) -> Result<Paging<String, K>, Problem> {
        Paging::of(self.chapter, self.limit, self.cursor.as_deref())
    }
}

/// The part of a list that a page needs.
#[derive(Debug, Clone)]
pub struct Span<K> {
    /// The key of the last row shown; `None` at the beginning.
    pub after: Option<K>,
    /// Rows to fetch: one more than a page shows, which says whether there is another page.
    pub rows: i64,
}

impl<F: Serialize, K: Serialize + DeserializeOwned> Paging<F, K> {
    /// Refused are limits outside of 1 ..= 200.
    pub fn of(filter: F, limit: Option<u32>, cursor: Option<&str>) -> Result<Self, Problem> {
        Ok(Self { filter, limit: rows_a_page(limit)?, cursor: cursor.map(str::to_owned), key: PhantomData })
    }

    /// What to fetch for a list of `T`. Refused are cursors of another list, and of another filter.
    pub fn span<T: ToSchema>(&self) -> Result<Span<K>, Problem> {
        let after = Cursor::decode(self.cursor.as_deref(), &self.list_of::<T>())?.map(|cursor| cursor.last);
        Ok(Span { after, rows: self.limit + 1 })
    }

    /// What a cursor belongs to: two lists of one chapter have the same filter, and perhaps keys of the same form.
    fn list_of<T: ToSchema>(&self) -> (String, &F) {
        (T::name().into_owned(), &self.filter)
    }

    /// The page of what was fetched. `shown` gets the rows to show, all at once: one by one it would ask the database for
    /// each.
    pub fn page<R, T: ToSchema, E>(
        &self,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> K,
        shown: impl FnOnce(Vec<R>) -> Result<Vec<T>, E>,
    ) -> Result<Page<T>, E> {
        let limit = usize::try_from(self.limit).unwrap_or(0);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more).map(key);
        Ok(Page::walked(shown(rows)?, last, &self.list_of::<T>()))
    }
}

/// The position after a row.
#[derive(Debug, PartialEq, Eq)]
pub struct Cursor<K> {
    pub last: K,
}

#[derive(Serialize, Deserialize)]
struct Wire<K> {
    v: u8,
    f: String,
    last: K,
}

impl<K: Serialize> Cursor<K> {
    fn encode(&self, filter: &impl Serialize) -> Option<String> {
        let wire = Wire { v: 1, f: filter_hash(filter), last: &self.last };
        serde_json::to_vec(&wire).ok().map(|json| URL_SAFE_NO_PAD.encode(json))
    }
}

impl<K: DeserializeOwned> Cursor<K> {
    /// Reads a cursor that must belong to the same filter.
    pub fn decode(text: Option<&str>, filter: &impl Serialize) -> Result<Option<Self>, Problem> {
        let Some(text) = text else {
            return Ok(None);
        };
        let refused = || {
            Problem::say(
                Kind::InvalidCursor,
                "Con trỏ không đúng hoặc thuộc về bộ lọc khác: hãy bắt đầu lại từ trang đầu.",
                "The cursor is broken or belongs to another filter: start again from the first page.",
            )
        };
        if text.len() > 500 {
            return Err(refused());
        }
        let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| refused())?;
        let wire: Wire<Value> = serde_json::from_slice(&json).map_err(|_| refused())?;
        if wire.v != 1 || wire.f != filter_hash(filter) || !is_of_ours(&wire.last) {
            return Err(refused());
        }
        let last = serde_json::from_value(wire.last).map_err(|_| refused())?;
        Ok(Some(Cursor { last }))
    }
}

/// Whether a position can be one that we gave out. Years beyond four digits are written with a sign; neither they nor a NUL
/// nor the ends of the integers can be asked of PostgreSQL.
fn is_of_ours(last: &Value) -> bool {
    match last {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => number.as_i64().is_some_and(|n| n.unsigned_abs() < 1 << 62),
        Value::String(text) => !text.starts_with(['+', '-']) && !text.chars().any(char::is_control),
        Value::Array(items) => items.iter().all(is_of_ours),
        Value::Object(fields) => fields.values().all(is_of_ours),
    }
}

fn filter_hash(filter: &impl Serialize) -> String {
    let json = serde_json::to_vec(filter).unwrap_or_default();
    URL_SAFE_NO_PAD.encode(&Sha256::digest(json)[..9])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Concatenated pages are the list, each row once, whatever the page size.
        #[test]
        fn pages_join_to_the_list(rows in proptest::collection::btree_set(0i64..500, 0..60), limit in 1i64..20) {
            let all: Vec<i64> = rows.into_iter().rev().collect();
            let (mut seen, mut cursor) = (Vec::new(), None::<String>);
            loop {
                let last = Cursor::<i64>::decode(cursor.as_deref(), &"f").unwrap().map(|c| c.last);
                let fetched: Vec<i64> = all.iter().copied().filter(|r| last.is_none_or(|l| *r < l)).take(limit as usize + 1).collect();
                let page = Page::of(fetched, limit, &"f", |r| *r, |r| r);
                seen.extend(page.items);
                match page.next { Some(next) => cursor = Some(next), None => break }
            }
            prop_assert_eq!(seen, all);
        }

        #[test]
        fn garbage_is_refused_without_panic(text in ".{0,80}") {
            prop_assert!(Cursor::<i64>::decode(Some(&text), &"f").is_err());
        }
    }

    #[test]
    fn a_page_is_shown_at_once_and_leads_to_the_next() {
        let paging = Paging::<_, i64>::of("f", Some(2), None).unwrap();
        let span = paging.span::<i64>().unwrap();
        assert_eq!((span.after, span.rows), (None, 3));
        let page = |paging: &Paging<&str, i64>, rows| paging.page(rows, |r| *r, Ok::<_, ()>).unwrap();
        let first = page(&paging, vec![9, 8, 7]);
        assert_eq!(first.items, [9, 8]);
        let paging = Paging::<_, i64>::of("f", Some(2), first.next.as_deref()).unwrap();
        assert_eq!(paging.span::<i64>().unwrap().after, Some(8));
        assert_eq!(page(&paging, vec![7, 6]).next, None);
        assert!(paging.span::<String>().is_err(), "of a list of something else");
        assert!(Paging::<_, i64>::of("g", Some(2), first.next.as_deref()).unwrap().span::<i64>().is_err());
        assert!(Paging::<_, i64>::of("f", Some(201), None).is_err());
    }

    #[test]
    fn a_position_that_we_never_gave_is_refused() {
        let decode = |last: Value| {
            let wire = Wire { v: 1, f: filter_hash(&"f"), last };
            Cursor::<Value>::decode(Some(&URL_SAFE_NO_PAD.encode(serde_json::to_vec(&wire).unwrap())), &"f")
        };
        assert!(decode(serde_json::json!(["2026-11-30T00:00:00Z", "23095", 5, -5, null])).is_ok());
        for odd in ["-262000-01-01T00:00:00Z", "+262000-01-01", "a\u{0}b"] {
            assert!(decode(serde_json::json!(["23095", odd])).is_err(), "{odd:?}");
        }
        for odd in [i64::MIN, i64::MAX] {
            assert!(decode(serde_json::json!([odd])).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_cursor_belongs_to_its_filter() {
        let page = Page::of(vec![3, 2, 1], 2, &"a", |r| *r, |r| r);
        let next = page.next.unwrap();
        assert_eq!(Cursor::<i64>::decode(Some(&next), &"a").unwrap(), Some(Cursor { last: 2 }));
        assert!(Cursor::<i64>::decode(Some(&next), &"b").is_err());
    }
}
