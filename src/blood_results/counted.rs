//! What was counted at a drive, out of what the donors' histories and the day itself have of it.

use std::collections::BTreeMap;

use diesel::pg::PgConnection;

use super::fold::Counted;
use super::kinds::{Dimension, of_age, of_group, of_sex, of_volume};
use crate::blood_days;
use crate::blood_rules::DeferralReason;
use crate::db::DbError;
use crate::donors::{self, GivenAt};
use crate::drives::Drive;

/// What was counted at a drive; `None` where two persons have not agreed on it yet.
pub fn counted(conn: &mut PgConnection, drive: &Drive) -> Result<Option<Counted>, DbError> {
    let Some(totals) = blood_days::totals(conn, &[drive.id])?.remove(&drive.id) else { return Ok(None) };
    let whole = |many: i32| u64::try_from(many).unwrap_or(0);
    let deferred: Vec<(DeferralReason, u64)> = totals.reasons.iter().map(|(reason, many)| (*reason, whole(*many))).collect();
    let given = donors::given_at(conn, &[drive.id])?;
    Ok(Some(of(&given, (whole(totals.registered), whole(totals.came)), &deferred)))
}

/// Puts together what was given, who registered and who came, and why some did not give.
fn of(given: &[GivenAt], (registered, came): (u64, u64), deferred: &[(DeferralReason, u64)]) -> Counted {
    let mut persons: BTreeMap<Dimension, Vec<u64>> =
        Dimension::ALL.into_iter().map(|dimension| (dimension, vec![0; dimension.kinds().len()])).collect();
    let mut add = |dimension: Dimension, kind: &str, many: u64| {
        let place = dimension.place(kind);
        let counts = persons.get_mut(&dimension);
        if let Some(count) = place.zip(counts).and_then(|(place, counts)| counts.get_mut(place)) {
            *count += many;
        }
    };
    let (mut units, mut ml) = (0, Some(0));
    for row in given {
        let many = u64::try_from(row.count).unwrap_or(0);
        add(Dimension::Sex, of_sex(row.sex.as_deref()), many);
        add(Dimension::Age, of_age(row.age), many);
        add(Dimension::Group, of_group(row.abo.as_deref(), row.rh.as_deref()), many);
        add(Dimension::Volume, of_volume(row.volume_ml), many);
        units += many;
        let of_row = row.volume_ml.and_then(|ml| u64::try_from(ml).ok()).map(|ml| ml * many);
        ml = ml.zip(of_row).map(|(ml, of_row)| ml + of_row);
    }
    for (reason, many) in deferred {
        add(Dimension::Reason, reason.name(), *many);
    }
    Counted { registered, came, units, ml, persons }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(volume_ml: Option<i16>, sex: Option<&str>, age: i16, count: i32) -> GivenAt {
        let text = |text: &str| Some(text.to_owned());
        GivenAt {
            drive: 1,
            component: "WHOLE_BLOOD".to_owned(),
            volume_ml,
            sex: sex.map(str::to_owned),
            age: Some(age),
            abo: text("O"),
            rh: text("POSITIVE"),
            count,
        }
    }

    #[test]
    fn everybody_is_counted_once_in_every_dimension() {
        let given = [row(Some(350), Some("FEMALE"), 30, 8), row(Some(250), None, 60, 2)];
        let of_all = of(&given, (20, 15), &[(DeferralReason::Age, 2), (DeferralReason::kept("HIV_POSITIVE"), 3)]);
        assert_eq!((of_all.registered, of_all.came, of_all.units, of_all.ml), (20, 15, 10, Some(3_300)));
        for dimension in [Dimension::Sex, Dimension::Age, Dimension::Group, Dimension::Volume] {
            assert_eq!(of_all.persons[&dimension].iter().sum::<u64>(), 10, "{dimension}");
        }
        // A word that is not public is not even a count of its own.
        let centre = Dimension::Reason.place("CENTRE_DECISION").unwrap();
        assert_eq!((of_all.persons[&Dimension::Reason][centre], of_all.persons[&Dimension::Reason].iter().sum::<u64>()), (3, 5));
        assert_eq!(of(&[row(None, None, 20, 1)], (1, 1), &[]).ml, None);
    }
}
