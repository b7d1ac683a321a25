//! `/api/v1/uploads`: announce, send chunks, ask where it stands.

use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{HttpRequest, get, patch, post, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use uuid::Uuid;

use super::assemble::{self, Refusal};
use super::files::Archive;
use super::model::{ContentHash, Fit, MAX_NAME, MIN_CHUNK, MediaType, file_name};
use super::receive::{drain, receive, too_long};
use super::shown::{DocumentOut, shown};
use super::store::{self, Holder};
use super::uploads::{self, Bare, Begun, NewUpload, Taken, UploadRow};
use crate::authz::{Desk, Read, Visit};
use crate::house::Rooms;
use crate::house::papers::Paper;
use crate::http::sets::{Reads, Records, Writes};
use crate::http::{Answer, Body, FieldError, Kind, Problem, Reply, Say, no_choice};
use crate::tree::{self, ChapterId};
use crate::vault::{Vault, place};

/// Files put together and cleaned at once, in a process: the cores and the disk are for those who record.
static ASSEMBLING: Semaphore = Semaphore::const_new(2);

/// The header that says where a chunk belongs, and in answers where the upload stands.
pub const UPLOAD_OFFSET: &str = "upload-offset";

/// A file to be uploaded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UploadIn {
    /// Made by the client, once; the document will have it too.
    id: Uuid,
    /// Code of the chapter whose paper it is.
    #[schema(example = "23095", max_length = 40)]
    chapter: String,
    /// What it is for: decides what it can be linked to, and that nothing but an appeal's paper is ever published.
    #[schema(example = "GIFT")]
    purpose: String,
    /// File name; folders in front of it are left away.
    #[schema(example = "Giấy biên nhận.jpg", max_length = 200)]
    name: String,
    /// `image/jpeg`, `image/png`, `image/webp` or `application/pdf`.
    #[schema(example = "image/jpeg")]
    media_type: String,
    /// Length of the file in bytes.
    #[schema(example = 1_834_201, minimum = 1)]
    size_bytes: u64,
    /// SHA-256 of the file, 64 hexadecimal digits.
    #[schema(min_length = 64, max_length = 64)]
    sha256: String,
}

/// Where an upload stands.
#[derive(Serialize, ToSchema)]
pub struct UploadOut {
    id: Uuid,
    /// `OPEN` while bytes are missing, `DONE` when there is a document, `REFUSED` when the file is not taken.
    #[schema(example = "OPEN")]
    state: String,
    /// Send the next chunk from here. With `OPEN` and everything sent, send an empty chunk to finish.
    offset: u64,
    size_bytes: u64,
    /// Largest and smallest chunk; the last one may be smaller.
    chunk_max_bytes: u64,
    chunk_min_bytes: u64,
    /// What is not finished by then is forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    /// Why it is `REFUSED`: `WRONG_HASH`, `WRONG_TYPE`, `DAMAGED`, `ACTIVE_CONTENT` or `CHUNKS_LOST`.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<DocumentOut>,
}

/// Checks every field; all mistakes at once.
fn check(vault: &Vault, archive: &Archive, rooms: Rooms, body: &UploadIn) -> Result<(NewUpload, &'static Paper), Problem> {
    let mut errors = Vec::new();
    let paper = rooms.paper(&body.purpose);
    if paper.is_none() {
        let words: Vec<&str> = rooms.papers().map(|paper| paper.purpose).collect();
        errors.push(no_choice("/purpose", &body.purpose, &words));
    }
    let mut wrong = |pointer: &str, code, say| errors.push(FieldError::new(pointer, code, say));
    let name = file_name(&body.name);
    if name.is_none() {
        wrong(
            "/name",
            "NOT_A_LINE",
            Say::new(
                format!("Tên tệp một dòng, 1 đến {MAX_NAME} ký tự."),
                format!("A file name on one line, 1 to {MAX_NAME} characters."),
            ),
        );
    }
    let kind = MediaType::parse(&body.media_type);
    if kind.is_none() {
        wrong(
            "/media_type",
            "NOT_ACCEPTED",
            Say::fixed(
                "Chỉ nhận ảnh JPEG, PNG, WebP và PDF (ảnh HEIC, tệp Word, Excel: hãy đổi sang PDF).",
                "JPEG, PNG and WebP pictures and PDF are taken (turn HEIC, Word and Excel files into PDF).",
            ),
        );
    }
    let most = archive.limits.file;
    let size_bytes = i64::try_from(body.size_bytes).ok().filter(|_| (1..=most).contains(&body.size_bytes));
    if size_bytes.is_none() {
        wrong("/size_bytes", "OUT_OF_RANGE", Say::new(format!("Từ 1 đến {most} byte."), format!("1 to {most} bytes.")));
    }
    let hash = ContentHash::parse(&body.sha256);
    if hash.is_none() {
        wrong("/sha256", "NOT_A_HASH", Say::fixed("64 chữ số hệ 16.", "64 hexadecimal digits."));
    }
    let (Some(paper), Some(name), Some(kind), Some(size_bytes), Some(hash)) = (paper, name, kind, size_bytes, hash) else {
        return Err(Problem::invalid(errors));
    };
    let content = serde_json::json!([body.chapter, paper.purpose, name, kind.name(), size_bytes, hash.as_str()]).to_string();
    let bare =
        Bare { chapter: &body.chapter, purpose: paper.purpose, media_type: kind.name(), size_bytes, sha256: hash.as_str() };
    let new = NewUpload {
        id: body.id,
        bare_hash: bare.hash(vault),
        purpose: paper.purpose,
        name: vault.seal(place("upload", "name", &body.id), name.as_bytes()).map_err(Problem::internal)?,
        media_type: kind.name(),
        size_bytes,
        sha256: hash.to_string(),
        request_hash: vault.hash("upload.request", content.as_bytes()).to_vec(),
    };
    Ok((new, paper))
}

fn too_much(vi: String, en: String) -> Problem {
    Problem { retry_after: Some(3_600), ..Problem::say(Kind::TooManyAttempts, vi, en) }
}

/// Announce a file. Send it again with the same `id` to learn where it stands.
#[utoipa::path(
    tag = "documents", request_body = UploadIn,
    responses(
        (status = 201, body = UploadOut, description = "Send the first chunk"),
        (status = 200, body = UploadOut, description = "Was announced already"), Records,
        (status = 429, response = crate::http::answers::TooMany)
    )
)]
#[post("/uploads")]
pub async fn begin_upload(
    desk: Desk,
    Body(body): Body<UploadIn>,
    archive: web::Data<Archive>,
    rooms: web::Data<Rooms>,
) -> Answer<UploadOut> {
    let (new, paper) = check(desk.vault(), &archive, **rooms, &body)?;
    let (limits, id) = (archive.limits, body.id);
    let begun = desk
        .tx(move |v| {
            let here = tree::place(v.conn, &body.chapter)?.ok_or_else(Problem::not_found)?;
            let holder = Holder::of(v, here.id, paper)?;
            Ok(uploads::begin(v.conn, &holder, v.now, &new, &limits)?)
        })
        .await?;
    let row = match begun {
        Begun::New(row) => {
            return Ok(Reply::created(upload_out(&archive, Some(row), None)?).with((UPLOAD_OFFSET, "0")));
        }
        Begun::Existing(row) => Some(row),
        Begun::Finished => None,
        Begun::IdTaken => return Err(Problem::new(Kind::IdTaken)),
        Begun::TooManyOpen => {
            let most = limits.open_uploads;
            return Err(too_much(
                format!("Đang có {most} tệp gửi dở: hãy gửi xong hoặc đợi chúng hết hạn."),
                format!("{most} uploads are under way: finish them or wait until they expire."),
            ));
        }
        Begun::TooMuchToday => {
            let most = limits.daily >> 20;
            return Err(too_much(
                format!("Mỗi tài khoản gửi tối đa {most} MiB trong 24 giờ: hãy gửi tiếp sau."),
                format!("An account may upload {most} MiB in 24 hours: go on later."),
            ));
        }
    };
    answer(&desk, &archive, id, row).await
}

/// The state of an upload, with its document if there is one. The name of a file often is somebody's name: nobody but
/// whoever sent it is told by the way.
async fn answer(desk: &Desk, archive: &Archive, id: Uuid, row: Option<UploadRow>) -> Answer<UploadOut> {
    let document = desk
        .read(move |v| {
            let mut row = store::find(v.conn, id)?;
            if let Some(row) = row.as_mut().filter(|row| row.uploaded_by != v.account()) {
                row.name.clear();
            }
            Ok(shown(v.conn, v.vault, row.into_iter().collect())?.pop())
        })
        .await?;
    let out = upload_out(archive, row, document)?;
    let offset = out.offset.to_string();
    Ok(Reply::ok(out).with((UPLOAD_OFFSET, offset)))
}

fn upload_out(archive: &Archive, row: Option<UploadRow>, document: Option<DocumentOut>) -> Result<UploadOut, Problem> {
    let (chunk_max_bytes, chunk_min_bytes) = (archive.limits.chunk, MIN_CHUNK.min(archive.limits.chunk));
    match (row, document) {
        (Some(row), document) => Ok(UploadOut {
            id: row.id,
            state: row.state,
            offset: row.offset_bytes.unsigned_abs(),
            size_bytes: row.size_bytes.unsigned_abs(),
            chunk_max_bytes,
            chunk_min_bytes,
            expires_at: Some(row.expires_at),
            refusal: row.refusal,
            document,
        }),
        (None, Some(document)) => Ok(UploadOut {
            id: document.id,
            state: "DONE".to_owned(),
            offset: document.uploaded_bytes.unsigned_abs(),
            size_bytes: document.uploaded_bytes.unsigned_abs(),
            chunk_max_bytes,
            chunk_min_bytes,
            expires_at: None,
            refusal: None,
            document: Some(document),
        }),
        (None, None) => Err(Problem::not_found()),
    }
}

/// The upload, if the visitor may send it: only whoever announced it, as long as they have the right.
pub(super) fn own(v: &mut Visit<'_>, rooms: Rooms, row: UploadRow) -> Result<(UploadRow, Holder), Problem> {
    let paper = rooms.paper(&row.purpose).ok_or_else(|| Problem::internal("an upload has an unknown purpose"))?;
    let holder = Holder::of(v, ChapterId(row.chapter_id), paper)?;
    if row.account_id != v.account() {
        return Err(Problem::say(
            Kind::Forbidden,
            "Chỉ tài khoản đã bắt đầu gửi mới gửi tiếp được.",
            "Only the account that began this upload can go on with it.",
        ));
    }
    // The sweep may be late; its time is over all the same.
    if row.expires_at <= v.now {
        return Err(Problem::not_found());
    }
    Ok((row, holder))
}

/// `Upload-Offset` and the type of the body.
fn chunk_headers(request: &HttpRequest) -> Result<u64, Problem> {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let kind = text(CONTENT_TYPE.as_str()).unwrap_or_default();
    if !["application/octet-stream", "application/offset+octet-stream"].iter().any(|known| kind.eq_ignore_ascii_case(known)) {
        return Err(Problem::say(
            Kind::UnsupportedMediaType,
            "Hãy gửi phần tệp với Content-Type: application/octet-stream.",
            "Send the chunk with Content-Type: application/octet-stream.",
        ));
    }
    let sent = text(UPLOAD_OFFSET);
    sent.filter(|text| !text.starts_with('+')).and_then(|text| text.parse().ok()).ok_or_else(|| {
        Problem::field(
            "Upload-Offset",
            if sent.is_none() { "MISSING" } else { "WRONG_SHAPE" },
            "Hãy ghi vị trí của phần này trong tệp (số byte) ở Upload-Offset.",
            "Say in Upload-Offset where in the file this chunk begins (in bytes).",
        )
    })
}

/// What is wrong with a chunk, and where the upload stands.
fn misfit(fit: Fit, archive: &Archive, offset: i64) -> Problem {
    let problem = match fit {
        Fit::Next | Fit::Before | Fit::Gap => Problem {
            errors: vec![FieldError::new(
                "Upload-Offset",
                "WRONG_OFFSET",
                Say::new(
                    format!("Máy chủ đã có {offset} byte: hãy gửi tiếp từ đó."),
                    format!("The server has {offset} bytes: go on from there."),
                ),
            )],
            ..Problem::new(Kind::Conflict)
        },
        Fit::ChunkTooLong => too_long(archive),
        Fit::ChunkTooShort => Problem::field(
            "",
            "TOO_SHORT",
            format!("Mỗi phần ít nhất {MIN_CHUNK} byte, trừ phần cuối."),
            format!("A chunk has at least {MIN_CHUNK} bytes, except the last one."),
        ),
        Fit::TooMuch => Problem::field("", "OUT_OF_RANGE", "Dài hơn độ dài đã báo.", "Longer than the announced size_bytes."),
    };
    Problem { headers: vec![(UPLOAD_OFFSET, offset.to_string())], ..problem }
}

/// Send the next chunk. After a lost connection ask with GET where to go on; sending a chunk twice does no harm.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path), ("Upload-Offset" = u64, Header, description = "Where in the file the chunk begins, in bytes")),
    request_body(content = inline(super::receive::Chunk), content_type = "application/octet-stream", description = "64 KiB to 1 MiB; the last chunk may be smaller"),
    responses((status = 200, body = UploadOut), Writes, (status = 507, response = crate::http::answers::StorageFull))
)]
#[patch("/uploads/{id}")]
pub async fn continue_upload(
    desk: Desk,
    request: HttpRequest,
    id: web::Path<Uuid>,
    payload: web::Payload,
    archive: web::Data<Archive>,
    rooms: web::Data<Rooms>,
) -> Answer<UploadOut> {
    let rooms = **rooms;
    let id = id.into_inner();
    // Who, before anything is read.
    let row = desk
        .read(move |v| {
            let row = uploads::find(v.conn, id)?.ok_or_else(Problem::not_found)?;
            Ok(own(v, rooms, row)?.0)
        })
        .await?;
    let at = match settled(&row).and_then(|()| chunk_headers(&request)) {
        Ok(at) => at,
        Err(problem) => return drain(payload, &archive).await.and(Err(problem)),
    };
    if row.state == "DONE" {
        drain(payload, &archive).await?;
        return answer(&desk, &archive, id, Some(row)).await;
    }
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    if announced.is_some_and(|length| length > archive.limits.chunk) {
        return Err(too_long(&archive));
    }
    let chunk = receive(payload, &archive, id, at).await?;
    let desk = desk.anew();
    let mut row = register(&desk, &archive, rooms, (id, at), chunk).await?;
    if row.offset_bytes == row.size_bytes {
        row = finish(&desk, &archive, rooms, row).await?;
        settled(&row)?;
    }
    answer(&desk, &archive, id, Some(row)).await
}

/// A refused upload says so whenever it is touched.
fn settled(row: &UploadRow) -> Result<(), Problem> {
    match row.refusal.as_deref() {
        Some(name) => Err(Refusal::parse(name).unwrap_or(Refusal::Damaged).problem()),
        None => Ok(()),
    }
}

/// Makes a chunk on disk part of its upload, or removes it.
async fn register(
    desk: &Desk,
    archive: &web::Data<Archive>,
    rooms: Rooms,
    (id, at): (Uuid, u64),
    chunk: super::files::WrittenChunk,
) -> Result<UploadRow, Problem> {
    let (limits, file) = (archive.limits, chunk.file.clone());
    let outcome = desk
        .tx(move |v| {
            let row = uploads::find_for_update(v.conn, id)?.ok_or_else(Problem::not_found)?;
            let (mut row, _) = own(v, rooms, row)?;
            let taken = if row.state == "OPEN" { uploads::take(v.conn, &mut row, at, &chunk, &limits)? } else { Taken::Again };
            Ok((row, taken))
        })
        .await;
    if !matches!(outcome, Ok((_, Taken::Next))) && may_remove(&outcome) {
        let archive = archive.clone();
        web::block(move || archive.drop_chunk(id, &file)).await.map_err(Problem::internal)?;
    }
    match outcome? {
        (row, Taken::Refused(fit)) => Err(misfit(fit, archive, row.offset_bytes)),
        (row, _) => Ok(row),
    }
}

/// After a broken commit nobody knows whether the chunk is registered: then it stays, and the sweep decides.
fn may_remove(outcome: &Result<(UploadRow, Taken), Problem>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(problem) => problem.kind.status().is_client_error(),
    }
}

/// Makes the document of an upload whose bytes are all here.
async fn finish(desk: &Desk, archive: &web::Data<Archive>, rooms: Rooms, row: UploadRow) -> Result<UploadRow, Problem> {
    let id = row.id;
    let files = desk.read(move |v| Ok(uploads::files(v.conn, id)?)).await?;
    let outcome = {
        // A closed semaphore would be the only error, and nobody closes it.
        let _turn = ASSEMBLING.acquire().await;
        let (archive, span) = (archive.clone(), tracing::Span::current());
        web::block(move || span.in_scope(|| assemble::assemble(&archive, &row, &files))).await.map_err(Problem::internal)?
    };
    let outcome = match outcome {
        // A twin was faster and has cleared the folder under our feet.
        Err(error) if error.is_missing() => {
            match desk.read(move |v| Ok(uploads::find(v.conn, id)?)).await? {
                Some(row) if row.state != "OPEN" => return Ok(row),
                Some(_) => return Err(error.into()),
                // Or it was cancelled.
                None => return Err(Problem::not_found()),
            }
        }
        outcome => outcome?,
    };
    let for_tx = archive.clone();
    let row = desk
        .tx(move |v| {
            let row = uploads::find_for_update(v.conn, id)?.ok_or_else(Problem::not_found)?;
            let (_, holder) = own(v, rooms, row)?;
            assemble::complete(v.conn, &for_tx, v.vault, &holder, v.now, id, &outcome)?;
            uploads::find(v.conn, id)?.ok_or_else(Problem::not_found)
        })
        .await?;
    let archive = archive.clone();
    web::block(move || archive.drop_upload(id)).await.map_err(Problem::internal)?;
    Ok(row)
}

/// Where an upload stands: ask after a lost connection (HEAD is enough: `Upload-Offset` is a header).
#[utoipa::path(tag = "documents", params(("id" = Uuid, Path)), responses((status = 200, body = UploadOut), Reads))]
#[get("/uploads/{id}")]
pub async fn show_upload(desk: Desk, id: web::Path<Uuid>, archive: web::Data<Archive>) -> Answer<UploadOut> {
    let id = id.into_inner();
    let row = desk
        .read(move |v| {
            let row = uploads::find(v.conn, id)?.filter(|row| row.state != "OPEN" || row.expires_at > v.now);
            let chapter = match &row {
                Some(row) => row.chapter_id,
                None => store::find(v.conn, id)?.ok_or_else(Problem::not_found)?.chapter_id,
            };
            v.see::<Read>(ChapterId(chapter))?;
            Ok(row)
        })
        .await?;
    answer(&desk, &archive, id, row).await
}
