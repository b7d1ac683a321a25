//! The portal's pages: both languages, no script needed, nothing from elsewhere, nothing unescaped, light, and live.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use so_nhan_ai::config::Web;

use crate::harness::{Caller, Database, TestApp, eventually};
use crate::kit::{appeal, gift, goods, organisation, person};
use crate::look::escaped;
use crate::papers;

pub const HTML: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";

/// A browser that speaks a language.
pub fn browser<'a>(app: &'a TestApp, lang: &str) -> Caller<'a> {
    app.anonymous().with("accept", HTML).with("accept-language", lang)
}

/// The text of a page that must be there.
pub fn page(app: &TestApp, path: &str) -> String {
    let answer = browser(app, "vi").send("GET", path, None);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.text
}

/// An appeal with papers and one gift of each kind; the codes of the gifts.
fn world(app: &TestApp) -> Vec<String> {
    app.open_appeal("68", "LULUT");
    papers::published(app, "68", "LULUT", "quyet-dinh.pdf");
    let officer = app.officer_of("23095");
    let gifts = [
        gift(app).to("LULUT").of(1_234_567),
        gift(app).to("LULUT").goods([goods("RICE", "1200.5", "KG", 90_000)]),
        gift(app).through("BANK_TRANSFER").by(organisation("Công ty Minh Bạch")),
    ];
    let codes = gifts.map(|gift| gift.book(&officer).code);
    app.wait_for_index();
    codes.into()
}

fn paths(codes: &[String]) -> Vec<String> {
    let mut paths: Vec<String> = [
        "/",
        "/keu-goi",
        "/keu-goi/LULUT",
        "/keu-goi/LULUT?q=ham+liem",
        "/don-vi",
        "/don-vi?q=ham+chinh",
        "/don-vi/23095",
        "/don-vi/68",
        "/don-vi/TW",
        "/hien-mau/ket-qua",
        "/hien-mau/ket-qua?chapter=68&year=2025",
        "/huy",
        "/huy?chapter=68&year=2026",
        "/tim",
        "/tim?q=gao&channel=IN_KIND",
        "/tim?amount=viel&from=x",
        "/du-lieu-mo",
    ]
    .map(str::to_owned)
    .into();
    paths.extend(codes.iter().map(|code| format!("/g/{code}")));
    paths
}

#[test]
fn every_page_speaks_both_languages_and_keeps_its_promises() {
    let app = TestApp::start();
    let paths = paths(&world(&app));
    for path in &paths {
        for (lang, other) in [("vi", "en"), ("en", "vi")] {
            let answer = browser(&app, lang).send("GET", path, None);
            let text = &answer.text;
            assert_eq!(answer.status, 200, "{path}: {text}");
            assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
            assert_eq!(answer.header("content-language"), Some(lang));
            assert!(answer.header("cache-control").unwrap().starts_with("public, max-age="), "{path}");
            let policy = answer.header("content-security-policy").unwrap();
            for rule in
                ["default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"]
            {
                assert!(policy.contains(rule), "{policy}");
            }
            assert!(text.contains(&format!("<html lang=\"{lang}\">")), "{path}");
            let switch = path.replace('&', "&#38;");
            let sign = if path.contains('?') { "&#38;" } else { "?" };
            assert!(text.contains(&format!("href=\"{switch}{sign}lang={other}\" hreflang=\"{other}\" lang=")), "{path}: {text}");
            for part in ["<a class=\"skip\" href=\"#main\">", "<main id=\"main\"", "<nav ", "<footer ", "<title>"] {
                assert_eq!(text.matches(part).count().min(1), 1, "{path}: {part}");
            }
            assert_eq!(text.matches("<h1").count(), 1, "{path}");
            nothing_from_elsewhere(path, text);
        }
    }
}

/// The verifier is one file under a policy of its own: exactly its script and its style, and no server but ours.
#[test]
fn the_verifier_is_one_file() {
    let app = TestApp::shared();
    for lang in ["vi", "en"] {
        let answer = browser(&app, lang).send("GET", "/kiem-tra", None);
        assert_eq!((answer.status, answer.header("content-language")), (200, Some(lang)));
        let policy = answer.header("content-security-policy").unwrap();
        for rule in
            ["default-src 'none'", "script-src 'sha256-", "style-src 'sha256-", "connect-src 'self'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        let text = &answer.text;
        assert!(
            text.contains("so.example.org/log+") && text.contains("https://so.example.org"),
            "the key and the address of the log"
        );
        for sign in ["src=\"http", "src=\"/", "href=\"/", "@import", "import {"] {
            assert!(!text.contains(sign), "{sign}");
        }
    }
}

/// Nothing inline, and no address of another server but in plain text.
fn nothing_from_elsewhere(path: &str, text: &str) {
    for sign in [
        " style=",
        "<style",
        " onclick",
        " onload",
        "javascript:",
        "<script>",
        "src=\"http",
        "src=\"//",
        "href=\"http",
        "href=\"//",
        "@import",
    ] {
        assert!(!text.contains(sign), "{sign} in {path}");
    }
}

#[test]
fn assets_are_kept_for_ever_under_their_hash_and_the_first_view_is_light() {
    let app = TestApp::start();
    world(&app);
    let home = page(&app, "/");
    let mut bytes = home.len();
    let mut names = Vec::new();
    for part in home.split("\"/assets/").skip(1) {
        let address = format!("/assets/{}", part.split('"').next().unwrap());
        let asset = app.anonymous().send("GET", &address, None);
        assert_eq!(
            (asset.status, asset.header("cache-control")),
            (200, Some("public, max-age=31536000, immutable")),
            "{address}"
        );
        assert!(!asset.text.contains("http://") || address.ends_with(".svg"), "{address}");
        assert!(!asset.text.contains("https://") && !asset.text.contains("@import") && !asset.text.contains("url("), "{address}");
        bytes += asset.bytes.len();
        names.push(address);
    }
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(bytes <= 60_000, "the first view is {bytes} bytes");
    let old = names[0].replace(names[0].split('/').nth(2).unwrap(), "0000000000000000");
    let old = app.anonymous().send("GET", &old, None);
    assert_eq!((old.status, old.header("cache-control")), (200, Some("public, max-age=300")));
    assert_eq!(app.anonymous().send("GET", "/assets/x/secret.txt", None).status, 404);
    assert_eq!(app.anonymous().send("GET", "/favicon.ico", None).header("content-type"), Some("image/svg+xml"));
    assert!(app.anonymous().get_text("/robots.txt", 200).contains("Allow: /"));
    for module in ["entry.js", "verify.js"] {
        assert_eq!(
            app.anonymous().send("GET", &format!("/assets/{module}"), None).header("content-type"),
            Some("text/javascript; charset=utf-8")
        );
    }
}

/// Everything a browser asks for before a page stands, as it comes over the wire: at most 60 kB, also where the page checks
/// itself.
#[test]
fn no_page_is_heavy() {
    let app = TestApp::start();
    let mut paths = paths(&world(&app));
    paths.push("/kiem-tra".to_owned());
    let sent = |path: &str| browser(&app, "vi").with("accept-encoding", "gzip").send("GET", path, None).bytes.len();
    for path in paths {
        let mut wanted: Vec<String> = page(&app, &path)
            .split("\"/assets/")
            .skip(1)
            .map(|part| format!("/assets/{}", part.split('"').next().unwrap()))
            .collect();
        let mut next = 0;
        while let Some(address) = wanted.get(next).cloned() {
            // Modules bring others along.
            let folder = address.rsplit_once('/').unwrap().0;
            for part in app.anonymous().get_text(&address, 200).split("from \"./").skip(1) {
                let module = format!("{folder}/{}", part.split('"').next().unwrap());
                if !wanted.contains(&module) {
                    wanted.push(module);
                }
            }
            next += 1;
        }
        assert_eq!(path.starts_with("/g/"), wanted.iter().any(|address| address.ends_with("/verify.js")), "{path}: {wanted:?}");
        let bytes: usize = sent(&path) + wanted.iter().map(|address| sent(address)).sum::<usize>();
        assert!(bytes <= 60_000, "{path}: {bytes} bytes");
    }
}

#[test]
fn pages_are_sent_compressed_and_once() {
    let app = TestApp::start();
    let packed = browser(&app, "vi").with("accept-encoding", "gzip").send("GET", "/", None);
    let tag = packed.header("etag").unwrap().to_owned();
    assert!(packed.header("vary").unwrap().starts_with("accept-encoding, accept-language, cookie"));
    let known = browser(&app, "vi").with("accept-encoding", "gzip").with("if-none-match", &tag).send("GET", "/", None);
    assert_eq!((known.status, known.bytes.len()), (304, 0));
    assert!(known.header("content-security-policy").is_some());
}

#[test]
fn a_choice_of_language_is_remembered() {
    let app = TestApp::shared();
    let chosen = browser(&app, "vi").send("GET", "/don-vi?q=ham+liem&lang=en", None);
    assert!(chosen.text.contains("<html lang=\"en\">") && chosen.text.contains("href=\"/don-vi?q=ham+liem&#38;lang=vi\""));
    let cookie = chosen.header("set-cookie").unwrap();
    assert!(cookie.starts_with("lang=en; Path=/;"), "{cookie}");
    assert_eq!(chosen.header("cache-control"), Some("private, no-cache"));
    let later = browser(&app, "vi").with("cookie", "x=1; lang=en").send("GET", "/", None);
    assert!(later.text.contains("<html lang=\"en\">") && later.header("set-cookie").is_none());
    assert!(browser(&app, "fr").send("GET", "/", None).text.contains("<html lang=\"vi\">"));
}

#[test]
fn text_from_the_books_is_never_markup() {
    let app = TestApp::start();
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=y>";
    let chair = app.chair_of("68");
    appeal(&app, "68", "XAU").with("title", evil).with("purpose", evil).open(&chair);
    let code = gift(&app).to("XAU").by(person(evil)).shown("FULL_NAME").book(&app.officer_of("23095")).code;
    app.wait_for_index();
    let typed = escaped(evil);
    let mut looked = 0;
    for path in [
        "/".to_owned(),
        "/keu-goi".to_owned(),
        "/keu-goi/XAU".to_owned(),
        format!("/keu-goi/XAU?q={typed}&amount={typed}&from={typed}&channel={typed}"),
        format!("/tim?q={typed}&appeal={typed}&chapter={typed}"),
        format!("/tim?cursor={typed}"),
        format!("/don-vi?q={typed}"),
        format!("/don-vi/{typed}"),
        "/don-vi/23095".to_owned(),
        "/du-lieu-mo".to_owned(),
        format!("/g/{code}"),
        format!("/g/{code}?h={typed}"),
        format!("/g/{typed}"),
        format!("/nowhere/{typed}?x={typed}"),
        format!("/?{evil}").replace([' ', '"', '<', '>'], "%3C"),
    ] {
        let text = browser(&app, "en").send("GET", &path, None).text;
        assert!(text.starts_with("<!DOCTYPE html>"), "{path}: {text}");
        assert!(!text.contains("<script>") && !text.contains("<img"), "{path}: {text}");
        assert!(!text.contains("\"'>"), "{path}: an attribute is broken out of: {text}");
        looked += usize::from(text.contains("&#60;script&#62;alert(1)"));
    }
    assert!(looked >= 8, "shown on {looked} pages only");
}

#[test]
fn problems_are_pages_for_people_and_documents_for_programs() {
    let database = Database::fresh();
    let web = Web { trusted_proxies: vec!["127.0.0.1/32".parse().unwrap()], public_rate: 1, ..Web::default() };
    let app = TestApp::start_with_web(database, web);
    for path in ["/khong-co", "/keu-goi/KHONG", "/don-vi/99999", "/g/7ZC4K0M9T2R8VQ3BX", "/g/%00", "/tim/x", "/assets"] {
        let answer = browser(&app, "vi").send("GET", path, None);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (404, Some("text/html; charset=utf-8")),
            "{path}: {}",
            answer.text
        );
        assert!(
            answer.text.contains("<html lang=\"vi\">")
                && answer.header("content-security-policy").unwrap().contains("script-src 'self'")
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        app.anonymous().get(path, 404);
    }
    let english = browser(&app, "en").send("GET", "/g/0000-0000-0000-0000-1", None);
    assert!(english.text.contains("No entry and no card has this code"), "{}", english.text);
    let answer = browser(&app, "vi").send("GET", "/huy?year=x", None);
    assert_eq!((answer.status, answer.text.contains("year: Cần một số nguyên")), (422, true), "{}", answer.text);
    for path in ["/api/v1/public/entries/KHONG", "/api/v2/x", "/log/x"] {
        let answer = browser(&app, "vi").send("GET", path, None);
        assert_eq!((answer.status, answer.header("content-type")), (404, Some("application/problem+json")), "{path}");
    }
    let answer = app.anonymous().send("POST", "/keu-goi", None);
    assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")));
    assert_eq!(browser(&app, "vi").send("GET", "/tim?cursor=abc", None).status, 400);
    // A crowd behind one address, reading what is not in the cache.
    let greedy = browser(&app, "vi").with("x-forwarded-for", "203.0.113.9");
    let refused = (0..200).map(|n| greedy.send("GET", &format!("/tim?x={n}"), None)).find(|answer| answer.status == 429).unwrap();
    assert_eq!(refused.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(refused.header("retry-after").is_some() && refused.text.contains("Quá nhiều yêu cầu"));
    // What is in the cache, and the assets, are free.
    page(&app, "/du-lieu-mo");
    assert_eq!(greedy.send("GET", "/du-lieu-mo", None).status, 200);
    assert_eq!(greedy.send("GET", "/assets/portal.css", None).status, 200);
}

#[test]
fn an_appeal_shows_its_totals_charts_places_and_papers() {
    let app = TestApp::start();
    world(&app);
    let text = page(&app, "/keu-goi/LULUT");
    for part in [
        "1.324.567\u{a0}đ",
        "trong 2 khoản ủng hộ",
        "chưa có số liệu",
        "<title id=\"chart-title\">Nhận theo ngày</title>",
        "Xem dạng bảng",
        "Nhận theo đơn vị",
        "href=\"/don-vi/23095\"",
        "Tiền mặt",
        "Quyết định",
        "href=\"/api/v1/public/documents/",
        "1.200,5 kg gạo",
        "/api/v1/public/appeals/LULUT/ledger.csv",
        "class=\"qr\"",
        "https://so.example.org/keu-goi/LULUT",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(text.matches("chưa có số liệu").count(), 2, "what was pledged and allocated is not known yet");
    let found = page(&app, "/keu-goi/LULUT?q=gao");
    assert!(found.contains("1.200,5 kg gạo") && !found.contains("1.234.567") && !found.contains("class=\"chart\""));
    assert!(page(&app, "/keu-goi").contains("href=\"/keu-goi/LULUT\""));
    app.chair_of("68").post("/api/v1/appeals/LULUT/closing", json!(null), 200);
    eventually("the closing is seen", || page(&app, "/keu-goi").contains("Đã đóng"));
}

#[test]
fn a_chapter_is_found_by_its_old_names_and_shows_what_it_and_those_below_received() {
    let app = TestApp::start();
    world(&app);
    let found = page(&app, "/don-vi?q=ham+chinh,+binh+thuan");
    assert!(found.contains("href=\"/don-vi/23095\"") && found.contains("trước đây: Xã Hàm Chính"), "{found}");
    assert!(page(&app, "/don-vi?q=khongcoten").contains("Không có đơn vị nào"));
    let commune = page(&app, "/don-vi/23095");
    for part in ["Riêng đơn vị này", "1.824.567\u{a0}đ", "href=\"/don-vi/68\"", "href=\"/don-vi/TW\"", "Công ty Minh Bạch"]
    {
        assert!(commune.contains(part), "{part}: {commune}");
    }
    let province = page(&app, "/don-vi/68");
    assert!(province.contains("href=\"/don-vi/23095\"") && province.contains(">0\u{a0}đ<"), "own and below are told apart");
    assert!(page(&app, "/don-vi").contains("href=\"/don-vi/68\""));
}

#[test]
fn the_form_understands_people() {
    let app = TestApp::start();
    let codes = world(&app);
    let amount = page(&app, "/tim?q=1.234.567+%C4%91&amount=&from=&to=&channel=&appeal=&chapter=");
    assert!(amount.contains(&codes[0]) && !amount.contains(&codes[2]), "{amount}");
    let typed = format!("{}-{}", &codes[0][..4], &codes[0][4..]).to_lowercase();
    let answer = app.anonymous().with("accept", HTML).send("GET", &format!("/api/v1/public/entries/{typed}"), None);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let wrong = page(&app, "/tim?amount=viel&from=hom-qua");
    assert!(wrong.contains("Số tiền không đúng") && wrong.contains("Ngày không đúng."));
    assert!(page(&app, "/tim?q=khongai").contains("Không có khoản nào phù hợp."));
    assert!(page(&app, "/tim?channel=IN_KIND").contains(&codes[1]));
    assert!(page(&app, "/tim?chapter=23095&from=2026-11-22&to=22/11/2026").contains(&codes[2]));
}

#[test]
fn pages_of_results_join() {
    let app = TestApp::start();
    let gifts: Vec<Value> = (0..60).map(|n| app.gift(json!({"amount_vnd": 10_000 + n}))).collect();
    crate::look::book(&app.officer_of("23095"), &gifts);
    app.wait_for_index();
    let (mut path, mut seen) = ("/tim?q=ham+liem&max=99.999".to_owned(), Vec::new());
    for _ in 0..5 {
        let text = page(&app, &path);
        seen.extend(text.split("data-code=\"").skip(1).map(|part| part[..17].to_owned()));
        match text.split("rel=\"next\" href=\"").nth(1) {
            Some(rest) => path = rest.split('"').next().unwrap().replace("&#38;", "&"),
            None => break,
        }
    }
    let all: std::collections::BTreeSet<&String> = seen.iter().collect();
    assert_eq!((seen.len(), all.len()), (60, 60));
}

/// A reader of the first page's stream.
struct Listener(BufReader<TcpStream>);

impl Listener {
    fn of(app: &TestApp) -> Self {
        let mut stream = TcpStream::connect(app.base.strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(b"GET /su-kien HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n").unwrap();
        let mut listener = Self(BufReader::new(stream));
        let head = listener.until("retry: ");
        assert!(head.contains("200 OK") && head.contains("text/event-stream"), "{head}");
        listener
    }

    /// Everything up to the line that has `what`.
    fn until(&mut self, what: &str) -> String {
        let mut text = String::new();
        let begun = Instant::now();
        while !text.contains(what) {
            assert!(begun.elapsed() < Duration::from_secs(20), "no {what} in {text}");
            assert!(self.0.read_line(&mut text).unwrap() > 0, "ended without {what}: {text}");
        }
        text
    }
}

#[test]
fn a_new_gift_comes_to_whoever_has_the_first_page_open() {
    let mut app = TestApp::start();
    let mut listener = Listener::of(&app);
    let first = listener.until("\"rows\"");
    assert!(first.contains("event: ledger") && first.contains("id: 0"), "{first}");
    let code = gift(&app).of(7_654_321).by(person("<b>An</b>")).shown("FULL_NAME").book(&app.officer_of("23095")).code;
    let told = listener.until(&code);
    assert!(told.contains("7.654.321") && told.contains("trong 1 khoản ủng hộ") && !told.contains("<b>An"), "{told}");
    // A second listener is told at once what is known, though nothing changes.
    assert!(Listener::of(&app).until("\"rows\"").contains(&code));
    // The server does not wait for those who listen.
    let begun = Instant::now();
    app.stop();
    assert!(begun.elapsed() < Duration::from_secs(20), "stopping took {:?}", begun.elapsed());
}
