use chrono::NaiveDate;

use super::asked_paper::{self, ProvisionalNote};
use crate::basics::{PublicCode, Vnd};
use crate::decisions::State;
use crate::http::{Lang, Say};
use crate::ledger::kinds::Channel;
use crate::vouchers::model::Issuer;

fn note() -> ProvisionalNote {
    ProvisionalNote {
        code: PublicCode::parse("0000000000000000 0").unwrap(),
        state: State::Asked,
        asked_on: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
        received_on: NaiveDate::from_ymd_opt(2026, 11, 21).unwrap(),
        issuer: Issuer {
            above: Some("Hội Chữ thập đỏ tỉnh Lâm Đồng".to_owned()),
            name: "Hội Chữ thập đỏ xã Hàm Liêm".to_owned(),
            address: Some("Thôn 2, xã Hàm Liêm, tỉnh Lâm Đồng".to_owned()),
        },
        giver: Some("Đặng Văn Lớn".to_owned()),
        giver_address: Some("Thôn 3, xã Hàm Liêm, tỉnh Lâm Đồng".to_owned()),
        content: Say::new(
            "Ủng hộ đợt “Chung tay cùng đồng bào vùng lũ” (LULUT-2026)",
            "Support for the appeal “Chung tay cùng đồng bào vùng lũ” (LULUT-2026)",
        ),
        channel: Channel::BankTransfer,
        amount: Vnd::parse(750_000_000).unwrap(),
        decides: "Hội Chữ thập đỏ tỉnh Lâm Đồng".to_owned(),
        made_by: "Trần Thị Hạnh".to_owned(),
        public_url: "https://so.redcross.org.vn/g/00000000000000000".to_owned(),
    }
}

fn decided(state: State) -> ProvisionalNote {
    ProvisionalNote { state, giver: None, giver_address: None, ..note() }
}

/// Everything as long as it may be.
fn longest(fill: &str) -> ProvisionalNote {
    let text = |length: usize| fill.chars().cycle().take(length).collect::<String>();
    let content = format!("Ủng hộ đợt “{}” (LULUT-2026)", text(200));
    ProvisionalNote {
        issuer: Issuer { above: Some(text(200)), name: text(200), address: Some(text(300)) },
        giver: Some(text(200)),
        giver_address: Some(text(200)),
        content: Say::new(content.clone(), content),
        amount: Vnd::parse(777_777_777_777_777).unwrap(),
        decides: text(200),
        made_by: text(200),
        ..note()
    }
    .visible()
}

fn samples() -> Vec<(&'static str, ProvisionalNote)> {
    vec![
        ("note-plain", note()),
        ("note-unknown", ProvisionalNote { giver: None, giver_address: None, ..note() }),
        ("note-approved", decided(State::Approved)),
        ("note-refused", decided(State::Refused)),
        ("note-withdrawn", decided(State::Withdrawn)),
        ("note-long-name", ProvisionalNote { giver: longest("Ông Nguyễn Hoàng Phương ").giver, ..note() }),
        ("note-long-words", longest("Ông Nguyễn Hoàng Phương Ngọc Khánh Trường ")),
        ("note-one-long-word", longest("Ẫ")),
    ]
}

#[test]
fn every_note_becomes_one_small_archival_sheet() {
    for (name, note) in samples() {
        for lang in [Lang::Vi, Lang::En] {
            let file = asked_paper::pdf(&note, lang).unwrap_or_else(|error| panic!("{name}: {error}"));
            let has = |sign: &str| file.windows(sign.len()).any(|window| window == sign.as_bytes());
            assert!(file.starts_with(b"%PDF-1.") && has("pdfaid:part") && has("/ToUnicode"), "{name}");
            assert!(has("/Count 1"), "{name}: not one page");
            assert_eq!(file, asked_paper::pdf(&note, lang).unwrap(), "{name}: the same note gives the same file");
            // To look at them: SAMPLES=<folder> cargo test --lib asked_paper_tests
            if let Some(dir) = std::env::var_os("SAMPLES") {
                let path = std::path::Path::new(&dir).join(format!("{name}-{}", lang.tag()));
                std::fs::write(path.with_extension("pdf"), &file).unwrap();
                std::fs::write(path.with_extension("html"), asked_paper::html(&note, lang).unwrap().html).unwrap();
            }
        }
    }
}

#[test]
fn the_note_says_who_what_for_and_that_it_is_not_booked() {
    let page = asked_paper::html(&note(), Lang::Vi).unwrap().html;
    for said in [
        "GIẤY XÁC NHẬN TẠM",
        ">CHƯA GHI SỔ</p>",
        "Giấy này không thay phiếu thu",
        "Ngày 22 tháng 11 năm 2026",
        "Hội Chữ thập đỏ tỉnh Lâm Đồng</p>",
        "<bdi>Hội Chữ thập đỏ xã Hàm Liêm</bdi>",
        "<bdi>Thôn 2, xã Hàm Liêm",
        "<strong><bdi>Đặng Văn Lớn</bdi></strong>",
        "<bdi>Thôn 3, xã Hàm Liêm",
        "Chung tay cùng đồng bào vùng lũ” (LULUT-2026)",
        "Hình thức:</dt> <dd>Chuyển khoản",
        "750.000.000 đ",
        "Bảy trăm năm mươi triệu đồng chẵn.",
        "21/11/2026",
        "Nơi duyệt:</dt> <dd><bdi>Hội Chữ thập đỏ tỉnh Lâm Đồng",
        "<span><bdi>Trần Thị Hạnh</bdi></span>",
        "0000-0000-0000-0000-0",
        "aria-label=\"https://so.redcross.org.vn/g/00000000000000000\"",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let english = asked_paper::html(&note(), Lang::En).unwrap().html;
    for said in ["PROVISIONAL NOTE", "(Giấy xác nhận tạm)", "NOT BOOKED YET", "Bank transfer", "22 November 2026", "CHƯA GHI SỔ"]
    {
        assert!(english.contains(said), "{said}");
    }
}

#[test]
fn what_is_decided_is_stamped_and_names_nobody_who_gave() {
    for (state, across, found) in
        [(State::Approved, "HẾT GIÁ TRỊ", true), (State::Refused, "KHÔNG DUYỆT", false), (State::Withdrawn, "ĐÃ RÚT", false)]
    {
        let page = asked_paper::html(&decided(state), Lang::Vi).unwrap().html;
        assert!(page.contains(&format!(">{across}</p>")) && page.contains("không in lại sau khi đã quyết định"), "{page}");
        assert!(!page.contains("Ẩn danh") && !page.contains("CHƯA GHI SỔ"));
        assert_eq!(page.contains("/g/00000000000000000"), found, "{across}");
        assert_eq!(page.contains("<svg"), found, "{across}");
    }
    let unknown = ProvisionalNote { giver: Some("\u{200d}🙂".to_owned()), ..note() }.visible();
    assert!(asked_paper::html(&unknown, Lang::Vi).unwrap().html.contains("Ẩn danh"), "a name that is a picture is none to print");
}
