use super::*;
use crate::leaf::{Core, LeafV1};
use crate::note::Signer;
use crate::tree::{MemoryTiles, prove_inclusion};
use chrono::NaiveDate;
use proptest::prelude::*;

fn opening() -> Opening {
    let fields = [("channel_ref", ""), ("memo", "Ủng hộ đồng bào"), ("name", "Nguyễn Văn A"), ("phone", ""), ("time", "x")];
    Opening { secret: std::array::from_fn(|i| i as u8), fields: fields.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec() }
}

fn leaf_bytes() -> Vec<u8> {
    let day: NaiveDate = "2026-11-22".parse().unwrap();
    let core = Core {
        kind: "GIFT_CASH",
        entry: "0123456789ABCDEF7",
        chapter: "23095",
        province: "68",
        day,
        booked: day,
        pd: opening().commitment(),
    };
    let leaf = LeafV1 { channel: Some("CASH"), ..LeafV1::of(core) };
    leaf.encode().unwrap().bytes
}

fn signer() -> Signer {
    Signer::new("so.example.vn/log", &[5; 32]).unwrap()
}

/// A receipt from a log of 700 leaves, and the keys it is checked with.
fn receipt(opened: Option<Opened>) -> (Receipt, [Verifier; 1]) {
    let mut tiles = MemoryTiles::default();
    let leaf = leaf_bytes();
    tiles.append((0..700u64).map(|n| if n == 300 { tree::leaf_hash(&leaf) } else { tree::leaf_hash(&n.to_be_bytes()) }));
    let proof = prove_inclusion(&mut tiles, 300, 700).unwrap().unwrap();
    let checkpoint = checkpoint::sign("so.example.vn/log", &tiles.head(), &[signer()]);
    (Receipt { leaf, opened, index: 300, proof, checkpoint }, [signer().verifier().clone()])
}

#[test]
fn a_receipt_reads_back_and_holds() {
    for opened in [None, Some(Opened::of(&opening(), |_| true)), Some(Opened::of(&opening(), |field| field == "name"))] {
        let (receipt, keys) = receipt(opened);
        let file = receipt.text().unwrap();
        assert!(file.starts_with("c2sp.org/tlog-proof@v1\nextra "), "{file}");
        let read = Receipt::parse(file.as_bytes()).unwrap();
        assert_eq!(read, receipt);
        assert_eq!(read.verify(&keys).map(|head| head.size), Ok(700));
    }
    let opened = Opened::of(&opening(), |field| field == "name");
    assert_eq!(opened.shown().collect::<Vec<_>>(), [("name", "Nguyễn Văn A")]);
}

/// Wherever one byte is changed, the file cannot be read or does not hold.
#[test]
fn every_changed_byte_is_noticed() {
    let (receipt, keys) = receipt(Some(Opened::of(&opening(), |field| field != "memo")));
    let file = receipt.text().unwrap();
    for at in 0..file.len() {
        let mut changed = file.clone().into_bytes();
        changed[at] ^= 1;
        let verified = Receipt::parse(&changed).and_then(|receipt| receipt.verify(&keys));
        assert!(verified.is_err(), "byte {at}: {:?}", &file[at.saturating_sub(8)..at]);
    }
}

#[test]
fn another_name_or_salt_opens_nothing() {
    let (good, keys) = receipt(Some(Opened::of(&opening(), |_| true)));
    let mut other = opening();
    other.fields[2].1 = "Nguyễn Văn B".to_owned();
    let mut unordered = Opened::of(&opening(), |_| true);
    unordered.fields.swap(0, 1);
    for opened in [Opened::of(&other, |_| true), Opened::of(&other, |_| false), unordered, Opened { v: 1, fields: vec![] }] {
        let wrong = Receipt { opened: Some(opened), ..good.clone() };
        assert_eq!(wrong.verify(&keys), Err(ReceiptError::WrongOpening));
    }
}

proptest! {
    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), middle in "(.|\n){0,120}", cut in any::<prop::sample::Index>()) {
        let (receipt, keys) = receipt(None);
        prop_assert!(Receipt::parse(&bytes).is_err());
        let _ = Receipt::parse(format!("{FIRST_LINE}\nextra {middle}\n\n{middle}").as_bytes()).map(|receipt| receipt.verify(&keys));
        let file = receipt.text().unwrap();
        let file = &file.as_bytes()[..cut.index(file.len())];
        prop_assert!(Receipt::parse(file).and_then(|receipt| receipt.verify(&keys)).is_err());
    }
}
