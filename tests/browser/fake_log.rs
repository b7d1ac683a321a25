//! A log made the slow and obvious way, straight from the text of RFC 6962 and tlog-tiles: what the modules of the
//! browser are compared with, and what can be forged for them. Leaves and commitments are the real ones.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use ed25519_dalek::{Signer, SigningKey};
use sha2::{Digest, Sha256};
use so_nhan_ai::basics::hex;
use so_nhan_ai::log::commitment;
use so_nhan_ai::log::leaf::{Core, LeafPosting, LeafV1, leaf_hash};
use so_nhan_ai::log::opening::Opening;
use so_nhan_ai::log::receipt::Opened;

use crate::site::Site;

pub type Hash = [u8; 32];

pub const ORIGIN: &str = "ledger.example.vn/log1";
pub const GIVER: [(&str, &str); 5] = [
    ("channel_ref", ""),
    ("memo", "Ủng hộ đồng bào"),
    ("name", "Nguyễn Văn A"),
    ("phone", "0912345678"),
    ("time", "2026-11-22T09:30:00+07:00"),
];
const SECRET: [u8; 32] = [7; 32];
static PD: LazyLock<Hash> = LazyLock::new(|| commitment::commit(&SECRET, &GIVER));

pub struct FakeLog {
    pub leaves: Vec<Vec<u8>>,
    /// Those that sign.
    keys: Vec<SigningKey>,
    /// Those that signed once.
    retired: Vec<SigningKey>,
}

fn typed_key(key: &SigningKey) -> Vec<u8> {
    [&[1u8][..], key.verifying_key().as_bytes()].concat()
}

fn key_id(key: &SigningKey) -> [u8; 4] {
    let [a, b, c, d, ..] = sha256(&[ORIGIN.as_bytes(), b"\n", &typed_key(key)]);
    [a, b, c, d]
}

fn vkey_of(key: &SigningKey) -> String {
    format!("{ORIGIN}+{}+{}", hex(&key_id(key)), STANDARD.encode(typed_key(key)))
}

fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

/// MTH of RFC 6962, over leaf hashes.
fn root_of(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => sha256(&[]),
        [one] => *one,
        _ => {
            let k = hashes.len().next_power_of_two() / 2;
            sha256(&[&[1], &root_of(&hashes[..k]), &root_of(&hashes[k..])])
        }
    }
}

/// PATH of RFC 6962.
fn path_to(index: usize, hashes: &[Hash]) -> Vec<Hash> {
    if hashes.len() < 2 {
        return Vec::new();
    }
    let k = hashes.len().next_power_of_two() / 2;
    let (mut path, other) = if index < k {
        (path_to(index, &hashes[..k]), root_of(&hashes[k..]))
    } else {
        (path_to(index - k, &hashes[k..]), root_of(&hashes[..k]))
    };
    path.push(other);
    path
}

fn tile_number(n: usize) -> String {
    let mut text = format!("{:03}", n % 1_000);
    let mut rest = n / 1_000;
    while rest > 0 {
        text = format!("x{:03}/{text}", rest % 1_000);
        rest /= 1_000;
    }
    text
}

impl FakeLog {
    pub fn new() -> FakeLog {
        FakeLog { leaves: Vec::new(), keys: vec![SigningKey::from_bytes(&[0x2a; 32])], retired: Vec::new() }
    }

    /// With so many gifts in it.
    pub fn of(gifts: usize) -> FakeLog {
        // One real leaf; the others differ in code and amount (encoding each is slow without optimisation).
        let first = String::from_utf8(gift(&code_of(0), 1_000)).unwrap();
        let other = |n: usize| {
            let amounts =
                first.replace("\"1000\"", &format!("\"{}\"", 1_000 + n)).replace("\"-1000\"", &format!("\"-{}\"", 1_000 + n));
            amounts.replace(&code_of(0), &code_of(n)).into_bytes()
        };
        FakeLog { leaves: (0..gifts).map(other).collect(), ..FakeLog::new() }
    }

    /// All keys the log has had, as pages name them.
    pub fn vkey(&self) -> String {
        self.retired.iter().chain(&self.keys).map(vkey_of).collect::<Vec<_>>().join(" ")
    }

    /// The newest key alone.
    pub fn newest_vkey(&self) -> String {
        self.keys.last().map(vkey_of).unwrap()
    }

    /// Another key signs as well.
    pub fn add_key(&mut self) {
        self.keys.push(SigningKey::from_bytes(&[0x2b; 32]));
    }

    /// The first key signs no more.
    pub fn retire_key(&mut self) {
        self.retired.push(self.keys.remove(0));
    }

    pub fn hashes(&self, size: usize) -> Vec<Hash> {
        self.leaves[..size].iter().map(|leaf| leaf_hash(leaf)).collect()
    }

    pub fn checkpoint(&self, size: usize) -> String {
        self.checkpoint_of(&self.hashes(size))
    }

    pub fn checkpoint_of(&self, hashes: &[Hash]) -> String {
        self.sign(&format!("{ORIGIN}\n{}\n{}\n", hashes.len(), STANDARD.encode(root_of(hashes))))
    }

    /// What the browser is compared with must itself be what the real reader takes.
    pub fn receipt_for_real(&self, index: usize, size: usize, openings: Option<&str>) -> String {
        let text = self.receipt(index, size, openings);
        let key = so_nhan_ai::log::note::Verifier::parse(&self.vkey()).unwrap();
        let read = so_nhan_ai::log::receipt::Receipt::parse(text.as_bytes()).unwrap();
        assert_eq!((read.text().unwrap(), read.verify(&[key]).unwrap().size), (text.clone(), size as u64));
        text
    }

    /// Any text as a signed note.
    pub fn sign(&self, text: &str) -> String {
        let line = |key: &SigningKey| {
            let signature = key.sign(text.as_bytes()).to_bytes();
            format!("\u{2014} {ORIGIN} {}\n", STANDARD.encode([&key_id(key)[..], &signature].concat()))
        };
        format!("{text}\n{}", self.keys.iter().map(line).collect::<String>())
    }

    pub fn receipt(&self, index: usize, size: usize, openings: Option<&str>) -> String {
        let mut extra = self.leaves[index].clone();
        if let Some(openings) = openings {
            extra.extend(format!("\n{openings}").bytes());
        }
        let path: String = path_to(index, &self.hashes(size)).iter().map(|hash| STANDARD.encode(hash) + "\n").collect();
        let head = format!("c2sp.org/tlog-proof@v1\nextra {}\nindex {index}\n{path}\n", STANDARD.encode(extra));
        head + &self.checkpoint(size)
    }

    /// Puts the log as it is at a size under `/log/`; what was published there for other sizes stays.
    pub fn publish(&self, site: &Site, size: usize) {
        let mut row = self.hashes(size);
        site.put("/log/checkpoint", "text/plain; charset=utf-8", self.checkpoint_of(&row));
        for (n, leaves) in self.leaves[..size].chunks(256).enumerate() {
            let entry = |leaf: &Vec<u8>| [&(leaf.len() as u16).to_be_bytes()[..], leaf].concat();
            let bundle: Vec<u8> = leaves.iter().flat_map(entry).collect();
            put_tile(site, "entries", n, leaves.len(), bundle);
        }
        for level in 0.. {
            for (n, tile) in row.chunks(256).enumerate() {
                put_tile(site, &format!("{level}"), n, tile.len(), tile.concat());
            }
            row = row.chunks_exact(256).map(root_of).collect();
            if row.is_empty() {
                break;
            }
        }
    }
}

fn put_tile(site: &Site, level: &str, n: usize, width: usize, body: Vec<u8>) {
    let partial = if width < 256 { format!(".p/{width}") } else { String::new() };
    site.put(&format!("/log/tile/{level}/{}{partial}", tile_number(n)), "application/octet-stream", body);
}

/// A well-formed public code that belongs to a number.
pub fn code_of(n: usize) -> String {
    let digits = format!("{n:016}");
    let bits = digits.bytes().fold(0u128, |bits, digit| bits << 5 | u128::from(digit - b'0'));
    let check = "0123456789ABCDEFGHJKMNPQRSTVWXYZ????U".as_bytes()[(bits % 37) as usize];
    // Four of 37 check characters are not used.
    if check == b'?' { code_of(n + 1_000_000) } else { format!("{digits}{}", char::from(check)) }
}

fn leaf<'a>(kind: &'a str, code: &'a str, amount: i64) -> LeafV1<'a> {
    let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
    let posting = |account, amount: i64| LeafPosting { account, fund: "APPEAL:LULUT-2026", amount: amount.to_string() };
    let mut leaf = LeafV1::of(Core {
        kind,
        entry: code,
        chapter: "23095",
        province: "68",
        day: day("2026-11-21"),
        booked: day("2026-11-22"),
        pd: *PD,
    });
    leaf.channel = Some("CASH");
    leaf.appeal = Some("LULUT-2026");
    leaf.postings = vec![posting("CASH_ON_HAND", amount), posting("DONATION_RESTRICTED", -amount)];
    leaf
}

pub fn gift(code: &str, amount: i64) -> Vec<u8> {
    leaf("GIFT_CASH", code, amount).encode().unwrap().bytes
}

pub fn reversal(code: &str, of: &str, amount: i64) -> Vec<u8> {
    let mut leaf = leaf("REVERSAL", code, -amount);
    (leaf.of, leaf.reason) = (Some(of), Some("DUPLICATE"));
    leaf.encode().unwrap().bytes
}

/// What the log says of a key that joins it.
pub fn key_added(code: &str, vkey: &str) -> Vec<u8> {
    let mut leaf = leaf("KEY", code, 0);
    (leaf.key, leaf.reason, leaf.channel, leaf.appeal) = (Some(vkey), Some("ADDED"), None, None);
    leaf.postings.clear();
    leaf.encode().unwrap().bytes
}

pub fn erasure(code: &str, of: &str) -> Vec<u8> {
    let mut leaf = leaf("ERASURE", code, 0);
    leaf.of = Some(of);
    leaf.postings.clear();
    leaf.encode().unwrap().bytes
}

/// Openings of a gift that show these fields and no others, as the real receipts write them.
pub fn openings(shown: &[&str]) -> String {
    let fields = GIVER.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
    let opened = Opened::of(&Opening { secret: SECRET, fields }, |field| shown.contains(&field));
    serde_json::to_string(&opened).unwrap()
}
