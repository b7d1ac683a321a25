// The public log, checked by the reader's own machine. No dependency but noble-ed25519.js, and that only where the
// browser itself has no Ed25519. Nothing here touches a page or knows a language.
//
// Formats (C2SP): signed note and checkpoint, tlog-tiles, tlog-proof; hashing as in RFC 6962; leaves are RFC 8785 JSON.
// Invariants: every reader is strict (one meaning, one encoding) and refuses with a code; every length has a limit;
// nothing a server sends is believed until a signature, a root or a commitment says the same.
//
// Hashes are computed here and not by WebCrypto: that is absent on plain http and from files on disk, it is slower for
// thousands of small inputs, and one path is tested better than two.

export const LIMITS = Object.freeze({
  size: 2 ** 40, // entries in a log
  leaf: 65_535, // bytes
  note: 65_536, // bytes of a checkpoint with its signatures
  signatures: 64,
  receipt: 524_288, // bytes of a receipt file
  proof: 40, // hashes
  depth: 16, // of JSON in a leaf
});

/** What was read is not what it should be; `code` says what is wrong, `detail` where. */
export class Refused extends Error {
  constructor(code, detail = "") {
    super(detail === "" ? code : `${code}: ${detail}`);
    this.code = code;
    this.detail = String(detail);
  }
}

export function must(condition, code, detail) {
  if (!condition) throw new Refused(code, detail);
}

// ------------------------------------------------------------------ bytes and text

export const bytesOf = (text) => new TextEncoder().encode(text);

/** UTF-8, strictly. A byte order mark is a character like any other. */
export function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused("NOT_UTF8");
  }
}

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function unhex(text) {
  must(/^([0-9a-f]{2})*$/.test(text), "NOT_HEX");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** Standard base64 with padding; any other way of writing the same bytes is refused. */
export function unbase64(text) {
  must(typeof text === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, "NOT_BASE64");
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  must(base64(bytes) === text, "NOT_BASE64");
  return bytes;
}

/** base64url without padding, as leaves write 32 bytes. */
export function unbase64url(text) {
  must(typeof text === "string" && /^[A-Za-z0-9_-]*$/.test(text), "NOT_BASE64");
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  return unbase64(standard + "=".repeat((4 - (standard.length % 4)) % 4));
}

export const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

export function joined(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

// ------------------------------------------------------------------ SHA-2 (FIPS 180-4)

/** The constants of SHA-2: 64 bits behind the point of the n-th roots of the first primes. */
function fractionsOfRoots(n, count) {
  const found = [];
  for (let prime = 2n; found.length < count; prime++) {
    let isPrime = true;
    for (let d = 2n; d * d <= prime; d++) if (prime % d === 0n) isPrime = false;
    if (!isPrime) continue;
    let root = 0n;
    for (let bit = 1n << 67n; bit > 0n; bit >>= 1n) {
      if ((root | bit) ** n <= prime << (64n * n)) root |= bit;
    }
    found.push(BigInt.asUintN(64, root));
  }
  return found;
}

const K512 = fractionsOfRoots(3n, 80);
const H512 = fractionsOfRoots(2n, 8);
const K256 = Int32Array.from(K512.slice(0, 64), (k) => Number(k >> 32n));
const H256 = Int32Array.from(H512, (h) => Number(h >> 32n));

/** The message with its padding, as whole blocks. */
function blocks(parts, blockBytes) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const lengthBytes = blockBytes / 8;
  const padded = new Uint8Array(Math.ceil((length + 1 + lengthBytes) / blockBytes) * blockBytes);
  padded.set(joined(parts));
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(padded.length - 4, (length * 8) % 2 ** 32);
  return view;
}

export function sha256(...parts) {
  const data = blocks(parts, 64);
  const h = Int32Array.from(H256);
  const w = new Int32Array(64);
  const turned = (x, by) => (x >>> by) | (x << (32 - by));
  for (let start = 0; start < data.byteLength; start += 64) {
    for (let t = 0; t < 16; t++) w[t] = data.getInt32(start + 4 * t);
    for (let t = 16; t < 64; t++) {
      const s0 = turned(w[t - 15], 7) ^ turned(w[t - 15], 18) ^ (w[t - 15] >>> 3);
      const s1 = turned(w[t - 2], 17) ^ turned(w[t - 2], 19) ^ (w[t - 2] >>> 10);
      w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    let [a, b, c, d, e, f, g, i] = h;
    for (let t = 0; t < 64; t++) {
      const s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const t1 = (i + s1 + ((e & f) ^ (~e & g)) + K256[t] + w[t]) | 0;
      const s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [i, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
    }
    [a, b, c, d, e, f, g, i].forEach((value, n) => (h[n] += value));
  }
  const out = new DataView(new ArrayBuffer(32));
  h.forEach((word, n) => out.setInt32(4 * n, word));
  return new Uint8Array(out.buffer);
}

/** For Ed25519 where the browser has none. Slow, and used for one short message. */
export function sha512(...parts) {
  const data = blocks(parts, 128);
  const h = BigUint64Array.from(H512);
  const w = new BigUint64Array(80);
  const turned = (x, by) => (x >> by) | BigInt.asUintN(64, x << (64n - by));
  for (let start = 0; start < data.byteLength; start += 128) {
    for (let t = 0; t < 16; t++) w[t] = data.getBigUint64(start + 8 * t);
    for (let t = 16; t < 80; t++) {
      const s0 = turned(w[t - 15], 1n) ^ turned(w[t - 15], 8n) ^ (w[t - 15] >> 7n);
      const s1 = turned(w[t - 2], 19n) ^ turned(w[t - 2], 61n) ^ (w[t - 2] >> 6n);
      w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    let [a, b, c, d, e, f, g, i] = h;
    for (let t = 0; t < 80; t++) {
      const s1 = turned(e, 14n) ^ turned(e, 18n) ^ turned(e, 41n);
      const t1 = i + s1 + ((e & f) ^ (BigInt.asUintN(64, ~e) & g)) + K512[t] + w[t];
      const s0 = turned(a, 28n) ^ turned(a, 34n) ^ turned(a, 39n);
      const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      [i, g, f, e, d, c, b, a] = [g, f, e, BigInt.asUintN(64, d + t1), c, b, a, BigInt.asUintN(64, t1 + t2)];
    }
    [a, b, c, d, e, f, g, i].forEach((value, n) => (h[n] += value));
  }
  const out = new DataView(new ArrayBuffer(64));
  h.forEach((word, n) => out.setBigUint64(8 * n, word));
  return new Uint8Array(out.buffer);
}

/** HMAC-SHA-256 with a key of at most 64 bytes. */
export function hmac(key, ...parts) {
  const block = new Uint8Array(64);
  block.set(key);
  return sha256(block.map((byte) => byte ^ 0x5c), sha256(block.map((byte) => byte ^ 0x36), ...parts));
}

// ------------------------------------------------------------------ Ed25519

/** Whether the signature is good. `subtle` is a parameter so that the fallback can be tested. */
export async function ed25519(key, signature, message, subtle = globalThis.crypto?.subtle) {
  if (signature.length !== 64 || key.length !== 32) return false;
  try {
    const known = await subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    return await subtle.verify({ name: "Ed25519" }, known, signature, message);
  } catch {
    // No WebCrypto (plain http), no Ed25519 in it (before 2025), or not a key: the library decides.
    const noble = await import("./noble-ed25519.js");
    noble.etc.sha512Sync = sha512;
    return noble.verify(signature, message, key, { zip215: false });
  }
}

// ------------------------------------------------------------------ keys, notes, checkpoints

/** `name+hex8+base64(type ‖ public key)`; only Ed25519 (type 1). */
export function parseVkey(text) {
  const [, name, id, material] = /^([^+\s]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,200})$/.exec(text.trim()) ?? [];
  must(name, "VKEY_FORM");
  const typed = unbase64(material);
  must(typed.length === 33 && typed[0] === 1, "VKEY_TYPE");
  must(hex(sha256(bytesOf(`${name}\n`), typed).slice(0, 4)) === id, "VKEY_ID");
  return { name, id, key: typed.slice(1), text: text.trim() };
}

/** One or more keys, one a line: while a key is replaced, two are good. */
export function parseVkeys(text) {
  const keys = text.split(/\s+/).filter(Boolean).map(parseVkey);
  must(keys.length >= 1 && keys.length <= 8, "VKEY_FORM");
  must(keys.every((key) => key.name === keys[0].name), "VKEY_NAMES");
  return keys;
}

function parseNote(note) {
  must(bytesOf(note).length <= LIMITS.note, "NOTE_TOO_LONG");
  must(!/[\u0000-\u0009\u000b-\u001f\u007f]/.test(note), "NOTE_FORM");
  const end = note.lastIndexOf("\n\n");
  must(end >= 0 && note.endsWith("\n"), "NOTE_FORM");
  const lines = note.slice(end + 2, -1).split("\n");
  must(lines.length <= LIMITS.signatures, "NOTE_TOO_LONG");
  const signatures = lines.map((line) => {
    const [, name, blob] = /^\u2014 ([^+\s]+) ([A-Za-z0-9+/=]+)$/.exec(line) ?? [];
    must(name, "NOTE_FORM");
    const bytes = unbase64(blob);
    must(bytes.length > 4, "NOTE_FORM");
    return { name, id: hex(bytes.slice(0, 4)), signature: bytes.slice(4) };
  });
  return { text: note.slice(0, end + 1), signatures };
}

/** A number as the formats write it: decimal, no leading zero. */
function parseCount(text, code) {
  must(/^(0|[1-9][0-9]{0,15})$/.test(text), code);
  const count = Number(text);
  must(count <= LIMITS.size, "TOO_LARGE", text);
  return count;
}

/** Reads a checkpoint and believes it only when one of the keys signed it. */
export async function openCheckpoint(note, keys) {
  const { text, signatures } = parseNote(note);
  const ours = signatures.filter(({ name, id }) => keys.some((key) => key.name === name && key.id === id));
  must(ours.length > 0, "NOT_SIGNED_BY_KEY");
  for (const { name, id, signature } of ours) {
    const { key } = keys.find((known) => known.name === name && known.id === id);
    must(await ed25519(key, signature, bytesOf(text)), "SIGNATURE_WRONG");
  }
  const [origin, size, root, ...rest] = text.slice(0, -1).split("\n");
  must(rest.length === 0 && root !== undefined, "CHECKPOINT_FORM");
  must(origin === keys[0].name, "OTHER_ORIGIN", origin);
  const checkpoint = { origin, size: parseCount(size, "CHECKPOINT_FORM"), root: unbase64(root), note };
  must(checkpoint.root.length === 32, "CHECKPOINT_FORM");
  must(checkpoint.size > 0 || same(checkpoint.root, sha256()), "CHECKPOINT_FORM");
  return { ...checkpoint, witnesses: signatures.filter((one) => !ours.includes(one)).map(({ name }) => name) };
}

// ------------------------------------------------------------------ the tree (RFC 6962)

export const leafHash = (leaf) => sha256(Uint8Array.of(0), leaf);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);
const half = (n) => Math.floor(n / 2);

/** The largest power of two below n (n ≥ 2). */
export function split(n) {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The root over a list of hashes. */
export function rootOf(hashes) {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0];
  const k = split(hashes.length);
  return nodeHash(rootOf(hashes.slice(0, k)), rootOf(hashes.slice(k)));
}

/** The root that a proof leads to from a leaf at `index` of a tree of `size` leaves. */
export function rootByInclusion(leaf, index, size, proof) {
  must(Number.isSafeInteger(index) && index >= 0 && index < size, "INDEX_OUTSIDE");
  let [fn, sn, root] = [index, size - 1, leaf];
  for (const hash of proof) {
    must(sn > 0, "PROOF_LENGTH");
    if (fn % 2 === 1 || fn === sn) {
      root = nodeHash(hash, root);
      while (fn % 2 === 0 && fn > 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      root = nodeHash(root, hash);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  must(sn === 0, "PROOF_LENGTH");
  return root;
}

/** Whether the tree of `newer` begins with all leaves of the tree of `older`. */
export function isConsistent(older, newer, proof) {
  if (older.size === newer.size) return proof.length === 0 && same(older.root, newer.root);
  if (older.size > newer.size) return false;
  if (older.size === 0) return proof.length === 0 && same(older.root, sha256());
  const isPowerOfTwo = older.size === 1 || split(older.size) * 2 === older.size;
  const [first, ...rest] = isPowerOfTwo ? [older.root, ...proof] : proof;
  if (first === undefined) return false;
  let [fn, sn, old, root] = [older.size - 1, newer.size - 1, first, first];
  while (fn % 2 === 1) [fn, sn] = [half(fn), half(sn)];
  for (const hash of rest) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      [old, root] = [nodeHash(hash, old), nodeHash(hash, root)];
      while (fn % 2 === 0 && fn > 0) [fn, sn] = [half(fn), half(sn)];
    } else {
      root = nodeHash(root, hash);
    }
    [fn, sn] = [half(fn), half(sn)];
  }
  return sn === 0 && same(old, older.root) && same(root, newer.root);
}
