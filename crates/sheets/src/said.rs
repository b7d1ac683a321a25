//! What is said to whoever sent a file: Vietnamese first, then English.

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub vi: String,
    pub en: String,
}

impl Said {
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { vi: vi.into(), en: en.into() }
    }
}

/// Why a whole file is not read. Nothing of it was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {}", said.en)]
pub struct Refused {
    /// Stable, for programs: `TOO_MANY_ROWS`.
    pub code: &'static str,
    pub said: Said,
}

impl Refused {
    pub(crate) fn new(code: &'static str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, said: Said::new(vi, en) }
    }

    /// A package whose inside contradicts itself.
    pub(crate) fn broken() -> Self {
        Self::new(
            "BROKEN_FILE",
            "Tệp bị hỏng, không đọc được. Hãy mở bằng Excel hoặc LibreOffice, lưu lại rồi gửi lại.",
            "The file is damaged. Open it in Excel or LibreOffice, save it and send it again.",
        )
    }
}
