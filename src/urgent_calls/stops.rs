//! Which donors are not to be asked any more: they said so by a link or on the telephone, and it holds wherever they are known, until they
//! say another thing themselves.

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::calling::store::stops;
use crate::db::DbError;
use crate::db::schema::urgent_call_stop;

/// That somebody stopped, and whether it ended.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = urgent_call_stop, check_for_backend(diesel::pg::Pg))]
pub struct StopRow {
    pub stopped_at: DateTime<Utc>,
    pub lifted_at: Option<DateTime<Utc>>,
}

stops!(urgent_call_stop, row StopRow);
