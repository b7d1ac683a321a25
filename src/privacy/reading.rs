//! Reading one request, with what was written down.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fault::Fault;
use super::model::Changes;
use super::requests::at_one_of;
use super::wire::{RequestOut, out};
use super::{order, store};
use crate::authz::{Read, Visit};
use crate::http::Lang;
use crate::vault::place;

/// A request with what was written down, for those who may read one of its chapters. Noted in the audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct RequestDetail {
    #[serde(flatten)]
    pub request: RequestOut,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Name, phone and display as they are to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub changes: Option<serde_json::Value>,
}

pub fn show(v: &mut Visit<'_>, lang: Lang, id: Uuid) -> Result<RequestDetail, Fault> {
    let row = store::find(v.conn, id)?.ok_or(Fault::Unknown)?;
    let chapters = store::chapters(v.conn, id)?;
    let grant = at_one_of::<Read>(v, &chapters)?;
    let note = row.note.as_ref().map(|sealed| v.vault.open_text(place("personal_data_request", "note", &id), sealed));
    let changes = row.changes.as_ref().map(|sealed| order::changes_of(v.vault, id, sealed)).transpose()?;
    let detail = RequestDetail {
        note: note.transpose().map_err(Fault::broken)?,
        changes: changes.map(shown),
        request: out(v.conn, v.now, lang, row)?,
    };
    v.note(&grant, "PERSONAL_DATA_REQUEST_READ", id)?;
    Ok(detail)
}

fn shown(changes: Changes) -> serde_json::Value {
    let mut map = serde_json::Map::new();
    let display = changes.display.map(|d| d.name().to_owned());
    for (key, value) in [("name", changes.name), ("phone", changes.phone), ("display", display)] {
        map.extend(value.map(|value| (key.to_owned(), value.into())));
    }
    map.into()
}
