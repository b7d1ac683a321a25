use super::*;
use crate::code::PublicCode;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn gift() -> Json {
    json!({
        "v": 1, "kind": "GIFT_IN_KIND", "entry": PublicCode::random().unwrap().as_str(), "chapter": "23095", "province": "68",
        "day": "2026-11-21", "booked": "2026-11-22", "channel": "IN_KIND", "appeal": "BAO13",
        "postings": [{"account": "GOODS_IN_STOCK", "fund": "APPEAL:BAO13", "amount": "1500000"},
                     {"account": "DONATION_RESTRICTED", "fund": "APPEAL:BAO13", "amount": "-1500000"}],
        "goods": [{"item": "RICE", "qty": "100.5", "unit": "KG", "value": "1500000", "valuation": "MARKET_PRICE"}],
        "pd": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    })
}

fn with(change: impl FnOnce(&mut Json)) -> Json {
    let mut leaf = gift();
    change(&mut leaf);
    leaf
}

fn read(leaf: &Json) -> (Result<Leaf, String>, Totals) {
    let (keyed, mut totals) = (RandomState::new(), Totals::default());
    let read = Reader { keyed: &keyed, totals: &mut totals }.read(&serde_json_canonicalizer::to_vec(leaf).unwrap());
    (read, totals)
}

#[test]
fn a_gift_is_read_and_added_up() {
    let (leaf, totals) = read(&gift());
    let Ok(Leaf::Entry(entry)) = leaf else { panic!("{leaf:?}") };
    assert_eq!((entry.kind.name, entry.of), ("GIFT_IN_KIND", None));
    let views = totals.views();
    assert_eq!((views.received.received_vnd, views.received.gift_count), (1_500_000, 1));
    assert_eq!(views.by_channel.keys().collect::<Vec<_>>(), ["IN_KIND"]);
}

#[test]
fn a_reversal_takes_away_and_is_the_opposite() {
    let (keyed, mut totals) = (RandomState::new(), Totals::default());
    let mut reader = Reader { keyed: &keyed, totals: &mut totals };
    let original = gift();
    let reversal = with(|leaf| {
        leaf["kind"] = "REVERSAL".into();
        leaf["of"] = original["entry"].clone();
        leaf["reason"] = "DUPLICATE".into();
        leaf["postings"][0]["amount"] = "-1500000".into();
        leaf["postings"][1]["amount"] = "1500000".into();
        leaf.as_object_mut().unwrap().remove("goods");
    });
    let mut entry = |leaf: &Json| match reader.read(&serde_json_canonicalizer::to_vec(leaf).unwrap()) {
        Ok(Leaf::Entry(entry) | Leaf::Reversal(entry, _)) => entry,
        other => panic!("{other:?}"),
    };
    let (there, back) = (entry(&original), entry(&reversal));
    assert_eq!((there.postings, there.opposite), (back.opposite, back.postings));
    assert_ne!(there.postings, back.postings);
    assert_eq!(totals.views().received, Sum::default());
}

#[test]
fn every_rule_is_a_finding_when_broken() {
    type Change = fn(&mut Json);
    let broken: &[(&str, Change)] = &[
        ("v is missing", |l| drop(l.as_object_mut().unwrap().remove("v"))),
        ("v is missing or no version", |l| l["v"] = 0.into()),
        ("entry is missing", |l| drop(l.as_object_mut().unwrap().remove("entry"))),
        ("not an entry's code", |l| l["entry"] = "0123456789ABCDEFF".into()),
        ("chapter is not a word", |l| l["chapter"] = 23095.into()),
        ("chapter is not a word", |l| l["chapter"] = "a\u{0}b".into()),
        ("province is missing", |l| drop(l.as_object_mut().unwrap().remove("province"))),
        ("day is not a date", |l| l["day"] = "2026-02-30".into()),
        ("booked is not a date", |l| l["booked"] = "2026-11-22T00:00:00Z".into()),
        ("day is after booked", |l| l["day"] = "2026-11-23".into()),
        ("pd is not 32 bytes", |l| l["pd"] = "AAEC".into()),
        ("pd is missing", |l| drop(l.as_object_mut().unwrap().remove("pd"))),
        ("doc is not 32 bytes", |l| l["doc"] = "x".into()),
        ("sum to 1", |l| l["postings"][0]["amount"] = "1500001".into()),
        ("an amount is not one", |l| l["postings"][0]["amount"] = "+1500000".into()),
        ("an amount is not one", |l| l["postings"][0]["amount"] = "0".into()),
        ("an amount is not one", |l| l["postings"][0]["amount"] = "9999999999999999".into()),
        ("amount is not a word", |l| l["postings"][0]["amount"] = 1500000.into()),
        ("a posting has a field", |l| l["postings"][0]["memo"] = "x".into()),
        ("a posting is not an object", |l| l["postings"] = json!([1, 2])),
        ("postings are missing, or one", |l| drop(l["postings"].as_array_mut().unwrap().pop())),
        ("postings are missing", |l| drop(l.as_object_mut().unwrap().remove("postings"))),
        ("sum to 1500000", |l| l["postings"][1]["fund"] = "GENERAL".into()),
        ("do not belong", |l| l["postings"] = json!([])),
        ("do not belong", |l| l["of"] = l["entry"].clone()),
        ("do not belong", |l| l["reason"] = "DUPLICATE".into()),
        ("do not belong", |l| l["kind"] = "REVERSAL".into()),
        ("do not belong", |l| l["kind"] = "ERASURE".into()),
        ("event or period", |l| l["event"] = "RESULTS".into()),
        ("event or period", |l| l["period"] = "2026-12-31".into()),
        ("a field that v 1 does not have: memo", |l| l["memo"] = "x".into()),
        ("a line of goods has a field", |l| l["goods"][0]["x"] = "x".into()),
        ("qty of goods is not a number", |l| l["goods"][0]["qty"] = "1.0.0".into()),
        ("unit is missing", |l| drop(l["goods"][0].as_object_mut().unwrap().remove("unit"))),
        ("goods is not a list", |l| l["goods"] = "x".into()),
        ("a GIFT_CASH has no goods", |l| l["kind"] = "GIFT_CASH".into()),
        ("a GIFT_IN_KIND has no to", |l| l["to"] = "23095".into()),
        ("a GIFT_IN_KIND has no category", |l| l["category"] = "RICE".into()),
        ("a GIFT_IN_KIND that debits CASH_ON_HAND", |l| l["postings"][0]["account"] = "CASH_ON_HAND".into()),
    ];
    for (why, change) in broken {
        let leaf = with(change);
        match read(&leaf).0 {
            Err(said) if said.contains(why) => {}
            other => panic!("expected {why}: {other:?}\n{leaf}"),
        }
    }
    let (keyed, mut totals) = (RandomState::new(), Totals::default());
    let said = Reader { keyed: &keyed, totals: &mut totals }.read(br#"{"v": 1}"#).unwrap_err();
    assert!(said.contains("no canonical JSON"), "{said}");
}

#[test]
fn later_words_are_included_and_not_understood() {
    for (what, leaf) in [
        ("v 2", with(|l| l["v"] = 2.into())),
        ("kind LOTTERY", with(|l| l["kind"] = "LOTTERY".into())),
        ("account VAULT", with(|l| l["postings"][0]["account"] = "VAULT".into())),
        ("channel PIGEON", with(|l| l["channel"] = "PIGEON".into())),
    ] {
        let (read, totals) = read(&leaf);
        let code = Code::parse(leaf["entry"].as_str().unwrap());
        assert_eq!(read, Ok(Leaf::NotUnderstood(what.to_owned(), code)));
        assert_eq!(totals.views().received, Sum::default());
    }
}

#[test]
fn a_publication_names_its_event() {
    let publication = with(|l| {
        let members = l.as_object_mut().unwrap();
        for name in ["channel", "goods"] {
            members.remove(name);
        }
        l["kind"] = "PUBLICATION".into();
        l["postings"] = json!([]);
        l["pd"] = NOTHING_COMMITTED.into();
        l["doc"] = "__________________________________________8".into();
        l["event"] = "ANNUAL_ACCOUNTS".into();
        l["period"] = "2026-12-31".into();
    });
    assert!(matches!(read(&publication).0, Ok(Leaf::Entry(Entry { of: None, .. }))));
    let mut other = publication.clone();
    other.as_object_mut().unwrap().remove("event");
    assert!(read(&other).0.unwrap_err().contains("event or period"));
}

#[test]
fn a_key_says_what_becomes_of_it() {
    let signer = crate::note::Signer::new("so.example.vn/log", &[7; 32]).unwrap();
    let vkey = signer.verifier().to_string();
    let leaf = |change: &str| {
        json!({"v": 1, "kind": "KEY", "entry": PublicCode::random().unwrap().as_str(), "chapter": "TW", "province": "TW",
               "day": "2026-11-22", "booked": "2026-11-22", "postings": [], "pd": NOTHING_COMMITTED, "key": vkey, "reason": change})
    };
    for (change, gone) in [("ADDED", false), ("RETIRED", true)] {
        let Ok(Leaf::Key(_, said)) = read(&leaf(change)).0 else { panic!("{change}") };
        assert_eq!((said.key.to_string(), said.retired), (vkey.clone(), gone));
    }
    assert!(matches!(read(&leaf("LENT")).0, Ok(Leaf::NotUnderstood(..))));
    let other = |name: &str, value: Json| {
        let mut leaf = leaf("ADDED");
        leaf[name] = value;
        read(&leaf).0
    };
    assert!(matches!(other("key", "so.example.vn/log+00000000+AAAA".into()), Ok(Leaf::NotUnderstood(..))));
    assert!(other("key", "two words".into()).unwrap_err().contains("key is not a word"));
    assert!(other("key", Json::Null).is_err());
    assert!(other("kind", "ERASURE".into()).is_err());
    assert!(read(&with(|l| l["key"] = vkey.clone().into())).0.unwrap_err().contains("with a key"));
}

#[test]
fn erasures_commit_to_nothing() {
    let erasure = |pd: &str| {
        let code = PublicCode::random().unwrap();
        json!({"v": 1, "kind": "ERASURE", "entry": code.as_str(), "of": code.as_str(), "chapter": "23095", "province": "68",
               "day": "2026-11-22", "booked": "2026-11-22", "postings": [], "pd": pd})
    };
    assert!(matches!(read(&erasure(NOTHING_COMMITTED)).0, Ok(Leaf::Entry(_))));
    assert!(read(&erasure("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")).0.is_err());
    assert_eq!(URL_SAFE_NO_PAD.encode(crate::commitment::commit(&[0; 32], &[])), NOTHING_COMMITTED);
}

/// An entry of any kind, with what it must have.
fn entry_of(rule: &KindRule) -> Json {
    let code = PublicCode::random().unwrap();
    let pd = if rule.open { NOTHING_COMMITTED } else { "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" };
    let mut leaf = json!({"v": 1, "kind": rule.name, "entry": code.as_str(), "chapter": "23095", "province": "68", "day": "2026-11-21",
        "booked": "2026-11-22", "appeal": "BAO13", "postings": [], "pd": pd});
    if let (Some(debit), Some(credit)) = (rule.debits.first(), rule.credits.last()) {
        leaf["postings"] = json!([{"account": debit, "fund": "APPEAL:BAO13", "amount": "70"},
                                  {"account": credit, "fund": "APPEAL:BAO13", "amount": "-70"}]);
    }
    if matches!(rule.of, Of::Kinds(_)) {
        leaf["of"] = PublicCode::random().unwrap().as_str().into();
    }
    for field in rule.must.iter().chain(rule.may) {
        leaf[*field] = match *field {
            "goods" => json!([{"item": "RICE", "qty": "1", "unit": "KG", "value": "70", "valuation": "INVOICE"}]),
            "doc" | "root" => "__________________________________________8".into(),
            "count" => 120.into(),
            "to" => "68".into(),
            _ => "RICE".into(),
        };
    }
    leaf
}

#[test]
fn every_kind_of_money_out_is_understood_and_held_to_its_rules() {
    let others = ["GIFT_", "REVERSAL", "AMENDMENT", "ERASURE", "PUBLICATION", "KEY"];
    for rule in kinds::KINDS.iter().filter(|rule| !others.iter().any(|other| rule.name.starts_with(other))) {
        let leaf = entry_of(rule);
        let (read_leaf, totals) = read(&leaf);
        let understood = matches!(read_leaf, Ok(Leaf::Entry(_) | Leaf::Categorised(..)));
        assert!(understood, "{read_leaf:?} {leaf}");
        let views = totals.views();
        let left: i128 = views.left.terms().map(|(_, vnd)| vnd).sum();
        assert_eq!(views.flow.of("left_vnd"), left, "{}: the equation holds", rule.name);
        assert_eq!((views.received, views.flow.of("received_vnd")), (Sum::default(), 0), "{}", rule.name);
        for field in rule.must {
            let mut without = leaf.clone();
            without.as_object_mut().unwrap().remove(*field);
            assert!(read(&without).0.is_err(), "{} without {field}", rule.name);
        }
        for field in ["to", "category", "list", "event"].iter().filter(|f| !rule.must.contains(f) && !rule.may.contains(f)) {
            let mut with = leaf.clone();
            with[*field] = "RICE".into();
            assert!(read(&with).0.is_err(), "{} with {field}", rule.name);
        }
        if rule.money {
            let mut gift = leaf.clone();
            gift["postings"][0]["account"] = "DONATION_RESTRICTED".into();
            assert!(read(&gift).0.unwrap_err().contains("debits DONATION_RESTRICTED"), "{}", rule.name);
        }
        for (field, value) in [("count", json!("5")), ("root", json!("x")), ("category", json!("two words"))] {
            if rule.may.contains(&field) {
                let mut wrong = leaf.clone();
                wrong[field] = value;
                assert!(read(&wrong).0.is_err(), "{} with {field} {}", rule.name, wrong[field]);
            }
        }
    }
}

#[test]
fn a_reversal_takes_back_what_its_original_added() {
    let payment = entry_of(kinds::rule("PAYMENT").unwrap());
    let mut back = payment.clone();
    back["kind"] = "REVERSAL".into();
    back["reason"] = "WRONG_AMOUNT".into();
    back["of"] = payment["entry"].clone();
    back["postings"][0]["amount"] = "-70".into();
    back["postings"][1]["amount"] = "70".into();
    back.as_object_mut().unwrap().remove("category");
    let (_, mut totals) = read(&payment);
    assert_eq!((totals.views().flow.of("paid_vnd"), totals.views().paid_by_category["RICE"]), (70, 70));
    let (read_back, of_back) = read(&back);
    let Ok(Leaf::Reversal(_, back)) = read_back else { panic!("{read_back:?}") };
    totals.merge(of_back);
    back.add_to(&mut totals, "PAYMENT", "RICE");
    assert_eq!((totals.views().flow, totals.views().paid_by_category.len()), (Default::default(), 0));
}

proptest! {
    /// Dates are read as the library reads them, if they are written as it writes them.
    #[test]
    fn dates_are_read_in_one_form(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9+-]{8,11}|20[0-9]{2}-[01][0-9]-[0-3][0-9]") {
        let theirs = text.parse::<NaiveDate>().ok().filter(|date| date.to_string() == text);
        prop_assert_eq!(read_date(&text), theirs);
    }

    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), at in any::<prop::sample::Index>(), byte: u8) {
        let (keyed, mut totals) = (RandomState::new(), Totals::default());
        let mut reader = Reader { keyed: &keyed, totals: &mut totals };
        let _ = (reader.read(&bytes), code_in(&bytes));
        let mut leaf = serde_json_canonicalizer::to_vec(&gift()).unwrap();
        let at = at.index(leaf.len());
        leaf[at] = byte;
        let _ = (reader.read(&leaf), code_in(&leaf));
    }
}
