//! The words of the trade, the same on every page, paper and problem.

use std::path::Path;

/// (what is not said, what is said instead).
const NEVER: &[(&str, &str)] = &[
    ("người cho ", "người ủng hộ"),
    ("người tặng", "người ủng hộ"),
    ("nhà hảo tâm", "người ủng hộ"),
    ("mạnh thường quân", "người ủng hộ"),
    ("khoản quyên góp", "khoản ủng hộ"),
    ("trang đầu\"", "Trang chủ"),
    ("không nêu tên", "Ẩn danh"),
    ("nặc danh", "Ẩn danh"),
    ("khuyết danh", "Ẩn danh"),
    ("muộn {} ngày", "chậm"),
    ("trễ hạn", "chậm"),
    // What is handed out may be called so; what is given is a khoản, or hiện vật.
    ("quà này", "khoản này"),
    ("quà hiện vật", "khoản hiện vật"),
    ("món quà", "khoản ủng hộ"),
    ("phần quà ủng hộ", "khoản ủng hộ"),
];

fn read(dir: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            read(&path, found);
        } else if path.extension().is_some_and(|end| ["rs", "html", "js"].iter().any(|known| end == *known)) {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap().to_lowercase()));
        }
    }
}

#[test]
fn one_thing_has_one_name() {
    let (root, mut files) = (Path::new(env!("CARGO_MANIFEST_DIR")), Vec::new());
    ["src", "templates", "assets"].iter().for_each(|dir| read(&root.join(dir), &mut files));
    assert!(files.len() > 250);
    let mut wrong = Vec::new();
    for (path, text) in &files {
        for (never, instead) in NEVER.iter().filter(|(never, _)| text.contains(never)) {
            wrong.push(format!("{path}: “{never}”: say “{instead}”"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Texts for officers name what they see, never an address or a field of the API, and Vietnamese has no English in its middle.
#[test]
fn problems_speak_to_officers() {
    let (root, mut files) = (Path::new(env!("CARGO_MANIFEST_DIR")), Vec::new());
    read(&root.join("src"), &mut files);
    let mut wrong = Vec::new();
    for (path, text) in
        files.iter().filter(|(path, _)| !path.contains("/portal/") && !path.contains("/cli/") && !path.contains("/contract/"))
    {
        for line in text
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with('"') || line.contains("say::") || line.contains("problem::"))
        {
            let is_vietnamese = line.chars().any(|c| "ăđơưạảấầẩậắằặẹẻếềểệỉịọỏốồổộớờởợụủứừửựỳỷ".contains(c));
            let addresses = ["post /", "get /", "/api/v1", "/session", "authorization:", "\\\"confirmed\\\""];
            for address in addresses.iter().filter(|address| is_vietnamese && line.contains(**address)) {
                wrong.push(format!("{path}: {address} in {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
