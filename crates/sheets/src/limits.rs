//! How much a file may hold. Counted while it is read, never taken from what it says of itself.

use crate::said::Refused;

/// The limits of one reading. All are inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The file as it is sent.
    pub file_bytes: usize,
    /// Files inside the package.
    pub parts: usize,
    /// All parts, unpacked.
    pub unpacked_bytes: u64,
    /// The table of shared strings, unpacked.
    pub strings_bytes: u64,
    /// Shared strings.
    pub strings: usize,
    /// Parts that are read whole into memory: styles, list of sheets, relations.
    pub small_part_bytes: u64,
    /// The last row that has a cell.
    pub rows: usize,
    /// The last column that has a cell.
    pub columns: usize,
    /// Cells of the sheet, empty ones that are only formatted too.
    pub cells: usize,
    /// All texts of the sheet together, each as often as it stands there, in bytes.
    pub text_bytes: usize,
    /// One text, in characters.
    pub text_chars: usize,
}

impl Limits {
    /// For lists that people type: 10,000 rows.
    pub const LIST: Self = Self {
        file_bytes: 8 * 1024 * 1024,
        parts: 200,
        unpacked_bytes: 64 * 1024 * 1024,
        strings_bytes: 16 * 1024 * 1024,
        strings: 200_000,
        small_part_bytes: 4 * 1024 * 1024,
        rows: 10_050,
        columns: 100,
        cells: 300_000,
        text_bytes: 16 * 1024 * 1024,
        text_chars: 4_000,
    };
}

/// Which limit a file is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    File,
    Parts,
    Unpacked,
    Strings,
    SmallPart,
    Rows,
    Columns,
    Cells,
    Text,
    OneText,
}

impl Exceeded {
    pub(crate) fn refused(self, limits: &Limits) -> Refused {
        let mib = |bytes: u64| bytes.div_ceil(1024 * 1024);
        match self {
            Self::File => {
                let most = mib(limits.file_bytes as u64);
                Refused::new(
                    "FILE_TOO_LARGE",
                    format!("Tệp lớn hơn {most} MiB. Hãy chia danh sách thành nhiều tệp."),
                    format!("The file is larger than {most} MiB. Divide the list into several files."),
                )
            }
            Self::Parts | Self::Unpacked | Self::SmallPart => Refused::new(
                "UNPACKS_TOO_LARGE",
                "Bên trong tệp quá lớn (thường do ảnh hoặc định dạng thừa). Hãy chép bảng sang một tệp mới rồi gửi lại.",
                "The inside of the file is too large (mostly pictures or left-over formats). Copy the table to a new file and send that.",
            ),
            Self::Strings | Self::Text => Refused::new(
                "TOO_MUCH_TEXT",
                "Bảng có quá nhiều chữ. Hãy chia danh sách thành nhiều tệp.",
                "The table holds too much text. Divide the list into several files.",
            ),
            Self::Rows => Refused::new(
                "TOO_MANY_ROWS",
                format!("Bảng có hơn {} dòng. Hãy chia thành nhiều tệp, và xóa các dòng trống có định dạng ở cuối.", limits.rows),
                format!("The table has more than {} rows. Divide it, and delete formatted empty rows at its end.", limits.rows),
            ),
            Self::Columns => Refused::new(
                "TOO_MANY_COLUMNS",
                format!("Bảng có hơn {} cột. Hãy xóa các cột thừa ở bên phải.", limits.columns),
                format!("The table has more than {} columns. Delete what is not needed at its right.", limits.columns),
            ),
            Self::Cells => Refused::new(
                "TOO_MANY_CELLS",
                format!("Bảng có hơn {} ô. Hãy chia thành nhiều tệp, và xóa các ô trống có định dạng.", limits.cells),
                format!("The table has more than {} cells. Divide it, and delete formatted empty cells.", limits.cells),
            ),
            Self::OneText => Refused::new(
                "TEXT_TOO_LONG",
                format!("Có ô dài hơn {} ký tự.", limits.text_chars),
                format!("A cell is longer than {} characters.", limits.text_chars),
            ),
        }
    }
}
