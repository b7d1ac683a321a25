//! Whose is what was open at a chapter that another one has succeeded: by the successions that everybody may read.

use std::collections::HashSet;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use super::at_and_below;
use crate::db::DbError;
use crate::db::schema::chapter_successor;

/// The chapters whose open matters are those of a chapter and of everything below it: those that it goes on for, over any number of
/// successions, and not those that another one goes on for. Allowed to the public role.
pub fn goes_on_for(conn: &mut PgConnection, id: Uuid) -> Result<Vec<Uuid>, DbError> {
    use chapter_successor as s;
    let mut newest: Vec<Uuid> = at_and_below(id).load(conn)?;
    let mut all: HashSet<Uuid> = newest.iter().copied().collect();
    while !newest.is_empty() {
        let before = s::table.filter(s::leads).filter(s::new_id.eq_any(&newest)).select(s::old_id).load(conn)?;
        newest = before.into_iter().filter(|old| all.insert(*old)).collect();
    }
    let ids: Vec<Uuid> = all.iter().copied().collect();
    let went: Vec<(Uuid, Uuid)> =
        s::table.filter(s::leads).filter(s::old_id.eq_any(&ids)).select((s::old_id, s::new_id)).load(conn)?;
    Ok(without_gone(all, &went).into_iter().collect())
}

/// Without the chapters whose successor is not among them.
fn without_gone(mut all: HashSet<Uuid>, went: &[(Uuid, Uuid)]) -> HashSet<Uuid> {
    loop {
        let gone: Vec<Uuid> =
            went.iter().filter(|(old, new)| all.contains(old) && !all.contains(new)).map(|(old, _)| *old).collect();
        if gone.is_empty() {
            return all;
        }
        for old in gone {
            all.remove(&old);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_elsewhere_is_gone_with_all_that_went_up_in_it() {
        let ids: Vec<Uuid> = (1..=4).map(Uuid::from_u128).collect();
        let [first, second, third, elsewhere] = ids[..] else { panic!("four") };
        let all = || HashSet::from([first, second, third]);
        assert_eq!(without_gone(all(), &[(first, second), (second, third)]), all());
        assert_eq!(without_gone(all(), &[(first, second), (second, elsewhere)]), HashSet::from([third]));
    }
}
