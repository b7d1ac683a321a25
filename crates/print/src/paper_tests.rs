use super::*;

pub fn slip() -> Paper {
    Paper {
        lang: "vi",
        about: About { title: "PHIẾU CHI 000007".to_owned(), id: "PC/23095/2026 000007".to_owned(), day: (2026, 11, 22) },
        issuer: Issuer {
            above: Some("Hội Chữ thập đỏ tỉnh Lâm Đồng".to_owned()),
            name: "Hội Chữ thập đỏ xã Hàm Liêm".to_owned(),
            address: Some(Labelled::new("Địa chỉ", "Thôn 3, xã Hàm Liêm")),
        },
        series: Some(Labelled::new("Quyển số", "PC/23095/2026")),
        number: Some(Labelled::new("Số", "000007")),
        link: Some("https://so.example.org/g/00000000000000000".to_owned()),
        title: "PHIẾU CHI".to_owned(),
        subtitle: None,
        day: Some("Ngày 22 tháng 11 năm 2026".to_owned()),
        cancelled: None,
        body: Body::Slip(vec![
            Item::new("Họ và tên người nhận tiền", Some("Nguyễn Thị Ánh Tuyết".to_owned()), Look::Name),
            Item::new("Địa chỉ", None, Look::Text),
            Item::new("Số tiền", Some("1.748.935 đ".to_owned()), Look::Amount),
            Item::new(
                "Viết bằng chữ",
                Some("Một triệu bảy trăm bốn mươi tám nghìn chín trăm ba mươi lăm đồng.".to_owned()),
                Look::Words,
            ),
        ]),
        signatures: ["Thủ trưởng đơn vị", "Kế toán", "Người nhận tiền"]
            .map(|who| Signature { who: who.to_owned(), hint: "(Ký, họ tên)".to_owned(), name: None })
            .to_vec(),
        note: None,
        foot: Some(Foot {
            code: Labelled::new("Mã công khai", "0000-0000"), find: "Quét mã: https://so.example.org".to_owned()
        }),
        copies: Vec::new(),
        sheet: "Trang",
    }
}

/// A list to be signed by those who received.
pub fn list(rows: usize) -> Paper {
    let column = |head: &str, share, side| TableColumn { head: head.to_owned(), share, side };
    let rows: Vec<Vec<String>> = (1..=rows)
        .map(|n| {
            let name = if n % 7 == 0 {
                "Nguyễn Hoàng Phương Ngọc Khánh Trường Thiên Bảo Châu"
            } else {
                "Trần Văn Bình"
            };
            vec![n.to_string(), name.to_owned(), format!("Thôn {}, xã Hàm Liêm", n % 9 + 1), "500.000".to_owned(), String::new()]
        })
        .collect();
    let total = vec![String::new(), "Cộng".to_owned(), String::new(), format!("{}.000", rows.len() * 500), String::new()];
    let table = Table {
        columns: vec![
            column("STT", 1, Side::Middle),
            column("Họ và tên", 5, Side::Left),
            column("Địa chỉ", 5, Side::Left),
            column("Số tiền", 3, Side::Right),
            column("Ký nhận", 3, Side::Left),
        ],
        rows,
        total: Some(total),
    };
    let intro = Item::new("Đợt", Some("Chung tay cùng đồng bào vùng lũ (LULUT-2026)".to_owned()), Look::Text);
    Paper {
        title: "DANH SÁCH KÝ NHẬN".to_owned(),
        body: Body::Flow(vec![
            Piece::Items(vec![intro]),
            Piece::Table(table),
            Piece::Text("Danh sách được lập thành hai bản.".to_owned()),
        ]),
        ..slip()
    }
}

fn cancelled(paper: Paper) -> Paper {
    let said = "PHIẾU ĐÃ HỦY ngày 23/11/2026".to_owned();
    Paper { cancelled: Some(Cancelled { stamp: "HỦY".to_owned(), said }), ..paper }
}

fn copies(paper: Paper) -> Paper {
    Paper { copies: vec!["Liên 1: Lưu".to_owned(), "Liên 2: Giao người nhận".to_owned()], ..paper }
}

fn samples() -> Vec<(&'static str, Paper, usize)> {
    vec![
        ("slip", slip(), 1),
        ("slip-copies", copies(slip()), 2),
        ("slip-cancelled", cancelled(slip()), 1),
        ("list-1", list(1), 1),
        ("list-20", list(20), 1),
        ("list-120", list(120), 4),
        ("list-cancelled-copies", copies(cancelled(list(40))), 4),
    ]
}

fn sheets(file: &[u8]) -> usize {
    (1..200)
        .find(|n| has(file, &format!("/Count {n}\n")) || has(file, &format!("/Count {n}/")) || has(file, &format!("/Count {n} ")))
        .unwrap_or(0)
}

fn has(file: &[u8], sign: &str) -> bool {
    file.windows(sign.len()).any(|window| window == sign.as_bytes())
}

#[test]
fn papers_are_archival_and_have_as_many_sheets_as_they_need() {
    for (name, paper, wanted) in samples() {
        let file = pdf(&paper).unwrap_or_else(|error| panic!("{name}: {error}"));
        // To look at them: SAMPLES=<folder> cargo test -p print
        if let Some(dir) = std::env::var_os("SAMPLES") {
            let path = std::path::Path::new(&dir).join(name);
            std::fs::write(path.with_extension("pdf"), &file).unwrap();
            std::fs::write(path.with_extension("html"), html(&paper).unwrap().html).unwrap();
        }
        assert!(file.starts_with(b"%PDF-1.") && has(&file, "pdfaid:part") && has(&file, "/ToUnicode"), "{name}");
        assert_eq!(sheets(&file), wanted, "{name}");
        assert_eq!(file, pdf(&paper).unwrap(), "{name}: the same paper gives the same file");
    }
}

#[test]
fn empty_tables_and_endless_words_are_printed() {
    let mut odd = list(3);
    if let Body::Flow(pieces) = &mut odd.body {
        pieces.push(Piece::Table(Table::default()));
        pieces.push(Piece::Text("Ẫ".repeat(4_000)));
    }
    pdf(&odd).unwrap();
}

#[test]
fn the_page_says_the_same_and_fetches_nothing() {
    let page = html(&copies(cancelled(list(3)))).unwrap().html;
    for said in [
        "DANH SÁCH KÝ NHẬN",
        "Trần Văn Bình",
        "1500.000",
        "Liên 1: Lưu",
        "Liên 2: Giao người nhận",
        "HỦY",
        "Ký nhận",
        "hai bản",
        "Số:",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert_eq!(page.matches("<table>").count(), 2);
    for fetched in ["<script", "<img", "<link", "src=", "href=", "@import", "url(", " style="] {
        assert!(!page.contains(fetched), "{fetched}");
    }
}

#[test]
fn a_page_runs_under_a_policy_that_allows_its_own_style_alone() {
    use base64::Engine;
    use sha2::Digest;
    for paper in [slip(), list(1)] {
        let page = html(&paper).unwrap();
        let style = page.html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
        assert!(page.policy.contains(&format!("style-src 'sha256-{hash}'")), "{}", page.policy);
        assert!(page.html.contains("http-equiv=\"Content-Security-Policy\""));
    }
}

#[test]
fn what_people_typed_is_text_and_never_markup() {
    let mut odd = list(1);
    odd.issuer.name = "<script>alert(1)</script>".to_owned();
    if let Body::Flow(pieces) = &mut odd.body {
        pieces.push(Piece::Text("<b>&".to_owned()));
    }
    let page = html(&odd).unwrap().html;
    assert!(!page.contains("<script") && !page.contains("<b>&") && page.contains("&#60;b&#62;&#38;"), "{page}");
}
