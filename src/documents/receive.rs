//! A chunk on its way from the network to the disk: never more than a piece of it in memory.

use std::time::Duration;

use actix_web::web::{self, Bytes};
use futures_util::StreamExt;
use utoipa::ToSchema;
use uuid::Uuid;

use super::files::{Archive, ChunkWriter, FileError, WrittenChunk};
use crate::http::{Kind, Problem};

/// What is collected before the disk is asked, in bytes.
const PIECE: usize = 64 * 1024;
/// A phone that needs longer for one chunk takes smaller ones.
const PATIENCE: Duration = Duration::from_secs(120);

/// A part of a file, as it is.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Chunk(#[allow(dead_code, reason = "names the body in the OpenAPI document")] Bytes);

/// Writes the body of a request as a chunk at `at`. A request that breaks off leaves nothing behind.
pub async fn receive(
    payload: web::Payload,
    archive: &web::Data<Archive>,
    upload: Uuid,
    at: u64,
) -> Result<WrittenChunk, Problem> {
    let within = tokio::time::timeout(PATIENCE, write(payload, archive, upload, at));
    within.await.unwrap_or_else(|_| {
        Err(Problem::say(
            Kind::TooSlow,
            "Phần tệp đến quá chậm: hãy gửi phần nhỏ hơn.",
            "The chunk came too slowly: send smaller ones.",
        ))
    })
}

async fn write(mut payload: web::Payload, archive: &web::Data<Archive>, upload: Uuid, at: u64) -> Result<WrittenChunk, Problem> {
    let limit = archive.limits.chunk;
    let mut writer = {
        let archive = archive.clone();
        on_disk(move || {
            archive.check_space(limit)?;
            archive.begin_chunk(upload, at)
        })
        .await?
    };
    let (mut piece, mut length) = (Vec::with_capacity(PIECE), 0u64);
    while let Some(bytes) = payload.next().await {
        let bytes = bytes.map_err(|_| Problem::new(Kind::Malformed))?;
        length += bytes.len() as u64;
        if length > limit {
            return Err(too_long(archive));
        }
        piece.extend_from_slice(&bytes);
        if piece.len() >= PIECE {
            (writer, piece) = on_disk(move || flush(writer, piece)).await?;
        }
    }
    on_disk(move || flush(writer, piece)?.0.finish()).await
}

pub(super) fn too_long(archive: &Archive) -> Problem {
    let most = archive.limits.chunk;
    Problem::say(Kind::TooLarge, format!("Mỗi phần tối đa {most} byte."), format!("At most {most} bytes in one chunk."))
}

fn flush(mut writer: ChunkWriter, mut piece: Vec<u8>) -> Result<(ChunkWriter, Vec<u8>), FileError> {
    writer.write(&piece)?;
    piece.clear();
    Ok((writer, piece))
}

/// Waiting for the disk belongs on a thread that may wait.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> Result<T, FileError> + Send + 'static) -> Result<T, Problem> {
    let span = tracing::Span::current();
    Ok(web::block(move || span.in_scope(work)).await.map_err(Problem::internal)??)
}

/// Reads a body that is not wanted, so that the client gets to read the answer.
pub async fn drain(mut payload: web::Payload, archive: &Archive) -> Result<(), Problem> {
    let reading = async {
        let mut left = archive.limits.chunk;
        while let Some(Ok(bytes)) = payload.next().await {
            match left.checked_sub(bytes.len() as u64) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    };
    // Too slow or too long: then the answer has to do without.
    drop(tokio::time::timeout(PATIENCE, reading).await);
    Ok(())
}
