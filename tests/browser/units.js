// What must hold of the portal's modules. `given` comes from the test; failures are left in `window.results`.

import * as v from "./verify.js";
import * as l from "./log.js";
import { differences } from "./check.js";

const { given } = window;
const results = [];
let ran = 0;

async function unit(name, work) {
  ran++;
  try {
    await work();
  } catch (error) {
    results.push(`${name}: ${error.stack ?? error}`);
  }
}

const equal = (a, b) => {
  if (JSON.stringify(a) !== JSON.stringify(b)) throw new Error(`${JSON.stringify(a)} is not ${JSON.stringify(b)}`);
};

/** It must be refused, with this code. */
async function refused(code, work) {
  let got = "nothing";
  try {
    await work();
  } catch (error) {
    got = error.code ?? error.stack;
  }
  equal(got, code);
}

const random = (length) => {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 151 + length * 7 + (i >> 3)) & 255;
  return bytes;
};

// ------------------------------------------------------------------ hashes

await unit("SHA-256 and SHA-512 of FIPS 180", () => {
  equal(v.hex(v.sha256()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  equal(v.hex(v.sha256(v.bytesOf("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  equal(v.hex(v.sha512(v.bytesOf("abc"))),
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
});

await unit("hashes agree with WebCrypto around every block border", async () => {
  if (!crypto.subtle) return;
  for (const length of [...Array(300).keys(), 4_095, 4_096, 70_000]) {
    const data = random(length);
    for (const [name, own] of [["SHA-256", v.sha256], ["SHA-512", v.sha512]]) {
      equal(v.hex(own(data)), v.hex(new Uint8Array(await crypto.subtle.digest(name, data))));
    }
  }
});

await unit("hashes of parts are hashes of the whole", () => {
  equal(v.hex(v.sha256(random(10), random(90))), v.hex(v.sha256(Uint8Array.of(...random(10), ...random(90)))));
});

await unit("HMAC of RFC 4231", () => {
  equal(v.hex(v.hmac(new Uint8Array(20).fill(0x0b), v.bytesOf("Hi There"))), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  equal(v.hex(v.hmac(v.bytesOf("Jefe"), v.bytesOf("what do ya want "), v.bytesOf("for nothing?"))),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
});

// ------------------------------------------------------------------ signatures

const RFC8032 = [
  ["d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"],
  ["3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"],
  ["fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"],
];

for (const [path, subtle] of [["the browser's own", crypto.subtle], ["the library", null]]) {
  await unit(`Ed25519 of RFC 8032, ${path}`, async () => {
    for (const [key, message, signature] of RFC8032.map((row) => row.map(v.unhex))) {
      equal(await v.ed25519(key, signature, message, subtle), true);
      equal(await v.ed25519(key, signature, random(3), subtle), false);
      for (const at of [0, 31, 32, 63]) {
        equal(await v.ed25519(key, signature.map((byte, i) => (i === at ? byte ^ 1 : byte)), message, subtle), false);
      }
      equal(await v.ed25519(key, signature.slice(1), message, subtle), false);
      equal(await v.ed25519(new Uint8Array(32).fill(255), signature, message, subtle), false);
    }
  });
}

// ------------------------------------------------------------------ text

await unit("one way to write bytes", async () => {
  for (const bad of ["A", "AA", "AAA", "AA=A", "AB==", "AAA=A", "A A=", "AA==\n", "-_==", "=", null, 7]) await refused("NOT_BASE64", () => v.unbase64(bad));
  for (const bad of ["A", "AB", "AA==", "+A", "AA\n"]) await refused("NOT_BASE64", () => v.unbase64url(bad));
  equal([...v.unbase64("AAE=")], [0, 1]);
  await refused("NOT_UTF8", () => v.textOf(Uint8Array.of(0xc3)));
  await refused("NOT_UTF8", () => v.textOf(Uint8Array.of(0xed, 0xa0, 0x80)));
  equal(v.textOf(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41)).length, 2);
  await refused("NOT_HEX", () => v.unhex("AA"));
});

await unit("keys", async () => {
  const published = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
  equal(v.parseVkey(published).name, "example.com/foo");
  equal(v.parseVkeys(`${published}\n${published} `).length, 2);
  await refused("VKEY_ID", () => v.parseVkey(published.replace("530d", "530e")));
  await refused("VKEY_ID", () => v.parseVkey(published.replace("foo", "fox")));
  await refused("VKEY_FORM", () => v.parseVkey("example.com/foo"));
  await refused("VKEY_TYPE", () => v.parseVkey(`a+00000000+${v.base64(new Uint8Array(33).fill(2))}`));
  await refused("VKEY_NAMES", () => v.parseVkeys(`${published} ${given.vkey}`));
  await refused("VKEY_FORM", () => v.parseVkeys(" "));
});

// ------------------------------------------------------------------ notes

const keys = v.parseVkeys(given.vkey);
const { good } = given.notes;

await unit("checkpoints that are signed and yet wrong", async () => {
  for (const [name, code] of [["longer", "CHECKPOINT_FORM"], ["zero", "CHECKPOINT_FORM"], ["huge", "TOO_LARGE"], ["other", "OTHER_ORIGIN"], ["root", "CHECKPOINT_FORM"], ["empty", "CHECKPOINT_FORM"]]) {
    await refused(code, () => v.openCheckpoint(given.notes[name], keys));
  }
});

await unit("notes that are not quite notes", async () => {
  equal((await v.openCheckpoint(good, keys)).size, 0);
  const line = good.slice(good.indexOf("\u2014"));
  equal((await v.openCheckpoint(`${good}\u2014 someone.example/else AAAAAAA=\n`, keys)).witnesses, ["someone.example/else"]);
  for (const bad of ["", "\n", good.trimEnd(), `${good}\n`, good.replace("\n\n", "\n"), good.replace("\u2014", "-"), good.replace("\n", "\r\n"),
    `${good}\u2014 x AAAA\n`, `${good}\u2014 a+b AAAAAAA=\n`, `${good}\u2014 x AAAAAAB=\n`, `${good}text\n`]) {
    const code = bad.includes("AAB=") ? "NOT_BASE64" : "NOTE_FORM";
    await refused(code, () => v.openCheckpoint(bad, keys));
  }
  await refused("NOT_SIGNED_BY_KEY", () => v.openCheckpoint(good.replace(line, "\u2014 someone.example/else AAAAAAA=\n"), keys));
  await refused("SIGNATURE_WRONG", () => v.openCheckpoint(good.replace("\n0\n", "\n1\n"), keys));
  await refused("NOTE_TOO_LONG", () => v.openCheckpoint(good + line.repeat(101), keys));
  await refused("NOTE_TOO_LONG", () => v.openCheckpoint("x".repeat(70_000), keys));
  const damaged = `${line.slice(0, -8)}${line.slice(-8) === "AAAAAAA\n" ? "B" : "A"}${line.slice(-7)}`;
  await refused("SIGNATURE_WRONG", () => v.openCheckpoint(good + damaged, keys));
});

// ------------------------------------------------------------------ trees

await unit("paths of tiles", () => {
  equal(l.tilePath(0, 5, 256), "tile/0/005");
  equal(l.tilePath(0, 1_234_067, 256), "tile/0/x001/x234/067");
  equal(l.tilePath("entries", 273, 112), "tile/entries/273.p/112");
  equal(l.tilePath(2, 0, 1), "tile/2/000.p/1");
  equal(l.tilePath(0, 1_000, 256), "tile/0/x001/000");
});

/** A log in memory: tiles cut from the hashes of leaves. */
class Memory extends l.Log {
  constructor(hashes) {
    super("");
    this.rows = [hashes];
  }
  async tile(level, n, size) {
    while (this.rows.length <= level) {
      const row = this.rows.at(-1);
      this.rows.push(Array.from({ length: Math.floor(row.length / 256) }, (_, i) => v.rootOf(row.slice(256 * i, 256 * i + 256))));
    }
    const have = Math.min(256, Math.floor(size / 256 ** level) - n * 256);
    return this.rows[level].slice(n * 256, n * 256 + have);
  }
}

const leaves = Array.from({ length: 515 }, (_, i) => v.leafHash(v.bytesOf(`leaf ${i}`)));
const memory = new Memory(leaves);
const SIZES = [...Array(18).keys(), 31, 32, 33, 64, 129, 255, 256, 257, 511, 512, 513, 515];

await unit("inclusion around every power of two", async () => {
  for (const size of SIZES.filter((size) => size > 0)) {
    const root = v.rootOf(leaves.slice(0, size));
    for (const index of new Set([0, 1, 2, 3, size >> 1, size - 2, size - 1].filter((i) => i >= 0 && i < size))) {
      const proof = await memory.inclusionProof(index, size);
      equal(v.hex(v.rootByInclusion(leaves[index], index, size, proof)), v.hex(root));
      if (index + 1 < size && v.hex(leaves[index + 1]) !== v.hex(leaves[index])) {
        let other = "";
        try { other = v.hex(v.rootByInclusion(leaves[index], index + 1, size, proof)); } catch (error) { equal(error.code, "PROOF_LENGTH"); }
        equal(other === v.hex(root), false);
      }
      await refused("PROOF_LENGTH", () => v.rootByInclusion(leaves[index], index, size, [...proof, root]));
      if (proof.length > 0) await refused("PROOF_LENGTH", () => v.rootByInclusion(leaves[index], index, size, proof.slice(1)));
    }
  }
  await refused("INDEX_OUTSIDE", () => v.rootByInclusion(leaves[0], 5, 5, []));
  await refused("INDEX_OUTSIDE", () => v.rootByInclusion(leaves[0], -1, 5, []));
  await refused("INDEX_OUTSIDE", () => v.rootByInclusion(leaves[0], 0.5, 5, []));
});

await unit("consistency around every power of two", async () => {
  const trees = new Map(SIZES.map((size) => [size, { size, root: v.rootOf(leaves.slice(0, size)) }]));
  const at = (size) => trees.get(size);
  for (const newer of SIZES) {
    for (const older of SIZES.filter((older) => older <= newer)) {
      const proof = older > 0 && older < newer ? await memory.consistencyProof(older, newer) : [];
      equal(v.isConsistent(at(older), at(newer), proof), true);
      equal(await memory.grewBetween(at(newer), at(older)), true);
      if (older > 0) {
        const other = { size: older, root: v.sha256(v.bytesOf("other")) };
        equal(v.isConsistent(other, at(newer), proof), false);
        equal(v.isConsistent(at(older), { size: newer, root: other.root }, proof), false);
      }
      equal(v.isConsistent(at(older), at(newer), [...proof, at(older).root]), false);
      if (proof.length > 0) equal(v.isConsistent(at(older), at(newer), proof.slice(1)), false);
    }
  }
});

// ------------------------------------------------------------------ leaves

const receipt = l.parseReceipt(given.receipt);
const leafText = v.textOf(receipt.leaf);

await unit("a leaf of the real encoder is read", () => {
  const { leaf, understood } = l.parseLeaf(receipt.leaf);
  equal([understood, leaf.entry, leaf.day, l.amountOf(leaf).toString()], [true, given.code, "2026-11-21", "1299"]);
  equal(differences({ amount: "1299", chapter: "23095", day: "2026-11-21", appeal: "LULUT-2026" }, leaf), []);
  equal(differences({ amount: "1300", channel: "SMS", unknown: "1" }, leaf).map(({ name }) => name), ["amount", "channel"]);
});

await unit("every kind shows its own sum", () => {
  const leaf = (kind, ...postings) => ({ kind, postings: postings.map(([account, amount]) => ({ account, fund: "GENERAL", amount: String(amount) })) });
  const shown = (of, original) => l.amountOf(of, original).toString();
  equal(shown(leaf("PAYMENT", ["AID_EXPENSE", 5], ["CASH_ON_HAND", -5])), "5");
  equal(shown(leaf("STOCK_ADJUSTMENT", ["GOODS_IN_STOCK", 5], ["LOSS", -5])), "-5");
  const [out, back] = [[["INTERCHAPTER", 5], ["CASH_ON_HAND", -5]], [["INTERCHAPTER", -5], ["CASH_ON_HAND", 5]]];
  equal([shown(leaf("TRANSFER_OUT", ...out)), shown(leaf("TRANSFER_IN", ...back))], ["5", "5"]);
  equal([shown(leaf("REVERSAL", ...back), "TRANSFER_OUT"), shown(leaf("REVERSAL", ...out), "TRANSFER_IN")], ["-5", "-5"]);
  equal(shown(leaf("REVERSAL", ["AID_EXPENSE", -5], ["CASH_ON_HAND", 5]), "PAYMENT"), "-5");
  equal(shown(leaf("REVERSAL", ["DONATION_RESTRICTED", 5], ["CASH_ON_HAND", -5])), "-5");
  const paid = { ...leaf("PAYMENT", ["AID_EXPENSE", 5], ["CASH_ON_HAND", -5]), category: "RICE" };
  equal(differences({ amount: "5", category: "RICE", postings: "AID_EXPENSE GENERAL 5; CASH_ON_HAND GENERAL -5" }, paid), []);
  equal(differences({ postings: "AID_EXPENSE GENERAL 6; CASH_ON_HAND GENERAL -6", count: "3" }, paid).map(({ name }) => name), ["postings", "count"]);
});

await unit("leaves with another encoding are refused", async () => {
  const encodings = [leafText.replace(",", ", "), leafText.replace("{", "{ "), `${leafText}\n`, leafText.replace('"v":1', '"v":1.0'),
    leafText.replace('"v":1', '"v":1e0'), leafText.replace('"v":1', '"v":01'), leafText.replace("CASH", "\\u0043ASH"),
    leafText.replace('"v":1', '"v":1,"v":1'), leafText.replace('{"appeal"', '{"z":1,"appeal"'), leafText.replace('"v":1', '"v":1.5'),
    leafText.replace('"v":1', '"v":9007199254740993'), leafText.replace('"v":1', '"v":-0'), `\ufeff${leafText}`,
    leafText.replace("LULUT", "U\\ud800"), leafText.replace("LULUT", "e\u0301"), leafText.replace('"v":1', `"v":1,"w":${"[".repeat(20)}${"]".repeat(20)}`)];
  for (const text of encodings) await refused("LEAF_FORM", () => l.parseLeaf(v.bytesOf(text)));
  for (const text of ["", "[]", "null", "7", '"x"', "{}", '{"v":0}', '{"v":"1"}', "{", "x".repeat(70_000)]) await refused("LEAF_FORM", () => l.parseLeaf(v.bytesOf(text)));
  for (const [from, to] of [[given.code, "x"], ["2026-11-21", "21/11/2026"], ['"-1299"', '"-0"'], ['"1299"', '"1.5"'], ['"1299"', '"0x1"'], ['"amount":"1299"', '"amount":1299']]) {
    await refused("LEAF_FORM", () => l.parseLeaf(v.bytesOf(leafText.replace(from, to))));
  }
  equal(l.parseLeaf(v.bytesOf('{"kind":"X","v":2}')).understood, false);
});

// ------------------------------------------------------------------ commitments

await unit("the published commitment and the real ones open", async () => {
  const secret = Uint8Array.from({ length: 32 }, (_, i) => i);
  const values = { channel_ref: "", memo: "Ủng hộ đồng bào", name: "Nguye\u0302\u0303n Va\u0306n A", phone: "", time: "2026-11-22T09:30:00+07:00" };
  const fields = Object.entries(values).map(([field, value]) => ({ field, value, salt: v.hex(v.hmac(secret, v.bytesOf(`salt\0${field}`))) }));
  const pd = "_oZL87iFiPKBOHXWdKEqeHnV5g8D46ybOXDSvtVDP8g";
  equal(l.openFields(pd, fields).length, 5);
  const hide = (f) => (f.field === "name" ? { field: "name", commitment: "df7f4d6b1b37b2b39c2e1125d4468f0457226e9967098431114fd85170abf867" } : f);
  equal(l.openFields(pd, fields.map(hide)).map(({ field }) => field), ["channel_ref", "memo", "phone", "time"]);
  const changed = (at, change) => fields.map((f, i) => (i === at ? { ...f, ...change } : f));
  await refused("OPENINGS_WRONG", () => l.openFields(pd, changed(1, { value: "ủng hộ" })));
  await refused("OPENINGS_WRONG", () => l.openFields(pd, changed(2, { salt: "00".repeat(32) })));
  await refused("OPENINGS_WRONG", () => l.openFields(pd, fields.slice(1)));
  equal(l.openFields(l.parseLeaf(receipt.leaf).leaf.pd, receipt.openings).map(({ value }) => value), ["Nguyễn Văn A", "0912345678"]);
  // One way to write them.
  const written = JSON.stringify({ v: 1, fields: fields.map(hide) });
  equal(l.parseOpenings(written).length, 5);
  const texts = ["", "null", "{}", "[]", "7", `${written} `, ` ${written}`, written.replace('"v":1', '"v":2'), written.replace('"memo"', '"nemo"'), written.replace("df7f", "DF7F"), written.replace("df7f", "df7"),
    written.replace("Ủng", "\\u1ee6ng"), written.replace('"v":1,', ""), written.replace('"fields":[', '"fields":[null,'), written.replace('"value":""', '"value":7'), written.replace('"value":"",', ""),
    JSON.stringify({ fields, v: 1 }), JSON.stringify({ v: 1, fields: [...fields].reverse() }), JSON.stringify({ v: 1, fields: changed(0, { commitment: "00".repeat(32) }) }), JSON.stringify({ v: 1, fields: changed(0, { more: 1 }) }), JSON.stringify({ v: 1, fields: [...fields, fields[0]] })];
  for (const text of texts) await refused("OPENINGS_FORM", () => l.parseOpenings(text));
});

// ------------------------------------------------------------------ receipts

await unit("a receipt proves its entry", async () => {
  equal((await l.verifyReceipt(receipt, keys)).size, 300);
});

await unit("no byte of a receipt can be changed", async () => {
  const text = given.receipt;
  const stop = text.indexOf("\n", text.indexOf("extra ")); // base64 of leaf and openings: every 7th; the rest: every one
  for (let at = 0; at < text.length; at += at > 30 && at < stop - 8 ? 7 : 1) {
    const changed = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
    let refusedWith = null;
    try {
      const read = l.parseReceipt(changed);
      await l.verifyReceipt(read, keys);
      const { leaf } = l.parseLeaf(read.leaf);
      l.openFields(leaf.pd, read.openings);
    } catch (error) {
      refusedWith = error.code ?? null;
      if (refusedWith === null) throw error;
    }
    if (refusedWith === null) throw new Error(`byte ${at} (${text[at]}) may be changed`);
  }
});

await unit("no byte of a leaf can be changed, of whatever kind", async () => {
  for (const [kind, text] of given.kinds) {
    const read = l.parseReceipt(text);
    const { size, root } = await l.verifyReceipt(read, keys);
    const { leaf, understood } = l.parseLeaf(read.leaf);
    equal([leaf.kind, understood], [kind, true]);
    const changed = (at) => read.leaf.map((byte, i) => (i === at ? byte ^ (1 << at % 8) : byte));
    const holds = (bytes) => v.same(v.rootByInclusion(v.leafHash(bytes), read.index, size, read.proof), root);
    equal(holds(read.leaf), true);
    for (let at = 0; at < read.leaf.length; at++) {
      if (holds(changed(at))) throw new Error(`${kind}: byte ${at} may be changed`);
    }
    // All of the check, in the value of every field in turn.
    for (const { index } of v.textOf(read.leaf).matchAll(/:"?./g)) {
      await refused("NOT_IN_LOG", () => l.verifyReceipt({ ...read, leaf: changed(index + 2) }, keys));
    }
  }
});

await unit("files that are no receipts", async () => {
  const text = given.receipt;
  for (const bad of ["", "x", "\n\n", text.slice(1), text.replace("@v1", "@v2"), text.replace("index 299", "index 0299"), text.replace("index 299", "index -1"),
    text.replace("index 299", "index 1e2"), text.replace("index 299", "index 9999999999999"), text.replace("extra ", "extra"), text.replace(/extra .*\n/, ""), text.replaceAll("\n", "\r\n")]) {
    await refused("RECEIPT_FORM", () => l.parseReceipt(bad));
  }
  await refused("RECEIPT_TOO_LONG", () => l.parseReceipt("x".repeat(600_000)));
  await refused("OPENINGS_FORM", () => l.parseReceipt(text.replace(/extra .*/, `extra ${btoa("{}\n{")}`)));
  await refused("RECEIPT_FORM", () => l.parseReceipt(text.replace("index 299\n", `index 299\n${"AAAA\n".repeat(2)}`)));
  await refused("NOT_IN_LOG", () => l.verifyReceipt({ ...receipt, leaf: v.bytesOf(leafText.replace("1299", "1298")) }, keys));
});

// ------------------------------------------------------------------ the log over HTTP

const log = new l.Log("/log");
const newest = await log.checkpoint(keys);

await unit("the newest checkpoint", () => equal([newest.size, newest.origin, newest.when], [given.size, "ledger.example.vn/log1", null]));

await unit("leaves all over a large log are proved", async () => {
  for (const index of [0, 255, 256, 65_535, 65_536, 65_791, 65_792, given.size - 1].filter((index) => index < given.size)) {
    const { leaf } = await log.provedLeaf(index, newest);
    equal(l.amountOf(leaf).toString(), String(1_000 + index));
  }
  await refused("INDEX_OUTSIDE", () => log.provedLeaf(given.size, newest));
  await refused("INDEX_OUTSIDE", () => log.provedLeaf(null, newest));
  await refused("NOT_IN_LOG", () => log.provedLeaf(5, { ...newest, root: newest.root.map((byte) => byte ^ 1) }));
});

await unit("the log grew from every older checkpoint", async () => {
  for (const note of given.older) {
    const older = await v.openCheckpoint(note, keys);
    equal(await log.grewBetween(older, newest), true);
    equal(await log.grewBetween(newest, { ...older, root: older.root.map((byte) => byte ^ 128) }), false);
  }
});

await unit("all later leaves can be read and none held back", async () => {
  equal(await log.leavesAbout(given.code, given.size - 700, newest), []);
  await refused("NOT_IN_LOG", () => log.leavesAbout(given.code, given.size - 700, { ...newest, root: newest.root.map((byte) => byte ^ 1) }));
});

await unit("what is not there", async () => {
  try {
    await new l.Log("/nothing").checkpoint(keys);
  } catch (error) {
    return equal([error instanceof l.Unreachable, error.status], [true, 404]);
  }
  throw new Error("found");
});

window.ran = ran;
window.results = results;
