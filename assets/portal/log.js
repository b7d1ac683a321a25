// What stands in the public log and how it is fetched: leaves, the commitment to personal fields, receipt files, tiles.

import {
  LIMITS, Refused, bytesOf, hex, hmac, isConsistent, joined, leafHash, must, openCheckpoint, rootByInclusion, rootOf, same,
  sha256, split, textOf, unbase64, unbase64url, unhex,
} from "./verify.js";

// ------------------------------------------------------------------ leaves

/** RFC 8785 for what leaves may hold: no fractions, nothing above 2^53, strings in NFC. */
function canonical(value, depth = 0) {
  must(depth <= LIMITS.depth, "LEAF_FORM", "depth");
  if (typeof value === "string") {
    must(!/\p{Surrogate}/u.test(value) && value.normalize("NFC") === value, "LEAF_FORM", "string");
    return JSON.stringify(value);
  }
  if (typeof value === "number") {
    must(Number.isSafeInteger(value), "LEAF_FORM", "number");
    return String(value);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(",")}]`;
  const members = Object.keys(value).sort(); // by UTF-16 code units, as the RFC wants
  return `{${members.map((name) => `${canonical(name, depth)}:${canonical(value[name], depth + 1)}`).join(",")}}`;
}

const isList = (value, item) => Array.isArray(value) && value.length <= 1_000 && value.every(item);
const isAmount = (value) => typeof value === "string" && /^(0|-?[1-9][0-9]{0,18})$/.test(value);
const isPosting = (p) => typeof p?.account === "string" && typeof p.fund === "string" && isAmount(p.amount);

/** A leaf from its bytes. A leaf of a later version is returned as it is, with `understood` false. */
export function parseLeaf(bytes) {
  must(bytes.length <= LIMITS.leaf, "LEAF_FORM", "length");
  const text = textOf(bytes);
  let leaf;
  try {
    leaf = JSON.parse(text);
  } catch {
    throw new Refused("LEAF_FORM", "JSON");
  }
  must(leaf !== null && typeof leaf === "object" && !Array.isArray(leaf), "LEAF_FORM", "object");
  must(canonical(leaf) === text, "LEAF_FORM", "RFC 8785");
  must(Number.isSafeInteger(leaf.v) && leaf.v >= 1, "LEAF_FORM", "v");
  if (leaf.v !== 1) return { leaf, understood: false };
  for (const name of ["kind", "entry", "pd"]) must(typeof leaf[name] === "string", "LEAF_FORM", name);
  const texts = ["chapter", "province", "day", "booked", "channel", "appeal", "of", "reason", "event", "period", "key", "doc", "to", "category", "list", "root"];
  for (const name of texts) must(leaf[name] === undefined || typeof leaf[name] === "string", "LEAF_FORM", name);
  must(leaf.count === undefined || Number.isSafeInteger(leaf.count), "LEAF_FORM", "count");
  must(/^[0-9A-HJKMNP-TV-Z]{16}[0-9A-HJKMNP-Z]$/.test(leaf.entry), "LEAF_FORM", "entry");
  must([leaf.day, leaf.booked].every((day) => /^\d{4}-\d\d-\d\d$/.test(day ?? "2026-01-01")), "LEAF_FORM", "day");
  must(unbase64url(leaf.pd).length === 32, "LEAF_FORM", "pd");
  must(isList(leaf.postings, isPosting), "LEAF_FORM", "postings");
  return { leaf, understood: true };
}

const DONATIONS = ["DONATION_RESTRICTED", "DONATION_UNRESTRICTED"];
/** By kind: what a leaf is shown with as its amount, and with which sign; of all other kinds it is what was debited. */
const SHOWN = {
  GIFT_CASH: [-1n, DONATIONS],
  GIFT_BANK: [-1n, DONATIONS],
  GIFT_IN_KIND: [-1n, DONATIONS],
  GIFT_AGGREGATE: [-1n, DONATIONS],
  OPENING_BALANCE: [-1n, ["FUND_BALANCE"]],
  TRANSFER_OUT: [1n, ["INTERCHAPTER"]],
  TRANSFER_IN: [-1n, ["INTERCHAPTER"]],
  TRANSFER_RETURN: [-1n, ["INTERCHAPTER"]],
  STOCK_ADJUSTMENT: [1n, ["LOSS"]],
  CASH_COUNT_DIFFERENCE: [1n, ["LOSS"]],
  FUND_RELEASE: [-1n, ["INTERFUND"]],
};

/**
 * The amount a leaf is shown with, by its kind; a reversal's by the kind of what it takes back, `original`, and below zero.
 * Where that is not known: what was received or, where nothing was, what came to the fund's balance.
 */
export function amountOf(leaf, original = null) {
  const sum = ([sign, wanted]) =>
    leaf.postings.filter(({ account }) => wanted.includes(account)).reduce((sum, { amount }) => sum + sign * BigInt(amount), 0n);
  const kind = leaf.kind === "REVERSAL" ? original : leaf.kind;
  if (kind in SHOWN) return sum(SHOWN[kind]);
  if (kind === null) return sum([-1n, leaf.postings.some(({ account }) => DONATIONS.includes(account)) ? DONATIONS : ["FUND_BALANCE"]]);
  const debits = leaf.postings.map(({ amount }) => BigInt(amount)).filter((amount) => amount > 0n).reduce((sum, amount) => sum + amount, 0n);
  return leaf.kind === "REVERSAL" ? -debits : debits;
}

/** The postings of a leaf in one line, as its page marks them. */
export const postingsOf = (leaf) => leaf.postings.map(({ account, fund, amount }) => `${account} ${fund} ${amount}`).join("; ");

// ------------------------------------------------------------------ personal fields

/** Behind the commitment of a gift, in this order; part of leaf v1. A hidden field does not show its name otherwise. */
const GIVER_FIELDS = ["channel_ref", "memo", "name", "phone", "time"];

/** Reads openings: each field of a gift with its value and salt, or with its commitment alone. One way to write them. */
export function parseOpenings(text) {
  let read;
  try {
    read = JSON.parse(text);
  } catch {
    throw new Refused("OPENINGS_FORM", "JSON");
  }
  const shown = Array.isArray(read?.fields) ? read.fields : [];
  const fields = GIVER_FIELDS.map((field, i) => {
    const { value, salt, commitment } = shown[i] ?? {};
    if (commitment === undefined) {
      must(typeof value === "string" && is32(salt), "OPENINGS_FORM", field);
      return { field, value, salt };
    }
    must(is32(commitment), "OPENINGS_FORM", field);
    return { field, commitment };
  });
  must(JSON.stringify({ v: 1, fields }) === text, "OPENINGS_FORM");
  return fields;
}

const is32 = (text) => typeof text === "string" && /^[0-9a-f]{64}$/.test(text);

/** Compares openings with the commitment `pd` of a leaf; returns the fields that are shown. */
export function openFields(pd, fields) {
  const commitments = fields.map(({ field, value, salt, commitment }) => commitment !== undefined
    ? unhex(commitment)
    : hmac(unhex(salt), bytesOf(`ledger/pd/v1\0${field}\0`), bytesOf(value.normalize("NFC"))));
  const set = sha256(bytesOf("ledger/pd-set/v1\0"), Uint8Array.of(commitments.length), ...commitments);
  must(same(set, unbase64url(pd)), "OPENINGS_WRONG");
  return fields.filter(({ value }) => value !== undefined).map(({ field, value }) => ({ field, value }));
}

// ------------------------------------------------------------------ receipt files

/**
 * A `.tlog-proof` file whose `extra` holds the leaf's bytes and, behind a line break, the openings. Only its form is
 * read here: nothing in it is proved yet.
 */
export function parseReceipt(text) {
  must(text.length <= LIMITS.receipt, "RECEIPT_TOO_LONG");
  const end = text.indexOf("\n\n");
  must(end >= 0 && text.startsWith("c2sp.org/tlog-proof@v1\n"), "RECEIPT_FORM");
  const [, extraLine, indexLine, ...proof] = text.slice(0, end).split("\n");
  must(extraLine?.startsWith("extra ") && indexLine?.startsWith("index "), "RECEIPT_FORM");
  const index = indexLine.slice(6);
  must(/^(0|[1-9][0-9]{0,12})$/.test(index) && Number(index) < LIMITS.size, "RECEIPT_FORM", "index");
  must(proof.length <= LIMITS.proof, "RECEIPT_FORM", "proof");
  const hashes = proof.map(unbase64);
  must(hashes.every((hash) => hash.length === 32), "RECEIPT_FORM", "proof");
  const extra = unbase64(extraLine.slice(6));
  const stop = extra.indexOf(10);
  const leaf = stop < 0 ? extra : extra.slice(0, stop);
  const openings = stop < 0 ? null : parseOpenings(textOf(extra.slice(stop + 1)));
  return { index: Number(index), proof: hashes, leaf, openings, note: text.slice(end + 2) };
}

/** Everything a receipt proves by itself: a signed log with this leaf in it. */
export async function verifyReceipt(receipt, keys) {
  const checkpoint = await openCheckpoint(receipt.note, keys);
  const root = rootByInclusion(leafHash(receipt.leaf), receipt.index, checkpoint.size, receipt.proof);
  must(same(root, checkpoint.root), "NOT_IN_LOG");
  return checkpoint;
}

// ------------------------------------------------------------------ the log over HTTP (tlog-tiles)

/** Nobody answered, or not with what was asked for. `status` is 0 without an answer and 200 when it was something else. */
export class Unreachable extends Error {
  constructor(status, path) {
    super(`${status} ${path}`);
    this.status = status;
  }
}

/** `tile/<L>/<N>[.p/<W>]`; the level of entry bundles is `entries`. */
export function tilePath(level, n, width) {
  const groups = [];
  for (let rest = n; groups.length === 0 || rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`${groups.length === 0 ? "" : "x"}${String(rest % 1000).padStart(3, "0")}`);
  }
  return `tile/${level}/${groups.join("/")}${width < 256 ? `.p/${width}` : ""}`;
}

/** Reads answers of at most `most` bytes within `patience_ms`. */
export async function fetchBytes(url, most, options = {}, patience_ms = 20_000) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience_ms);
  try {
    const answer = await fetch(url, { ...options, credentials: "omit", signal: stop.signal });
    // Nothing of ours is HTML: that is what networks answer that want a log-in first.
    if (!answer.ok || /html/.test(answer.headers.get("content-type") ?? "")) throw new Unreachable(answer.status, url);
    const [parts, reader] = [[], answer.body.getReader()];
    for (let length = 0, part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.length;
      must(length <= most, "ANSWER_TOO_LONG", url);
      parts.push(part.value);
    }
    return { bytes: joined(parts), headers: answer.headers };
  } catch (error) {
    throw error instanceof Refused || error instanceof Unreachable ? error : new Unreachable(0, url);
  } finally {
    clearTimeout(timer);
    stop.abort(); // whatever is still coming is not wanted
  }
}

/** A log at an address. What it returns is as unproved as any answer: callers compare it with a signed root. */
export class Log {
  #tiles = new Map();

  /** `base` without a slash at its end, e.g. `https://so.example.org/log`. */
  constructor(base) {
    this.base = base;
  }

  /** The newest checkpoint, opened; `when` is the time the server gives for it. */
  async checkpoint(keys) {
    const { bytes, headers } = await fetchBytes(`${this.base}/checkpoint`, LIMITS.note, { cache: "no-cache" });
    const opened = await openCheckpoint(textOf(bytes), keys);
    const when = new Date(headers.get("last-modified") ?? NaN);
    return { ...opened, when: Number.isNaN(when.getTime()) ? null : when };
  }

  /** A tile or bundle as it is in a log of `size`: the partial one, or the full one where that is all there is. */
  async #fetched(level, n, width, most) {
    try {
      return { ...(await fetchBytes(`${this.base}/${tilePath(level, n, width)}`, most)), full: width === 256 };
    } catch (error) {
      if (width === 256 || error.status !== 404) throw error;
      return { ...(await fetchBytes(`${this.base}/${tilePath(level, n, 256)}`, most)), full: true };
    }
  }

  static #width(level, n, size) {
    const width = Math.min(256, Math.floor(size / 256 ** level) - n * 256);
    must(width > 0, "INDEX_OUTSIDE", `tile ${level}/${n}`);
    return width;
  }

  /** The hashes of one tile. */
  tile(level, n, size) {
    const width = Log.#width(level, n, size);
    const key = `${level}/${n}/${width}`;
    if (!this.#tiles.has(key)) {
      const hashes = this.#hashes(level, n, width);
      hashes.catch(() => this.#tiles.delete(key)); // what failed may be asked for again
      this.#tiles.set(key, hashes);
    }
    return this.#tiles.get(key);
  }

  async #hashes(level, n, width) {
    const { bytes, full } = await this.#fetched(level, n, width, 8_192);
    must(bytes.length === (full ? 8_192 : 32 * width), "TILE_LENGTH", `${level}/${n}`);
    return Array.from({ length: width }, (_, i) => bytes.slice(32 * i, 32 * (i + 1)));
  }

  /** The leaves of one bundle, as bytes. */
  async bundle(n, size) {
    const width = Log.#width(0, n, size);
    const { bytes, full } = await this.#fetched("entries", n, width, 256 * (2 + LIMITS.leaf));
    const leaves = [];
    for (let at = 0; at < bytes.length; ) {
      const length = at + 2 <= bytes.length ? bytes[at] * 256 + bytes[at + 1] : Infinity;
      must(at + 2 + length <= bytes.length, "BUNDLE_FORM", n);
      leaves.push(bytes.slice(at + 2, (at += 2 + length)));
    }
    must(leaves.length === (full ? 256 : width), "BUNDLE_FORM", n);
    return leaves.slice(0, width);
  }

  /** The root over leaves `low` to `high` (exclusive), from the highest tiles that have it. */
  async hashOf(low, high, size) {
    const count = high - low;
    let height = 0;
    while (2 ** height < count) height++;
    if (2 ** height !== count || low % count !== 0) {
      const middle = low + 2 ** (height - 1);
      return rootOf([await this.hashOf(low, middle, size), await this.hashOf(middle, high, size)]);
    }
    const level = Math.floor(height / 8);
    const first = low / 256 ** level;
    const tile = await this.tile(level, Math.floor(first / 256), size);
    return rootOf(tile.slice(first % 256, (first % 256) + 2 ** (height - 8 * level)));
  }

  /** RFC 6962 §2.1.1: from the leaf upwards. */
  async inclusionProof(index, size, low = 0, high = size) {
    if (high - low === 1) return [];
    const middle = low + split(high - low);
    return index < middle
      ? [...(await this.inclusionProof(index, size, low, middle)), await this.hashOf(middle, high, size)]
      : [...(await this.inclusionProof(index, size, middle, high)), await this.hashOf(low, middle, size)];
  }

  /** RFC 6962 §2.1.2. */
  async consistencyProof(older, size, low = 0, high = size, whole = true) {
    if (older === high) return whole ? [] : [await this.hashOf(low, high, size)];
    const middle = low + split(high - low);
    return older <= middle
      ? [...(await this.consistencyProof(older, size, low, middle, whole)), await this.hashOf(middle, high, size)]
      : [...(await this.consistencyProof(older, size, middle, high, false)), await this.hashOf(low, middle, size)];
  }

  /** Whether the log only grew between two checkpoints of it, whichever is older. */
  async grewBetween(one, other) {
    const [older, newer] = one.size <= other.size ? [one, other] : [other, one];
    const needed = older.size > 0 && older.size < newer.size;
    return isConsistent(older, newer, needed ? await this.consistencyProof(older.size, newer.size) : []);
  }

  /** The leaf at an index, proved to be in the log of the checkpoint. */
  async provedLeaf(index, checkpoint) {
    must(Number.isSafeInteger(index) && index >= 0 && index < checkpoint.size, "INDEX_OUTSIDE");
    const bytes = (await this.bundle(Math.floor(index / 256), checkpoint.size))[index % 256];
    const proof = await this.inclusionProof(index, checkpoint.size);
    const root = rootByInclusion(leafHash(bytes), index, checkpoint.size, proof);
    must(same(root, checkpoint.root), "NOT_IN_LOG", index);
    return { bytes, hash: hex(leafHash(bytes)), ...parseLeaf(bytes) };
  }

  /**
   * Every leaf behind `index` that speaks of `code`. All leaves from there on are read, hashed and compared with the
   * signed root, so none can be held back.
   */
  async leavesAbout(code, index, checkpoint, onProgress = () => {}) {
    const start = Math.floor(index / 256) * 256;
    const [hashes, found] = [[], []];
    for (let n = start / 256; n * 256 < checkpoint.size; n++) {
      for (const bytes of await this.bundle(n, checkpoint.size)) {
        const at = start + hashes.push(leafHash(bytes)) - 1;
        const { leaf } = parseLeaf(bytes);
        if (at > index && leaf.of === code) found.push({ index: at, leaf });
      }
      onProgress(start + hashes.length, checkpoint.size);
    }
    const root = async (low, high) => {
      if (low >= start) return rootOf(hashes.slice(low - start, high - start));
      if (high <= start) return this.hashOf(low, high, checkpoint.size);
      const middle = low + split(high - low);
      return rootOf([await root(low, middle), await root(middle, high)]);
    };
    must(same(await root(0, checkpoint.size), checkpoint.root), "NOT_IN_LOG");
    return found;
  }
}
