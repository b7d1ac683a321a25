//! How long something of an appeal may last by its law, as data with dates; and why an appeal receives for longer.

use chrono::{Days, NaiveDate};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::basics::codes::codes;
use crate::db::DbError;
use crate::db::schema::appeal_limit;
use crate::http::{Check, FieldError, Say, one_line};

codes! {
    /// What is limited.
    pub enum Clock {
        /// From the launch to the last day of receiving.
        Receiving = "RECEIVING",
        /// From the end of receiving to the end of distribution.
        Distribution = "DISTRIBUTION",
        /// From the end of receiving to the hand-over to another country.
        HandOver = "HAND_OVER",
    }
}

/// The limits of a regime on a day.
#[derive(Debug, Clone, Default)]
pub struct Limits(Vec<(String, u16)>);

impl Limits {
    pub fn days(&self, clock: Clock) -> Option<u16> {
        self.0.iter().find(|(name, _)| name == clock.name()).map(|(_, days)| *days)
    }
}

/// The limits of a regime that are in force on a day.
pub fn of(conn: &mut PgConnection, regime: &str, day: NaiveDate) -> Result<Limits, DbError> {
    use appeal_limit as l;
    let rows: Vec<(String, i16)> = l::table
        .filter(l::regime.eq(regime))
        .filter(l::valid_from.le(day))
        .filter(l::valid_to.is_null().or(l::valid_to.gt(day)))
        .order(l::valid_from.desc())
        .select((l::clock, l::days))
        .load(conn)?;
    Ok(Limits(rows.into_iter().map(|(clock, days)| (clock, days.unsigned_abs())).collect()))
}

codes! {
    /// Who extended: only a Ban Vận động of a province or of the country may.
    pub wire enum BoardLevel {
        Province = "PROVINCE",
        Central = "CENTRAL",
    }
}

/// Why an appeal receives for longer than its law allows by itself (Decree 93/2021/NĐ-CP, art. 8). Public.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "ground", rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
#[schema(as = AppealExtension)]
pub enum Extension {
    /// A mobilisation board (Ban Vận động) decided it.
    Decision {
        #[schema(example = "12/QĐ-BVĐ", max_length = 60)]
        decision_no: String,
        decided_on: NaiveDate,
        #[schema(example = "Ban Vận động cứu trợ tỉnh Lâm Đồng", max_length = 200)]
        decided_by: String,
        level: BoardLevel,
    },
    /// It was committed to givers.
    CommitmentToGivers {
        #[schema(example = "Xây 20 nhà tình thương đến hết mùa mưa, theo thỏa thuận với nhà tài trợ", max_length = 500)]
        commitment: String,
    },
}

/// The columns of an extension: ground, number, day, body, level, commitment.
pub type ExtensionColumns = (Option<String>, Option<String>, Option<NaiveDate>, Option<String>, Option<String>, Option<String>);

impl Extension {
    /// As it is kept.
    pub fn columns(this: Option<&Extension>) -> ExtensionColumns {
        match this {
            None => ExtensionColumns::default(),
            Some(Extension::Decision { decision_no, decided_on, decided_by, level }) => (
                Some("DECISION".to_owned()),
                Some(decision_no.clone()),
                Some(*decided_on),
                Some(decided_by.clone()),
                Some(level.name().to_owned()),
                None,
            ),
            Some(Extension::CommitmentToGivers { commitment }) => {
                (Some("COMMITMENT_TO_GIVERS".to_owned()), None, None, None, None, Some(commitment.clone()))
            }
        }
    }

    /// Read back; the database keeps no half ones.
    pub fn of((ground, no, on, by, level, text): ExtensionColumns) -> Option<Extension> {
        match ground?.as_str() {
            "DECISION" => Some(Extension::Decision {
                decision_no: no?,
                decided_on: on?,
                decided_by: by?,
                level: BoardLevel::parse(&level?)?,
            }),
            _ => Some(Extension::CommitmentToGivers { commitment: text? }),
        }
    }

    /// Folded and checked; all mistakes at once.
    pub fn checked(self, today: NaiveDate) -> Result<Extension, Vec<FieldError>> {
        let mut check = Check::default();
        let line = |check: &mut Check, pointer: &str, text: &str, max: usize| {
            check.read(one_line(pointer, text, max)).map(|line| line.as_str().to_owned()).unwrap_or_default()
        };
        let checked = match self {
            Extension::Decision { decision_no, decided_on, decided_by, level } => {
                let decision_no = line(&mut check, "/extension/decision_no", &decision_no, 60);
                let decided_by = line(&mut check, "/extension/decided_by", &decided_by, 200);
                if decided_on > today {
                    let (vi, en) = ("Ngày quyết định không thể sau hôm nay.", "A decision is not after today.");
                    check.wrong("/extension/decided_on", "IN_THE_FUTURE", vi, en);
                }
                Extension::Decision { decision_no, decided_on, decided_by, level }
            }
            Extension::CommitmentToGivers { commitment } => {
                Extension::CommitmentToGivers { commitment: line(&mut check, "/extension/commitment", &commitment, 500) }
            }
        };
        check.done(Some(checked))
    }
}

/// What is said of a receiving period that is longer than the law allows from the launch by itself.
pub fn too_long(limits: &Limits, launch: NaiveDate, until: NaiveDate) -> Option<Say> {
    let days = limits.days(Clock::Receiving)?;
    let last = launch.checked_add_days(Days::new(days.into())).filter(|last| until > *last)?;
    Some(Say::new(
        format!(
            "Nhận nhiều nhất {days} ngày từ khi phát động, tức đến {}. Lâu hơn cần extension: quyết định của Ban Vận động từ cấp \
             tỉnh trở lên (số, ngày, cơ quan) hoặc cam kết với người ủng hộ.",
            last.format("%d/%m/%Y")
        ),
        format!(
            "At most {days} days from the launch, that is until {last}. Longer takes an `extension`: the decision of a Ban Vận \
             động of province level or above (number, day, body), or a commitment to givers."
        ),
    ))
}
