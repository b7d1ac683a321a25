//! PDFs as programs write them, and as somebody who means harm does. Nothing in them does anything.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::*;

const PAGES: [&str; 2] =
    ["<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>"];

/// A PDF as programs write it: these entries in its catalogue, these objects from number 5 on, and a table that is right.
fn file(catalogue: &str, more: &[&str]) -> Vec<u8> {
    let first = format!("<</Type/Catalog/Pages 2 0 R{catalogue}>>");
    let content = "<</Length 33>>stream\nBT (/JavaScript /Launch) Tj ET (1\nendstream";
    let objects: Vec<&str> = [first.as_str()].into_iter().chain(PAGES).chain([content]).chain(more.iter().copied()).collect();
    let (mut bytes, mut table) = (b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec(), String::from("0000000000 65535 f \n"));
    for (n, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", bytes.len()));
        bytes.extend(format!("{} 0 obj\n{object}\nendobj\n", n + 1).bytes());
    }
    let (start, size) = (bytes.len(), objects.len() + 1);
    bytes.extend(format!("xref\n0 {size}\n{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes());
    bytes
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn stream(number: u32, entries: &str, content: &[u8]) -> Vec<u8> {
    let head = format!("{number} 0 obj\n<<{entries}/Length {}>>\nstream\n", content.len());
    [head.as_bytes(), content, b"\nendstream\nendobj\n"].concat()
}

/// A PDF whose catalogue and pages are packed into an object stream, found through a packed table of contents.
fn packed(catalogue: &str, entries: &str, pack: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let objects =
        [format!("<</Type/Catalog/Pages 2 0 R{catalogue}>>"), PAGES[0].to_owned(), PAGES[1].replace("/Contents 4 0 R", "")];
    let (mut head, mut body) = (String::new(), String::new());
    for (n, object) in objects.iter().enumerate() {
        head.push_str(&format!("{} {} ", n + 1, body.len()));
        body.push_str(object);
        body.push('\n');
    }
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let at = bytes.len();
    bytes.extend(stream(4, &format!("/Type/ObjStm/N 3/First {}{entries}", head.len()), &pack((head + &body).as_bytes())));
    let start = bytes.len();
    let mut table = vec![0u8, 0, 0, 0];
    for index in 0..3u8 {
        table.extend([2, 0, 4, index]);
    }
    for offset in [at, start] {
        let [high, low] = u16::try_from(offset).unwrap().to_be_bytes();
        table.extend([1, high, low, 0]);
    }
    bytes.extend(stream(5, "/Type/XRef/Size 6/W[1 2 1]/Root 1 0 R/Filter/FlateDecode", &deflated(&table)));
    bytes.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    bytes
}

fn judged(bytes: &[u8]) -> Result<Vec<u8>, CleanError> {
    let mut out = Vec::new();
    check_and_copy(&mut Cursor::new(bytes), &mut out).map(|()| out)
}

#[track_caller]
fn acts(bytes: &[u8], what: &str) {
    assert!(matches!(judged(bytes), Err(CleanError::Active(_))), "{what}: {:?}", judged(bytes).map(|out| out.len()));
}

#[track_caller]
fn damaged(bytes: &[u8], what: &str) {
    assert!(matches!(judged(bytes), Err(CleanError::Damaged(_))), "{what}: {:?}", judged(bytes).map(|out| out.len()));
}

#[test]
fn what_programs_write_is_taken_unchanged() {
    let plain = file("/OpenAction[3 0 R /XYZ null null 0]/Lang(vi)", &["<</Title(/JavaScript \\( /Launch)/Author<2F4A53>>>"]);
    assert!(matches!(library::look(&plain), Opinion::Harmless { .. }), "the library opens what the test made");
    let tight = packed("", "/Filter/FlateDecode", deflated);
    assert!(matches!(library::look(&tight), Opinion::Harmless { packs: 1, .. }), "the library unpacks what the test made");
    for good in [plain.clone(), tight, packed("", "", <[u8]>::to_vec), [&b"\xEF\xBB\xBF\r\n"[..], &plain].concat()] {
        assert!(judged(&good).unwrap() == good);
    }
}

#[test]
fn active_names_are_found_wherever_they_stand() {
    for name in ACTIVE {
        let name = String::from_utf8(name.to_vec()).unwrap();
        let escaped: String = name.bytes().map(|byte| format!("#{byte:02x}")).collect();
        for written in [&name, &escaped] {
            acts(&file(&format!("/{written} 5 0 R"), &["<<>>"]), &format!("a key {written}"));
            acts(&file("", &[&format!("<</S/{written}>>")]), &format!("a value {written}"));
            acts(&packed(&format!("/{written} 9 0 R"), "/Filter/FlateDecode", deflated), &format!("packed {written}"));
        }
    }
    for action in ["5 0 R", "<</S/GoTo/D[3 0 R/Fit]>>", " % [\n 5 0 R"] {
        acts(&file(&format!("/OpenAction {action}"), &["<<>>"]), action);
        acts(&packed(&format!("/Open#41ction {action}"), "/Filter[/Fl]", deflated), action);
    }
}

/// What stands before an object is no cover: a parenthesis, a word, a comment, a stream, another object.
#[test]
fn nothing_in_front_of_an_object_hides_it() {
    let act = "9 0 obj <</S/JavaScript>> endobj";
    for cover in [
        format!("(\n{act}\n"),
        format!("stream\n{act}\n"),
        format!("<\n{act}\n"),
        format!("% {act}\n"),
        format!("<</A stream {act} endstream>>"),
        format!("7 0 obj <</Length 9>> stream\n{act}\nendstream endobj\n"),
        format!("7 0 obj <</T({act})>> endobj\n"),
        format!("7 0 obj <</T(\\)>> endobj\n{act}\n"),
        "9 % one\n 0 % two\n obj % three\n<</S/JavaScript>> endobj\n".to_owned(),
        "9 0 obj<</A stream /S /JavaScript endstream>>endobj\n".to_owned(),
        "9 0 obj<</A endobj /S/JavaScript>>endobj\n".to_owned(),
        "9\0\x0c0\tobj[<<]/JS(x)]\n".to_owned(),
    ] {
        let whole = file("", &[]);
        let behind_header = [&whole[..15], cover.as_bytes(), &whole[15..]].concat();
        acts(&behind_header, &cover);
    }
    let hidden = stream(9, "/Type/ObjStm/N 1/First 4/Filter/FlateDecode", &deflated(b"1 0 ( <</S/JavaScript>>"));
    let unlisted = [&file("", &[])[..], &hidden, b"%%EOF\n"].concat();
    acts(&unlisted, "packed, in no table, behind a parenthesis");
}

#[test]
fn what_nobody_can_see_into_is_refused() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes();
    damaged(&packed("", "/Filter/ASCIIHexDecode", hex), "another packing");
    damaged(&packed("", "/Filter/FlateDecode", <[u8]>::to_vec), "not what it says");
    damaged(&packed("", "/Filter 8 0 R", deflated), "a packing named elsewhere");
    damaged(&packed("", "/Filter[/FlateDecode/FlateDecode]", |bytes| deflated(&deflated(bytes))), "packed twice");
    let locked = String::from_utf8_lossy(&file("", &["<</Filter/Standard/V 1/R 2/O(x)/U(x)/P -4>>"])).into_owned();
    damaged(locked.replace("/Root 1 0 R", "/Root 1 0 R/Encrypt 5 0 R").as_bytes(), "locked");
    damaged(b"%PDF-1.7\nnothing at all\n%%EOF", "no objects");
}

/// A few KiB that would fill the memory, or keep a machine busy for hours, are refused before they do.
#[test]
fn what_would_cost_too_much_is_refused() {
    let bomb = deflated(&vec![b' '; 40 << 20]);
    assert!(bomb.len() < 100_000);
    damaged(&packed("", "/Filter/FlateDecode", |_| bomb.clone()), "a bomb of blanks");
    let numbers = deflated(&b"1 ".repeat(3_000_000));
    damaged(&packed("", "/Filter/FlateDecode", |_| numbers.clone()), "a bomb of numbers");
    damaged(&file("", &[&format!("[{}]", "1 ".repeat(2_200_000))]), "too many numbers");
    damaged(&file("", &[&"9 0 obj (".repeat(200_000)]), "objects inside each other");
    let deep = file("", &[&format!("{}{}", "[".repeat(50_000), "]".repeat(50_000))]);
    assert!(matches!(judged(&deep), Ok(_) | Err(CleanError::Damaged(_))), "an answer, and no overflow");
}

#[test]
fn a_file_whose_table_is_lost_is_taken_if_nothing_in_it_is_packed() {
    let plain = b"%PDF-1.4\n1 0 obj <<>> stream\nbi\xc3\xaan nh\xe1\xba\xadn\nendstream endobj\ntrailer <<>>\n%%EOF\n";
    assert!(judged(plain).unwrap() == plain);
    let tight = packed("", "/Filter/FlateDecode", deflated);
    let at = find_last(&tight, b"5 0 obj");
    damaged(&[&tight[..at], b"\n%%EOF\n"].concat(), "packed, and no table leads to it");
}

fn find_last(bytes: &[u8], mark: &[u8]) -> usize {
    memchr::memmem::rfind(bytes, mark).unwrap()
}

proptest! {
    /// Whatever is done to a file that acts, it is refused or the name is gone.
    #[test]
    fn no_change_of_other_bytes_makes_an_active_name_pass(at in 9usize..400, with in proptest::collection::vec(any::<u8>(), 1..6)) {
        let whole = file("/Lang(vi)", &["<</S/JavaScript/N 5>>"]);
        let end = find_last(&whole, b"5 0 obj");
        let at = at.min(end);
        let changed = [&whole[..at], &with, &whole[at..]].concat();
        prop_assert!(judged(&changed).is_err());
    }
}
