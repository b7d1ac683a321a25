//! What kind of file it is, by its first bytes: names lie, and programs that go by them fail in ways nobody understands.

use crate::said::Refused;

/// Kinds that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A package; what it holds is looked at when its directory is read.
    Xlsx,
    Text,
}

/// The old binary container: `.xls`, and XLSX behind a password.
const COMPOUND: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// The name of the stream that holds a package behind a password, as the container writes it.
const ENCRYPTED: &[u8] = b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0";

pub fn of(bytes: &[u8]) -> Result<Kind, Refused> {
    if bytes.is_empty() || bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Refused::new("EMPTY_FILE", "Tệp trống.", "The file is empty."));
    }
    if bytes.starts_with(b"PK") {
        return Ok(Kind::Xlsx);
    }
    if bytes.starts_with(COMPOUND) {
        return Err(if bytes.windows(ENCRYPTED.len()).any(|found| found == ENCRYPTED) { locked() } else { old_excel() });
    }
    if bytes.starts_with(b"%PDF") {
        return Err(other("PDF"));
    }
    if bytes.starts_with(b"{\\rtf") {
        return Err(other("RTF (Word)"));
    }
    let start: Vec<u8> = bytes.iter().copied().filter(|b| !b.is_ascii_whitespace()).take(64).collect();
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&start).to_ascii_lowercase();
    if [b"<html".as_slice(), b"<!doctype", b"<table", b"<head", b"<meta"].iter().any(|tag| start.starts_with(tag)) {
        return Err(Refused::new(
            "HTML_NOT_A_SPREADSHEET",
            "Đây là trang web được đặt tên như bảng tính. Hãy mở bằng Excel hoặc LibreOffice, lưu thành .xlsx rồi gửi lại.",
            "This is a web page named like a spreadsheet. Open it in Excel or LibreOffice, save it as .xlsx and send that.",
        ));
    }
    if start.starts_with(b"<?xml") {
        return Err(Refused::new(
            "XML_NOT_A_SPREADSHEET",
            "Đây là bảng tính dạng XML cũ (2003). Hãy mở bằng Excel hoặc LibreOffice, lưu thành .xlsx rồi gửi lại.",
            "This is a spreadsheet in the XML form of 2003. Open it in Excel or LibreOffice, save it as .xlsx and send that.",
        ));
    }
    Ok(Kind::Text)
}

fn locked() -> Refused {
    Refused::new(
        "PASSWORD",
        "Tệp có mật khẩu. Hãy bỏ mật khẩu (Tệp → Thông tin → Bảo vệ sổ làm việc), lưu lại rồi gửi lại.",
        "The file is behind a password. Remove it (File → Info → Protect Workbook), save and send it again.",
    )
}

fn old_excel() -> Refused {
    Refused::new(
        "OLD_EXCEL",
        "Đây là tệp Excel đời cũ (.xls). Hãy mở ra, chọn Lưu thành, kiểu .xlsx rồi gửi lại.",
        "This is a file of old Excel (.xls). Open it, save it as .xlsx and send that.",
    )
}

fn other(kind: &str) -> Refused {
    Refused::new(
        "NOT_A_SPREADSHEET",
        format!("Đây là tệp {kind}, không phải bảng tính. Hãy gửi tệp .xlsx hoặc .csv."),
        format!("This is a {kind} file and no spreadsheet. Send .xlsx or .csv."),
    )
}

/// What a package is, if it is no XLSX.
pub fn other_package(names: &[String]) -> Option<Refused> {
    let has = |name: &str| names.iter().any(|n| n.eq_ignore_ascii_case(name));
    if has("xl/workbook.bin") {
        return Some(Refused::new(
            "XLSB",
            "Đây là tệp Excel nhị phân (.xlsb), dễ bị đọc thiếu. Hãy lưu thành .xlsx rồi gửi lại.",
            "This is a binary Excel file (.xlsb), which is easily read by halves. Save it as .xlsx and send that.",
        ));
    }
    if has("content.xml") {
        return Some(Refused::new(
            "ODS",
            "Đây là tệp LibreOffice (.ods). Hãy lưu thành .xlsx rồi gửi lại.",
            "This is a LibreOffice file (.ods). Save it as .xlsx and send that.",
        ));
    }
    if has("word/document.xml") {
        return Some(other("Word"));
    }
    (!has("[Content_Types].xml")).then(|| other("ZIP"))
}
