//! What the tests of documents share: real pictures with secrets in them, and phones that send them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::harness::{Caller, TestApp};

/// 16 × 8 pixels, half red, half blue, as an ordinary encoder writes them.
const JPEG: &str = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H////6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wAARCAAIABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAT/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFAEBAAAAAAAAAAAAAAAAAAAABP/EABcRAAMBAAAAAAAAAAAAAAAAAAAEQoH/2gAMAwEAAhEDEQA/AJUoEI1gpydP/9k=";
const PROGRESSIVE: &str = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71////m8H////6/+b9//j/2wBDASstLTw1PHZBQXb4pYyl+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj4+Pj/wgARCAAIABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUAQEAAAAAAAAAAAAAAAAAAAAD/9oADAMBAAIQAxAAAAGUhF//xAAUEAEAAAAAAAAAAAAAAAAAAAAQ/9oACAEBAAEFAj//xAAWEQADAAAAAAAAAAAAAAAAAAAAA0H/2gAIAQMBAT8BdD//xAAWEQADAAAAAAAAAAAAAAAAAAAAA0H/2gAIAQIBAT8BRT//xAAUEAEAAAAAAAAAAAAAAAAAAAAQ/9oACAEBAAY/Aj//xAAUEAEAAAAAAAAAAAAAAAAAAAAQ/9oACAEBAAE/IT//2gAMAwEAAgADAAAAEAP/xAAVEQEBAAAAAAAAAAAAAAAAAAAAwf/aAAgBAwEBPxCj/8QAFREBAQAAAAAAAAAAAAAAAAAAAMH/2gAIAQIBAT8Qg//EABQQAQAAAAAAAAAAAAAAAAAAABD/2gAIAQEAAT8QP//Z";
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAICAIAAAB/FOjAAAAAGUlEQVR42mP8z4AdMDJgl2FiIBGMaiAGAAAAcAIPoa5pZQAAAABJRU5ErkJggg==";
const WEBP: &str = "UklGRjoAAABXRUJQVlA4IC4AAABwAQCdASoQAAgABABoJaACdAFAAAD+7uR/lzH0K//xNnT31YP/oSY9//iYsgAA";
const LOSSLESS: &str = "UklGRiYAAABXRUJQVlA4TBkAAAAvD8ABAA8Q87//8x8OxILJ/KU7U4jof+QAAA==";

fn decoded(text: &str) -> Vec<u8> {
    STANDARD.decode(text).unwrap()
}

pub fn jpeg() -> Vec<u8> {
    decoded(JPEG)
}

pub fn progressive() -> Vec<u8> {
    decoded(PROGRESSIVE)
}

pub fn png() -> Vec<u8> {
    decoded(PNG)
}

pub fn webp() -> Vec<u8> {
    decoded(WEBP)
}

pub fn lossless() -> Vec<u8> {
    decoded(LOSSLESS)
}

/// A PDF of about this length, with bytes in it that do not repeat.
pub fn pdf(length: usize) -> Vec<u8> {
    let mut seed = 20_261_122u64;
    let filling = std::iter::repeat_with(move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as u8
    });
    let mut bytes = b"%PDF-1.4\n1 0 obj <<>> stream\n".to_vec();
    bytes.extend(filling.take(length));
    bytes.extend(b"\nendstream endobj\ntrailer <<>>\n%%EOF\n");
    bytes
}

/// What must not be found in a cleaned picture: phone, place (as text, and as the numbers of GPS), words.
pub const SECRETS: [&[u8]; 5] = [b"SECRETPHONE", b"10 DO 55 BAC", &GPS_LATITUDE, b"https://bimat.example", b"ghi chu kin"];
/// 10° 55′ 12.34″ as three rationals.
pub const GPS_LATITUDE: [u8; 24] = [10, 0, 0, 0, 1, 0, 0, 0, 55, 0, 0, 0, 1, 0, 0, 0, 0xD2, 0x04, 0, 0, 100, 0, 0, 0];

/// EXIF data (a TIFF block) as a phone writes it: maker, orientation, GPS.
pub fn exif(orientation: u16) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    // The first directory: 8 + 2 + 3 × 12 + 4 = 50, then its maker; the GPS directory at 62.
    block.extend(3u16.to_le_bytes());
    block.extend(entry(0x010F, 2, 12, 50));
    block.extend(entry(0x0112, 3, 1, u32::from(orientation)));
    block.extend(entry(0x8825, 4, 1, 62));
    block.extend([0; 4]);
    block.extend(b"SECRETPHONE\0");
    // 62 + 2 + 3 × 12 + 4 = 104: latitude, then a text.
    block.extend(3u16.to_le_bytes());
    block.extend(entry(1, 2, 2, u32::from(b'N')));
    block.extend(entry(2, 5, 3, 104));
    block.extend(entry(27, 7, 12, 128));
    block.extend([0; 4]);
    block.extend(GPS_LATITUDE);
    block.extend(b"10 DO 55 BAC");
    block
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    [&[0xFF, marker][..], &u16::try_from(data.len() + 2).unwrap().to_be_bytes(), data].concat()
}

/// A JPEG as a phone makes it: EXIF with GPS, XMP, a comment, a maker's segment, a colour profile, and a second picture
/// with its own EXIF behind the end.
pub fn jpeg_of_a_phone(picture: &[u8], orientation: u16) -> Vec<u8> {
    let hidden = [&b"Exif\0\0"[..], &exif(orientation)].concat();
    let mut bytes = picture[..20].to_vec();
    bytes.extend(segment(0xE1, &hidden));
    bytes.extend(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>https://bimat.example</x>"));
    bytes.extend(segment(0xE2, b"ICC_PROFILE\0\x01\x01 mau sac"));
    bytes.extend(segment(0xED, b"Photoshop 3.0\0ghi chu kin"));
    bytes.extend(segment(0xFE, b"ghi chu kin"));
    bytes.extend(&picture[20..]);
    bytes.extend([&[0xFF, 0xD8][..], &segment(0xE1, &hidden), &picture[2..]].concat());
    bytes
}

/// CRC-32, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { 0xEDB8_8320 ^ (sum >> 1) } else { sum >> 1 })
    })
}

pub fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let named = [kind, data].concat();
    [&u32::try_from(data.len()).unwrap().to_be_bytes()[..], &named, &crc(&named).to_be_bytes()].concat()
}

/// A PNG with EXIF, texts, a time, and something behind the end.
pub fn png_of_a_phone(orientation: u16) -> Vec<u8> {
    let picture = png();
    // After the signature and IHDR.
    let (head, rest) = picture.split_at(33);
    let mut bytes = head.to_vec();
    bytes.extend(png_chunk(b"iCCP", b"mau sac\0\0x"));
    bytes.extend(png_chunk(b"eXIf", &exif(orientation)));
    bytes.extend(png_chunk(b"tEXt", b"Comment\0ghi chu kin"));
    bytes.extend(png_chunk(b"zTXt", b"Comment\0\0ghi chu kin"));
    bytes.extend(png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0https://bimat.example"));
    bytes.extend(png_chunk(b"tIME", &[7, 234, 11, 22, 10, 0, 0]));
    bytes.extend(rest);
    bytes.extend(b"PK\x03\x04ghi chu kin");
    bytes
}

/// A WebP in the extended form, with EXIF, XMP and a colour profile.
pub fn webp_of_a_phone(picture: &[u8], orientation: u16) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut bytes = [kind, &u32::try_from(data.len()).unwrap().to_le_bytes()[..], data].concat();
        bytes.resize(bytes.len() + data.len() % 2, 0);
        bytes
    };
    let mut chunks = chunk(b"VP8X", &[0x20 | 0x08 | 0x04, 0, 0, 0, 15, 0, 0, 7, 0, 0]);
    chunks.extend(chunk(b"ICCP", b" mau sac!"));
    chunks.extend(&picture[12..]);
    chunks.extend(chunk(b"EXIF", &exif(orientation)));
    chunks.extend(chunk(b"XMP ", b"<x>https://bimat.example</x>"));
    chunks.extend(chunk(b"note", b"ghi chu kin"));
    let mut bytes = [b"RIFF", &u32::try_from(chunks.len() + 4).unwrap().to_le_bytes()[..], b"WEBP"].concat();
    bytes.extend(chunks);
    bytes.extend(b"ghi chu kin");
    bytes
}

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The announcement of a file of Hàm Liêm.
pub fn announcement(purpose: &str, media_type: &str, bytes: &[u8]) -> Value {
    json!({"id": Uuid::now_v7(), "chapter": "23095", "purpose": purpose, "name": "Giấy biên nhận.bin", "media_type": media_type,
           "size_bytes": bytes.len(), "sha256": sha256(bytes)})
}

/// Sends one chunk and returns the answer's status and body.
pub fn send_chunk(caller: &Caller<'_>, id: &str, at: u64, bytes: &[u8]) -> (u16, Value) {
    let caller = caller.with("content-type", "application/octet-stream").with("upload-offset", &at.to_string());
    let answer = caller.send("PATCH", &format!("/api/v1/uploads/{id}"), Some(bytes.to_vec()));
    (answer.status, answer.json())
}

/// A whole upload in chunks of 1 MiB; returns the last answer.
pub fn try_upload(caller: &Caller<'_>, announced: &Value, bytes: &[u8]) -> (u16, Value) {
    caller.post("/api/v1/uploads", announced.clone(), 201);
    let id = announced["id"].as_str().unwrap();
    let mut last = (0, Value::Null);
    for (n, chunk) in bytes.chunks(1 << 20).enumerate() {
        last = send_chunk(caller, id, (n as u64) << 20, chunk);
    }
    last
}

/// A whole upload at Hàm Liêm that must succeed; returns the document.
pub fn upload(caller: &Caller<'_>, purpose: &str, media_type: &str, bytes: &[u8]) -> Value {
    upload_at(caller, "23095", purpose, media_type, bytes)
}

/// [`upload`] at another chapter.
pub fn upload_at(caller: &Caller<'_>, chapter: &str, purpose: &str, media_type: &str, bytes: &[u8]) -> Value {
    let mut announced = announcement(purpose, media_type, bytes);
    announced["chapter"] = json!(chapter);
    let (status, answer) = try_upload(caller, &announced, bytes);
    assert_eq!((status, &answer["state"]), (200, &json!("DONE")), "{answer}");
    answer["document"].clone()
}

/// A paper of an appeal of this chapter, published; returns its hash. The name on the phone is `name`.
pub fn published(app: &TestApp, chapter: &str, appeal: &str, name: &str) -> String {
    let (chair, bytes) = (app.chair_of(chapter), pdf(100));
    let mut announced = announcement("APPEAL", "application/pdf", &bytes);
    (announced["chapter"], announced["name"]) = (json!(chapter), json!(name));
    let (_, answer) = try_upload(&chair, &announced, &bytes);
    let document = &answer["document"]["id"];
    chair.post(&format!("/api/v1/appeals/{appeal}/documents"), json!({"document": document}), 201);
    let path = format!("/api/v1/appeals/{appeal}/documents/{}/publication", document.as_str().unwrap());
    chair.post(&path, json!({"title": "Quyết định"}), 201);
    answer["document"]["sha256"].as_str().unwrap().to_owned()
}

/// A document's bytes as its reader gets them.
pub fn content(caller: &Caller<'_>, document: &Value) -> Vec<u8> {
    let answer = caller.send("GET", &format!("/api/v1/documents/{}/content", document["id"].as_str().unwrap()), None);
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.bytes
}

/// Files under the folder of documents, with their paths in it.
pub fn files(app: &TestApp) -> Vec<String> {
    let root = app.shared.archive.dir().to_owned();
    let (mut todo, mut found) = (vec![root.clone()], Vec::new());
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(&dir).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => todo.push(path),
                false => found.push(path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned()),
            }
        }
    }
    found.sort();
    found
}
