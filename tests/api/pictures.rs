//! Photographs lose where and with what they were taken, and stay upright; what is no honest file of its type is refused.
//! The cleaned files are read back by a library that the product does not use.

use img_parts::jpeg::Jpeg;
use img_parts::png::Png;
use img_parts::webp::WebP;
use img_parts::{Bytes, ImageEXIF, ImageICC};
use serde_json::{Value, json};

use crate::harness::{Caller, SharedApp, TestApp};
use crate::kit::{gift, person};
use crate::papers::{
    GPS_LATITUDE, SECRETS, announcement, content, exif, jpeg, jpeg_of_a_phone, lossless, pdf, png, png_chunk, png_of_a_phone,
    progressive, sha256, try_upload, upload_at, webp, webp_of_a_phone,
};

fn finds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// An officer of a chapter of the test's own.
struct Desk<'a> {
    officer: Caller<'a>,
    chapter: String,
}

impl<'a> Desk<'a> {
    fn of(app: &'a SharedApp) -> Self {
        let chapter = app.chapter();
        Self { officer: app.officer_of(&chapter), chapter }
    }

    fn upload(&self, media_type: &str, sent: &[u8]) -> Value {
        upload_at(&self.officer, &self.chapter, "GIFT", media_type, sent)
    }
}

/// Uploads a picture full of secrets and returns what is kept of it.
fn kept(desk: &Desk<'_>, media_type: &str, sent: &[u8]) -> Bytes {
    for secret in [&SECRETS[0], &SECRETS[1], &SECRETS[2]] {
        assert!(finds(sent, secret), "the test's own picture has no {secret:?} in it");
    }
    let document = desk.upload(media_type, sent);
    let bytes = content(&desk.officer, &document);
    for secret in SECRETS {
        assert!(!finds(&bytes, secret), "{media_type}: {} is still in it", String::from_utf8_lossy(secret));
    }
    assert_eq!(document["sha256"], json!(sha256(&bytes)), "a document is the hash of its cleaned bytes");
    assert_eq!(document["uploaded_sha256"], json!(sha256(sent)));
    assert_eq!((&document["size_bytes"], &document["media_type"]), (&json!(bytes.len()), &json!(media_type)));
    Bytes::from(bytes)
}

/// The orientation in an EXIF block of one entry, and that there is nothing else in it.
fn only_orientation(exif: Option<Bytes>) -> u16 {
    let exif = exif.expect("EXIF data with the orientation");
    assert_eq!(exif.len(), 26, "{exif:?}");
    assert_eq!(exif[8..16], [0, 1, 1, 0x12, 0, 3, 0, 0]);
    u16::from_be_bytes([exif[18], exif[19]])
}

#[test]
fn a_jpeg_keeps_its_picture_its_colours_and_which_side_is_up() {
    let app = TestApp::shared();
    let desk = Desk::of(&app);
    for picture in [jpeg(), progressive()] {
        for orientation in [1, 3, 6, 8] {
            let bytes = kept(&desk, "image/jpeg", &jpeg_of_a_phone(&picture, orientation));
            let read = Jpeg::from_bytes(bytes.clone()).unwrap();
            assert_eq!(read.dimensions(), Some((16, 8)));
            assert_eq!(read.icc_profile().as_deref(), Some(&b" mau sac"[..]));
            match orientation {
                1 => assert_eq!(read.exif(), None, "upright already"),
                _ => assert_eq!(only_orientation(read.exif()), orientation),
            }
            // From the first table to the end nothing changed: the pixels are the same.
            assert!(bytes.ends_with(&picture[20..]));
        }
    }
}

#[test]
fn a_png_keeps_its_picture_its_colours_and_which_side_is_up() {
    let app = TestApp::shared();
    let bytes = kept(&Desk::of(&app), "image/png", &png_of_a_phone(6));
    let read = Png::from_bytes(bytes.clone()).unwrap();
    let kinds: Vec<[u8; 4]> = read.chunks().iter().map(|chunk| chunk.kind()).collect();
    assert_eq!(kinds, [*b"IHDR", *b"iCCP", *b"IDAT", *b"eXIf", *b"IEND"]);
    assert_eq!(only_orientation(read.chunk_by_type(*b"eXIf").map(|chunk| chunk.contents().clone())), 6);
    let picture = Png::from_bytes(Bytes::from(png())).unwrap();
    assert_eq!(read.chunk_by_type(*b"IDAT"), picture.chunk_by_type(*b"IDAT"));
}

#[test]
fn a_webp_keeps_its_picture_its_colours_and_which_side_is_up() {
    let app = TestApp::shared();
    let desk = Desk::of(&app);
    for (picture, kind) in [(webp(), *b"VP8 "), (lossless(), *b"VP8L")] {
        let bytes = kept(&desk, "image/webp", &webp_of_a_phone(&picture, 8));
        let read = WebP::from_bytes(bytes).unwrap();
        let kinds: Vec<[u8; 4]> = read.chunks().iter().map(|chunk| chunk.id()).collect();
        assert_eq!(kinds, [*b"VP8X", *b"ICCP", kind, *b"EXIF"]);
        assert_eq!(read.dimensions(), Some((16, 8)));
        assert_eq!(read.icc_profile().as_deref(), Some(&b" mau sac!"[..]));
        assert_eq!(only_orientation(read.exif()), 8);
        let plain = desk.upload("image/webp", &picture);
        assert_eq!(content(&desk.officer, &plain), picture, "nothing to clean, nothing changed");
    }
}

#[test]
fn a_picture_without_metadata_and_a_pdf_stay_as_they_are() {
    let app = TestApp::shared();
    let desk = Desk::of(&app);
    for (media_type, sent) in
        [("image/jpeg", jpeg()), ("image/jpeg", progressive()), ("image/png", png()), ("application/pdf", pdf(3_000))]
    {
        let document = desk.upload(media_type, &sent);
        assert_eq!(content(&desk.officer, &document), sent, "{media_type}");
        assert_eq!(document["sha256"], document["uploaded_sha256"]);
    }
}

/// What our own program prints, and what a printer's driver or an old form put before the header, is taken.
#[test]
fn a_pdf_that_readers_open_is_taken() {
    let app = TestApp::shared();
    let desk = Desk::of(&app);
    let booked = gift(&app).at(&desk.chapter).by(person("Nguyễn Văn An")).book(&desk.officer);
    let receipt = desk.officer.send("GET", &format!("{}/cash-receipt.pdf", booked.path()), None).bytes;
    for before in [&b""[..], b"\xEF\xBB\xBF", b"\r\n\r\n", b"\x1B%-12345X@PJL ENTER LANGUAGE=PDF\r\n"] {
        let sent = [before, &receipt].concat();
        let document = desk.upload("application/pdf", &sent);
        assert!(content(&desk.officer, &document) == sent, "unchanged, it may be signed");
    }
}

#[test]
fn what_is_not_what_it_says_is_refused() {
    let app = TestApp::start();
    let officer = app.officer_of("23095");
    let with = |bytes: &[u8], more: &[u8]| [bytes, more].concat();
    let cases: Vec<(&str, &str, Vec<u8>, &str)> = vec![
        ("a page called a picture", "image/jpeg", b"<!doctype html><script>alert(1)</script>".to_vec(), "WRONG_TYPE"),
        ("a drawing with scripts", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>".to_vec(), "WRONG_TYPE"),
        ("a PNG called JPEG", "image/jpeg", png(), "WRONG_TYPE"),
        ("a PDF behind a page", "application/pdf", with(b"<html>", &pdf(100)), "WRONG_TYPE"),
        ("an archive", "application/pdf", b"PK\x03\x04%PDF-1.4 %%EOF".to_vec(), "WRONG_TYPE"),
        ("a program", "image/webp", b"MZ\x90\0RIFF    WEBP".to_vec(), "WRONG_TYPE"),
        ("a JPEG cut off", "image/jpeg", jpeg()[..280].to_vec(), "DAMAGED"),
        ("only the head of a JPEG", "image/jpeg", b"\xFF\xD8\xFF\xD9".to_vec(), "DAMAGED"),
        ("a JPEG that is a page", "image/jpeg", with(b"\xFF\xD8\xFF", b"<script>alert(1)</script>"), "DAMAGED"),
        (
            "a PNG with a wrong checksum",
            "image/png",
            {
                let mut p = png();
                let n = p.len() - 20;
                p[n] ^= 1;
                p
            },
            "DAMAGED",
        ),
        ("a PNG with a chunk nobody knows", "image/png", with(&png()[..33], &png_chunk(b"EVIL", b"x")), "DAMAGED"),
        ("a WebP longer than itself", "image/webp", webp()[..50].to_vec(), "DAMAGED"),
        ("a WebP without a picture", "image/webp", b"RIFF\x0C\0\0\0WEBPnote\0\0\0\0".to_vec(), "DAMAGED"),
        ("a PDF without an end", "application/pdf", b"%PDF-1.4 never ends".to_vec(), "DAMAGED"),
        (
            "a PDF with a script",
            "application/pdf",
            b"%PDF-1.4\n1 0 obj <</S/Java#53cript/JS(x)>>\n%%EOF".to_vec(),
            "ACTIVE_CONTENT",
        ),
        (
            "a PDF with a script behind a parenthesis",
            "application/pdf",
            b"%PDF-1.4\n(\n1 0 obj <</S/JavaScript>> endobj\n%%EOF".to_vec(),
            "ACTIVE_CONTENT",
        ),
        (
            "a PDF with a script behind the word stream",
            "application/pdf",
            b"%PDF-1.4\nstream\n1 0 obj <</OpenAction 2 0 R>> endobj\n%%EOF".to_vec(),
            "ACTIVE_CONTENT",
        ),
        (
            "a PDF packed in a way nobody sees into",
            "application/pdf",
            b"%PDF-1.5\n1 0 obj <</Type/ObjStm/N 1/First 4/Filter/LZWDecode>> stream\n\x80\x0B\nendstream endobj\n%%EOF".to_vec(),
            "DAMAGED",
        ),
        (
            "a PDF with a file in it",
            "application/pdf",
            b"%PDF-1.7\n1 0 obj <</Type/EmbeddedFile>>\n%%EOF".to_vec(),
            "ACTIVE_CONTENT",
        ),
    ];
    for (what, media_type, bytes, code) in cases {
        let announced = announcement("GIFT", media_type, &bytes);
        let (status, answer) = try_upload(&officer, &announced, &bytes);
        assert_eq!((status, &answer["errors"][0]["code"]), (422, &json!(code)), "{what}: {answer}");
        let id = announced["id"].as_str().unwrap();
        // It stays refused, says why, and leaves nothing.
        let state = officer.get(&format!("/api/v1/uploads/{id}"), 200);
        assert_eq!((&state["state"], &state["refusal"]), (&json!("REFUSED"), &json!(code)), "{what}");
        let again = crate::papers::send_chunk(&officer, id, 0, &bytes);
        assert_eq!((again.0, &again.1["errors"][0]["code"]), (422, &json!(code)), "{what}");
        officer.get(&format!("/api/v1/documents/{id}"), 404);
    }
    assert_eq!(crate::papers::files(&app), Vec::<String>::new());
    assert_eq!(app.database.number("SELECT count(*) FROM document"), 0);
}

/// Whatever is hung behind the end of a picture is gone, so no file is two things at once.
#[test]
fn a_file_that_is_two_things_becomes_one() {
    let app = TestApp::shared();
    let desk = Desk::of(&app);
    let tail = b"PK\x05\x06<script>alert(1)</script>%PDF-1.4";
    for (media_type, picture) in [("image/jpeg", jpeg()), ("image/png", png()), ("image/webp", webp())] {
        let document = desk.upload(media_type, &[picture.as_slice(), tail].concat());
        assert_eq!(content(&desk.officer, &document), picture, "{media_type}");
    }
}

#[test]
fn the_test_pictures_hold_what_they_should() {
    let block = exif(6);
    assert_eq!(&block[104..128], &GPS_LATITUDE);
    assert_eq!(&block[50..61], b"SECRETPHONE");
    let read = Jpeg::from_bytes(Bytes::from(jpeg_of_a_phone(&jpeg(), 6))).unwrap();
    assert_eq!(read.exif().as_deref(), Some(&block[..]));
}
