//! A log as the product would write it, made by its own core: leaves of all kinds, tiles, bundles, checkpoint, receipts.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use so_nhan_ai_proof::code::PublicCode;
use so_nhan_ai_proof::commitment::{self, Opening, Secret};
use so_nhan_ai_proof::note::Signer;
use so_nhan_ai_proof::receipt::{Opened, Receipt};
use so_nhan_ai_proof::tiles::{Of, Piece, write_bundle};
use so_nhan_ai_proof::tree::{Hashes, Head, MAX_LEVEL, MemoryTiles, TILE_WIDTH, prove_inclusion, root_at};
use so_nhan_ai_proof::{checkpoint, tree};

/// The log's name and, from the seed below, its key: a vector that other implementations know.
pub const ORIGIN: &str = "ledger.example.vn/log1";
pub const VKEY: &str = "ledger.example.vn/log1+68c7249f+ARl/ayPhbIUyxqvIOPrNXqeJvgx2spIDNAOb+os9No1h";

pub fn signer() -> Signer {
    Signer::new(ORIGIN, &[0x2a; 32]).unwrap()
}

/// What an entry is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Make {
    Cash(i64),
    Goods(i64),
    /// Of the entry at this index.
    Reversal(usize),
    Erasure(usize),
}

struct Made {
    what: Make,
    code: String,
    secret: Secret,
}

/// See the module.
#[derive(Default)]
pub struct Sample {
    made: Vec<Made>,
    pub leaves: Vec<Vec<u8>>,
    pub tiles: MemoryTiles,
}

const APPEALS: [&str; 2] = ["LULUT-2026", "BAO13"];
const CHAPTERS: [(&str, &str); 3] = [("23095", "68"), ("68", "68"), ("00004", "01")];

fn fields() -> Vec<(&'static str, &'static str)> {
    vec![
        ("channel_ref", ""),
        ("memo", "Ủng hộ \"đồng bào\"\t\\ ✓\u{1}"),
        ("name", "Nguyễn Văn A"),
        ("phone", "0912345678"),
        ("time", "2026-11-22T09:30:00+07:00"),
    ]
}

impl Sample {
    /// A log of `size` entries: mostly gifts, every fiftieth a reversal, now and then an erasure.
    pub fn of(size: usize) -> Self {
        let mut sample = Self::default();
        for i in 0..size {
            let what = match i % 100 {
                49 | 99 => Make::Reversal(i - 7),
                70 => Make::Erasure(i - 20),
                n if n % 10 == 3 => Make::Goods(1_500 + i as i64),
                _ => Make::Cash(1_000 * (1 + i as i64 % 900)),
            };
            sample.push(what);
        }
        sample
    }

    pub fn push(&mut self, what: Make) {
        let (code, secret) = (PublicCode::random().unwrap(), commitment::secret().unwrap());
        let leaf = self.leaf(what, code.as_str(), &secret);
        self.made.push(Made { what, code: code.as_str().to_owned(), secret });
        self.push_leaf(leaf);
    }

    /// Any bytes as the next leaf.
    pub fn push_leaf(&mut self, bytes: Vec<u8>) {
        self.tiles.append([tree::leaf_hash(&bytes)]);
        self.leaves.push(bytes);
    }

    pub fn code(&self, index: usize) -> &str {
        &self.made[index].code
    }

    /// The original's index and amount behind an entry with money.
    fn money(&self, what: Make, index: usize) -> (usize, i64, bool) {
        match what {
            Make::Cash(amount) => (index, amount, false),
            Make::Goods(amount) => (index, amount, true),
            Make::Reversal(of) => {
                let (origin, amount, goods) = self.money(self.made[of].what, of);
                (origin, -amount, goods)
            }
            Make::Erasure(_) => (index, 0, false),
        }
    }

    /// The leaf of a new entry with this code.
    fn leaf(&self, what: Make, code: &str, secret: &Secret) -> Vec<u8> {
        let (origin, amount, is_goods) = self.money(what, self.made.len());
        let appeal = APPEALS[origin % 7 % 2];
        let (chapter, province) = CHAPTERS[origin % 3];
        let (kind, account, channel) = match (what, is_goods) {
            (Make::Cash(_), _) => ("GIFT_CASH", "CASH_ON_HAND", "CASH"),
            (Make::Goods(_), _) => ("GIFT_IN_KIND", "GOODS_IN_STOCK", "IN_KIND"),
            (Make::Reversal(_), true) => ("REVERSAL", "GOODS_IN_STOCK", "IN_KIND"),
            (Make::Reversal(_), false) => ("REVERSAL", "CASH_ON_HAND", "CASH"),
            (Make::Erasure(_), _) => ("ERASURE", "", ""),
        };
        let committed = if kind == "ERASURE" { Vec::new() } else { fields() };
        let pd = URL_SAFE_NO_PAD.encode(commitment::commit(secret, &committed));
        let mut leaf = json!({"v": 1, "kind": kind, "entry": code, "chapter": chapter, "province": province, "day": "2026-11-22",
                              "booked": "2026-11-22", "postings": [], "pd": pd});
        if amount != 0 {
            let posting = |account: &str, amount: i64| json!({"account": account, "fund": format!("APPEAL:{appeal}"), "amount": amount.to_string()});
            leaf["postings"] = json!([posting(account, amount), posting("DONATION_RESTRICTED", -amount)]);
            leaf["appeal"] = appeal.into();
            leaf["channel"] = channel.into();
        }
        match what {
            Make::Cash(_) => {}
            Make::Goods(value) => {
                let value = value.to_string();
                leaf["goods"] =
                    json!([{"item": "RICE", "qty": "100.5", "unit": "KG", "value": value, "valuation": "MARKET_PRICE"}]);
            }
            Make::Reversal(of) => {
                leaf["of"] = self.code(of).into();
                leaf["reason"] = "DUPLICATE".into();
            }
            Make::Erasure(of) => leaf["of"] = self.code(of).into(),
        }
        serde_json_canonicalizer::to_vec(&leaf).unwrap()
    }

    pub fn head(&mut self, size: u64) -> Head {
        Head { size, root: root_at(&mut self.tiles, size).unwrap() }
    }

    /// The signed checkpoint of a size, with a line of a witness nobody knows.
    pub fn checkpoint(&mut self, size: u64) -> String {
        let witness = Signer::new("witness.example.vn/w1", &[9; 32]).unwrap();
        checkpoint::sign(ORIGIN, &self.head(size), &[witness, signer()])
    }

    /// Writes everything a server serves for a size.
    pub fn write(&mut self, folder: &Path, size: u64) {
        let put = |path: &str, bytes: &[u8]| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        for of in [Of::Entries].into_iter().chain((0..=MAX_LEVEL).map(Of::Hashes)) {
            for n in 0..of.count(size).div_ceil(TILE_WIDTH) {
                let piece = Piece::at(of, n, size).unwrap();
                let first = (n * TILE_WIDTH) as usize;
                let bytes = match of {
                    Of::Entries => {
                        write_bundle(self.leaves[first..first + usize::from(piece.width)].iter().map(Vec::as_slice)).unwrap()
                    }
                    Of::Hashes(level) => self.tiles.hashes(level, n, 0..u64::from(piece.width)).unwrap().concat(),
                };
                put(&piece.path(), &bytes);
            }
        }
        put("checkpoint", self.checkpoint(size).as_bytes());
    }

    /// The receipt of an entry out of the log as it was at a size; private: with the giver's name and memo.
    pub fn receipt(&mut self, index: usize, size: u64, private: bool) -> String {
        let fields = fields().into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let opening = Opening { secret: self.made[index].secret, fields: fields.collect() };
        let proof = prove_inclusion(&mut self.tiles, index as u64, size).unwrap().unwrap();
        let opened = private.then(|| Opened::of(&opening, |field| ["name", "memo"].contains(&field)));
        let receipt =
            Receipt { leaf: self.leaves[index].clone(), opened, index: index as u64, proof, checkpoint: self.checkpoint(size) };
        receipt.text().unwrap()
    }
}

/// A folder that goes away again.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("sna-outside-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Flips one bit of a file.
pub fn damage(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}
