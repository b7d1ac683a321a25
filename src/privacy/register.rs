//! The register of processing: what is kept of people, why, by which right, who reads it and how long. Printed from what the rooms say of
//! themselves, so no store of persons can be missing: the annex of the impact assessment (Law 91/2025/QH15, art. 21) and of the security
//! dossier (Law 116/2025/QH15).

use crate::house::Rooms;
use crate::house::persons::Both;
use crate::http::Lang;

const TITLE: Both = ("Sổ đăng ký hoạt động xử lý dữ liệu cá nhân", "Register of processing of personal data");
const HEADINGS: [Both; 8] = [
    ("Phần của hệ thống", "Part of the system"),
    ("Dữ liệu", "Data"),
    ("Trong đó dữ liệu nhạy cảm", "Of it sensitive"),
    ("Mục đích", "Purpose"),
    ("Căn cứ", "Grounds"),
    ("Ai được xem", "Who reads it"),
    ("Thời hạn", "How long"),
    ("Cột trong cơ sở dữ liệu", "Columns of the database"),
];

/// The register as a table in Markdown.
pub fn print(rooms: Rooms, lang: Lang) -> String {
    let say = |(vi, en): Both| if lang == Lang::En { en } else { vi };
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = format!("# Sổ Nhân Ái: {}\n\n", say(TITLE));
    text += &line(&HEADINGS.map(|heading| say(heading).to_owned()));
    text += &line(&HEADINGS.map(|_| "---".to_owned()));
    for room in rooms.0 {
        for holder in room.persons {
            let columns = holder.columns().iter().map(|column| format!("`{column}`")).collect::<Vec<_>>().join(" ");
            let sensitive = holder.sensitive().unwrap_or(("không", "none"));
            for kept in holder.processing() {
                let said = [kept.data, sensitive, kept.purpose, kept.grounds, kept.readers, kept.period].map(say);
                let cells: Vec<String> =
                    std::iter::once(room.name).chain(said).map(str::to_owned).chain([columns.clone()]).collect();
                text += &line(&cells);
            }
        }
    }
    text
}
