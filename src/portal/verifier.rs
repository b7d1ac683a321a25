//! `/kiem-tra`: the verifier as one HTML file that needs nothing else, served or saved to disk.
//!
//! The file is put together from the same modules the portal's pages use. Its script and its style do not depend on the
//! installation (the log's key and address stand in form fields), so their hashes are the whole policy: nothing else can
//! run in the page. The policy stands in the file too, for copies that are opened from a disk; there any server may be
//! asked, while the served page asks its own only.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::http::Lang;

const TEMPLATE: &str = include_str!("../../assets/portal/kiem-tra.html");
const STYLE: &str = concat!(include_str!("../../assets/portal/kiem-tra.css"), include_str!("../../assets/portal/verify.css"));
const NOBLE: &str = include_str!("../../assets/portal/noble-ed25519.js");
/// In the order of their imports.
const MODULES: [&str; 4] = [
    include_str!("../../assets/portal/verify.js"),
    include_str!("../../assets/portal/log.js"),
    include_str!("../../assets/portal/check.js"),
    include_str!("../../assets/portal/kiem-tra.js"),
];
const IMPORT_OF_NOBLE: &str = r#"await import("./noble-ed25519.js")"#;

static SCRIPT: LazyLock<String> = LazyLock::new(script);
/// What may run and dress the page: exactly this script and this style.
static SOURCES: LazyLock<String> =
    LazyLock::new(|| format!("default-src 'none'; script-src '{}'; style-src '{}'", hash(&SCRIPT), hash(STYLE)));
const TAIL: &str = "img-src data:; base-uri 'none'; form-action 'none'";

/// Value of `Content-Security-Policy` for the served page.
pub static POLICY: LazyLock<String> =
    LazyLock::new(|| format!("{}; connect-src 'self'; {TAIL}; frame-ancestors 'none'", *SOURCES));

/// The verifier for a log, opening in a language (both are in it). `vkeys` are the log's keys, one a line, the newest
/// last; `server` is where the public reaches this installation, without a slash at the end.
pub fn page(vkeys: &str, server: &str, lang: Lang) -> String {
    let (title, menu, other, switch) = match lang {
        Lang::Vi => ("Kiểm tra biên nhận – Sổ Nhân Ái", "Mục chính", Lang::En, "English"),
        Lang::En => ("Check a receipt – Sổ Nhân Ái", "Main menu", Lang::Vi, "Tiếng Việt"),
    };
    TEMPLATE
        .replace("{{policy}}", &format!("{}; connect-src http: https:; {TAIL}", *SOURCES))
        .replace("{{lang}}", lang.tag())
        .replace("{{title}}", title)
        .replace("{{menu}}", menu)
        .replace("{{other}}", other.tag())
        .replace("{{switch}}", switch)
        .replace("{{server}}", &escaped(server))
        .replace("{{newest}}", &escaped(vkeys.split_whitespace().last().unwrap_or_default()))
        .replace("{{vkey}}", &escaped(vkeys))
        .replace("{{style}}", STYLE)
        .replace("{{script}}", &SCRIPT)
}

/// All modules as one. Their top-level names differ (the page would not load otherwise); the library's are its own.
fn script() -> String {
    let library = NOBLE.rfind("\nexport {").map_or(NOBLE, |end| &NOBLE[..end]);
    let own: String = MODULES.iter().map(|module| without_imports(module)).collect();
    let own = own.replace(IMPORT_OF_NOBLE, "NOBLE");
    format!("\nconst NOBLE = (() => {{\n{library}\nreturn {{ etc, verify }};\n}})();\n{own}")
}

/// A module's text without its `import` statements, and with plain declarations where it exports.
fn without_imports(module: &str) -> String {
    let mut text = String::with_capacity(module.len());
    let mut in_import = false;
    for line in module.lines() {
        in_import |= line.starts_with("import {");
        if in_import {
            in_import = !line.ends_with(';');
            continue;
        }
        text.push_str(line.strip_prefix("export ").unwrap_or(line));
        text.push('\n');
    }
    text
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text)))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::labels;
    use super::super::words::Words;
    use super::*;
    use crate::bookkeeping::model::OpeningFault;
    use crate::giving::reversal::Reason;
    use crate::ledger::kinds::KINDS;

    const VKEY: &str = "ledger.example.vn/log1+68c7249f+ARl/ayPhbIUyxqvIOPrNXqeJvgx2spIDNAOb+os9No1h";

    /// What stands between two marks that occur once.
    fn between<'a>(text: &'a str, open: &str, close: &str) -> &'a str {
        assert_eq!(text.matches(open).count(), 1, "{open}");
        let rest = text.split_once(open).unwrap().1;
        rest.split_once(close).unwrap().0
    }

    #[test]
    fn the_policy_names_exactly_what_is_in_the_file() {
        let page = page(VKEY, "https://so.example.org", Lang::Vi);
        let script = between(&page, "<script type=\"module\">", "</script>");
        let style = between(&page, "<style>", "</style>");
        for policy in [POLICY.as_str(), between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"")] {
            assert!(policy.contains(&format!("script-src '{}'", hash(script))), "{policy}");
            assert!(policy.contains(&format!("style-src '{}'", hash(style))), "{policy}");
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        }
        assert!(POLICY.contains("connect-src 'self'"));
    }

    #[test]
    fn nothing_is_loaded_and_nothing_is_left_over() {
        let page = page(VKEY, "https://so.example.org", Lang::En);
        let script = between(&page, "<script type=\"module\">", "</script>");
        let own = script.split_once("})();\n").unwrap().1;
        assert!(!own.contains("import ") && !own.contains("import(") && !own.lines().any(|line| line.starts_with("export ")));
        assert!(!script.contains("\nexport ") && own.contains("= NOBLE;"));
        assert!(!page.contains("{{") && !page.contains(" src=") && !page.contains("<link"));
        assert!(page.contains(VKEY) && page.contains("value=\"https://so.example.org\"") && page.contains("<html lang=\"en\">"));
    }

    /// The verifier has its own copy of some words, since it must work without us. They are the pages' words.
    #[test]
    fn it_says_what_the_pages_say() {
        let [check, page] = [MODULES[2], MODULES[3]];
        let has = |module: &str, line: String| assert!(module.contains(&line), "{line}");
        let row = |code: &str, say: fn(&str, Lang) -> String| {
            format!("  {code}: [\"{}\", \"{}\"],\n", say(code, Lang::Vi), say(code, Lang::En))
        };
        let reasons = Reason::ALL.iter().map(|reason| reason.name());
        for code in reasons.chain(OpeningFault::ALL.iter().map(|reason| reason.name())) {
            has(check, row(code, labels::reason));
        }
        for kind in KINDS {
            has(page, row(kind.kind.name(), labels::kind));
        }
        let [vi, en] = [Lang::Vi, Lang::En].map(Words::of);
        for (of, other) in [(vi.entry.day, en.entry.day), (vi.entry.booked, en.entry.booked), (vi.entry.appeal, en.entry.appeal)]
        {
            has(page, format!("[[\"{of}\", \"{other}\"]"));
        }
        has(page, format!("[[\"{}\", \"{}\"]", vi.entry.chapter, en.entry.chapter));
        for text in [vi.entry.erased, en.entry.erased, vi.entry.amended, en.entry.amended] {
            has(check, format!("\"{};", text.trim_end_matches('.')));
        }
        let forged = [vi, en].map(|w| format!("\"{}\"", w.entry.paper_differs)).join(", ");
        has(include_str!("../../assets/portal/entry.js"), forged);
        let menu = [vi, en].map(|w| [w.common.appeals, w.common.chapters, w.common.search, w.common.check, w.common.open_data]);
        for (of, other) in menu[0].iter().zip(menu[1]) {
            has(TEMPLATE, format!("<span lang=\"vi\">{of}</span><span lang=\"en\">{other}</span></a></li>"));
        }
        assert!(!MODULES.concat().contains("người đóng góp"), "the pages call them người ủng hộ");
    }

    #[test]
    fn it_opens_in_either_language_without_a_script() {
        for (lang, title, other) in [(Lang::Vi, "Kiểm tra biên nhận", "?lang=en"), (Lang::En, "Check a receipt", "?lang=vi")]
        {
            let page = page(VKEY, "https://so.example.org", lang);
            assert!(between(&page, "<title>", "</title>").starts_with(title));
            assert!(page.contains(&format!("href=\"{other}\"")));
        }
    }

    #[test]
    fn fields_can_not_become_markup() {
        let page = page("\"><script>alert(1)</script>", "\"><b>", Lang::Vi);
        assert!(!page.contains("<script>alert") && !page.contains("\"><b>"));
    }
}
