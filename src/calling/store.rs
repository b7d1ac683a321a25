//! SQL on those who were asked that is the same for every room, over the room's own tables: written out by
//! [`asked!`] and [`stops!`] in the room itself.

/// Functions over those who were asked (`asked`) and their answers; `of` is the column of the call, and `row` the room's row of somebody
/// asked. In scope has to be what a store of diesel takes: its prelude, the tables, `Uuid`, `DateTime`.
#[macro_export]
macro_rules! asked {
    ($asked:ident, $answer:ident, of $of:ident, row $row:ty) => {
        pub fn asked(conn: &mut PgConnection, id: Uuid) -> Result<Option<$row>, DbError> {
            Ok($asked::table.find(id).select(<$row>::as_select()).first(conn).optional()?)
        }

        /// Everybody who was asked in a call.
        pub fn asked_of(conn: &mut PgConnection, call: Uuid) -> Result<Vec<$row>, DbError> {
            use $asked as a;
            Ok(a::table.filter(a::$of.eq(call)).order(a::id).select(<$row>::as_select()).load(conn)?)
        }

        /// Those who were asked, in the order of waves: a page of them.
        pub fn asked_list(conn: &mut PgConnection, call: Uuid, span: &Span<(DateTime<Utc>, Uuid)>) -> Result<Vec<$row>, DbError> {
            use $asked as a;
            let mut query = a::table
                .filter(a::$of.eq(call))
                .order((a::asked_at, a::id))
                .limit(span.rows)
                .select(<$row>::as_select())
                .into_boxed();
            if let Some((at, id)) = span.after {
                query = query.filter(a::asked_at.ge(at)).filter(a::asked_at.gt(at).or(a::id.gt(id)));
            }
            Ok(query.load(conn)?)
        }

        /// The rows in which these persons were asked.
        pub fn asked_persons(conn: &mut PgConnection, persons: &[Uuid]) -> Result<Vec<$row>, DbError> {
            use $asked as a;
            let query = a::table.filter(a::person_id.eq_any(persons)).order((a::asked_at, a::id));
            Ok(query.select(<$row>::as_select()).load(conn)?)
        }

        /// An answer in the order in which they came: (asked, answer, arrives at, answered at, account).
        pub type Said = (Uuid, String, Option<DateTime<Utc>>, DateTime<Utc>, Option<Uuid>);

        /// All answers of these people.
        pub fn answers_of(conn: &mut PgConnection, asked: &[Uuid]) -> Result<Vec<Said>, DbError> {
            use $answer as a;
            let query = a::table.filter(a::asked_id.eq_any(asked)).order(a::id);
            Ok(query.select((a::asked_id, a::answer, a::arrives_at, a::answered_at, a::account_id)).load(conn)?)
        }

        /// Takes links back; nobody's account where a person was erased.
        pub fn revoke(conn: &mut PgConnection, ids: &[Uuid], at: DateTime<Utc>, by: Option<Uuid>) -> Result<usize, DbError> {
            use $asked as a;
            let good = a::table.filter(a::id.eq_any(ids)).filter(a::revoked_at.is_null());
            Ok(diesel::update(good).set((a::revoked_at.eq(Some(at)), a::revoked_by.eq(by))).execute(conn)?)
        }

        /// Forgets by what these persons were known to be the same elsewhere.
        pub fn unlink(conn: &mut PgConnection, persons: &[Uuid]) -> Result<(), DbError> {
            use $asked as a;
            let asked = a::table.filter(a::person_id.eq_any(persons));
            diesel::update(asked).set(a::party_hash.eq(None::<Vec<u8>>)).execute(conn)?;
            Ok(())
        }

        /// Those who were asked, have not answered and were not told: a part of them, held.
        pub fn waiting(conn: &mut PgConnection, call: Uuid, most: i64) -> Result<Vec<$row>, DbError> {
            use $asked as a;
            Ok(a::table
                .filter(a::$of.eq(call))
                .filter(a::answer.is_null())
                .filter(a::told_at.is_null())
                .filter(a::revoked_at.is_null())
                .order(a::id)
                .limit(most)
                .select(<$row>::as_select())
                .for_no_key_update()
                .load(conn)?)
        }

        /// Notes who was told.
        pub fn told(conn: &mut PgConnection, ids: &[Uuid], at: DateTime<Utc>) -> Result<(), DbError> {
            use $asked as a;
            diesel::update(a::table.filter(a::id.eq_any(ids))).set(a::told_at.eq(Some(at))).execute(conn)?;
            Ok(())
        }
    };
}

/// Functions over those who are not to be asked any more; `row` is the room's row of one.
#[macro_export]
macro_rules! stops {
    ($stop:ident, row $row:ty) => {
        /// When these persons stopped, and came back, in its order.
        pub fn of_persons(conn: &mut PgConnection, persons: &[Uuid]) -> Result<Vec<$row>, DbError> {
            use $stop as s;
            let query = s::table.filter(s::person_id.eq_any(persons)).order((s::stopped_at, s::person_id));
            Ok(query.select(<$row>::as_select()).load(conn)?)
        }

        /// Forgets by what these persons were known to be the same elsewhere.
        pub fn unlink(conn: &mut PgConnection, persons: &[Uuid]) -> Result<(), DbError> {
            use $stop as s;
            let stops = s::table.filter(s::person_id.eq_any(persons));
            diesel::update(stops).set(s::party_hash.eq(None::<Vec<u8>>)).execute(conn)?;
            Ok(())
        }

        /// These persons are somebody else's self from now on.
        pub fn relink(conn: &mut PgConnection, persons: &[Uuid], hash: &[u8]) -> Result<(), DbError> {
            use $stop as s;
            diesel::update(s::table.filter(s::person_id.eq_any(persons))).set(s::party_hash.eq(Some(hash))).execute(conn)?;
            Ok(())
        }
    };
}

pub use {asked, stops};
