//! Hand-written SQL that PostgreSQL plans once per connection.
//!
//! `diesel::sql_query` is parsed and planned on every call, which halves the speed of a short statement. The
//! [`statement!`](crate::db) macro declares a struct whose type names one fixed text, so diesel keeps the prepared
//! statement. `?` marks the place of each field, in order; the text must therefore not use `?` for anything else. A text
//! with more or fewer places than fields does not compile; a test prepares every one of them (`tests/api/statements.rs`).

/// How many places a text has.
pub const fn places(text: &str) -> usize {
    let (mut rest, mut count) = (text.as_bytes(), 0);
    while let [first, tail @ ..] = rest {
        if *first == b'?' {
            count += 1;
        }
        rest = tail;
    }
    count
}

/// Declares a cached statement.
///
/// ```text
/// statement! {
///     /// What it is for.
///     struct Lock { chapter: Uuid => diesel::sql_types::Uuid } -> (BigInt,)
///     "SELECT 1 FROM chapter WHERE id = ?"
/// }
/// ```
///
/// A plan that is kept is one for any values. Where a good one depends on them (a sum over the whole country, a rare group beside a frequent
/// one), `planned struct` has the statement planned each time with the values at hand, for a millisecond or two.
#[macro_export]
macro_rules! statement {
    ($(#[$doc:meta])* $vis:vis struct $($rest:tt)*) => {
        $crate::db::statement::statement! { @kept true; $(#[$doc])* $vis struct $($rest)* }
    };
    ($(#[$doc:meta])* $vis:vis planned struct $($rest:tt)*) => {
        $crate::db::statement::statement! { @kept false; $(#[$doc])* $vis struct $($rest)* }
    };
    (@kept $kept:literal; $(#[$doc:meta])* $vis:vis struct $name:ident { $($field:ident : $ty:ty => $sql:ty),* $(,)? } -> $row:ty, $text:expr) => {
        $(#[$doc])*
        $vis struct $name<'a> {
            $(pub $field: &'a $ty,)*
        }

        const _: () = {
            let fields: &[&str] = &[$(stringify!($field)),*];
            assert!($crate::db::statement::places($text) == fields.len(), "a statement has one ? for each field");
        };

        impl diesel::query_builder::QueryId for $name<'_> {
            type QueryId = $name<'static>;
            const HAS_STATIC_QUERY_ID: bool = true;
        }

        impl diesel::query_builder::Query for $name<'_> {
            type SqlType = $row;
        }

        impl<C> diesel::RunQueryDsl<C> for $name<'_> {}

        impl diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name<'_> {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                if !$kept {
                    out.unsafe_to_cache_prepared();
                }
                let mut parts = $text.split('?');
                out.push_sql(parts.next().unwrap_or_default());
                $(
                    out.push_bind_param::<$sql, _>(self.$field)?;
                    out.push_sql(parts.next().unwrap_or_default());
                )*
                Ok(())
            }
        }
    };
}

pub use statement;
