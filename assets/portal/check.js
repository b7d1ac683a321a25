// What is checked, in which order, and how it is said: in Vietnamese and in English, in words for people who have never
// heard of a hash. A report is a list of steps and one verdict; `draw` puts it on a page, as text and never as markup.

import { Refused, must, textOf } from "./verify.js";
import { Unreachable, amountOf, fetchBytes, openFields, parseLeaf, parseReceipt, verifyReceipt } from "./log.js";

/** Later entries read through without being asked, and at most. */
const READ_UNASKED = 512;
const READ_MOST = 100_000;

// ------------------------------------------------------------------ words

const ZONE = { timeZone: "Asia/Ho_Chi_Minh" };
export const count = (n) => [n.toLocaleString("vi-VN"), n.toLocaleString("en-GB")];
export const dayText = (iso) => (iso ?? "").split("-").reverse().join("/");
const clock = (when) => when.toLocaleTimeString("vi-VN", { ...ZONE, hour: "2-digit", minute: "2-digit" });
const calendar = (when) => when.toLocaleDateString("en-GB", ZONE);

const REASONS = {
  DUPLICATE: ["ghi trùng", "entered twice"],
  WRONG_AMOUNT: ["sai số tiền", "wrong amount"],
  WRONG_APPEAL: ["sai đợt vận động", "wrong appeal"],
  WRONG_CHAPTER: ["sai đơn vị", "wrong chapter"],
  WRONG_GIVER: ["sai người đóng góp", "wrong giver"],
  NOT_RECEIVED: ["chưa nhận được tiền", "the money was not received"],
};
const reasonOf = (leaf) => REASONS[leaf.reason] ?? ["lý do khác", "another reason"];

/** Leaves that speak of an earlier one and take nothing back. */
const LATER = {
  ERASURE: ["Tên người đóng góp đã được xóa theo yêu cầu; số tiền không đổi", "The giver's name was erased on request; the amount is the same"],
  AMENDMENT: ["Thông tin người đóng góp đã được sửa; số tiền không đổi", "The giver's data were corrected; the amount is the same"],
  PUBLICATION: ["Đã có bản công bố mới hơn", "A newer version was published"],
};

const FACTS = {
  kind: ["loại", "kind"],
  amount: ["số tiền", "amount"],
  day: ["ngày nhận", "day received"],
  booked: ["ngày ghi sổ", "day booked"],
  chapter: ["đơn vị", "chapter"],
  appeal: ["đợt vận động", "appeal"],
  channel: ["hình thức", "channel"],
  of: ["bút toán được nói đến", "the entry it is about"],
  event: ["nội dung công khai", "what was published"],
  period: ["kỳ", "period"],
  key: ["khóa", "key"],
  doc: ["mã băm văn bản", "hash of the document"],
};

const PROBLEMS = {
  NOT_SIGNED_BY_KEY: ["không có chữ ký của khóa này", "it is not signed by this key"],
  SIGNATURE_WRONG: ["chữ ký không đúng", "the signature is wrong"],
  OTHER_ORIGIN: ["đây là sổ khác", "this is another log"],
  NOT_IN_LOG: ["nội dung không khớp với sổ đã ký", "the content does not lead to the signed root"],
  PROOF_LENGTH: ["chuỗi băm dài ngắn không đúng", "the proof has the wrong length"],
  INDEX_OUTSIDE: ["vị trí nằm ngoài sổ", "the position is outside the log"],
  LEAF_FORM: ["nội dung bút toán không đúng dạng", "the entry is not well formed"],
  LEAF_OTHER: ["nội dung là của bút toán khác", "the content is that of another entry"],
  HASH_OTHER: ["mã băm trên trang khác mã băm trong sổ", "the page names another hash than the log"],
  OPENINGS_WRONG: ["thông tin người đóng góp không khớp với cam kết trong sổ", "the giver's data do not fit the commitment"],
  OPENINGS_FORM: ["phần thông tin riêng không đúng dạng", "the private part is not well formed"],
  RECEIPT_FORM: ["tệp không phải là biên nhận", "the file is not a receipt"],
  RECEIPT_TOO_LONG: ["tệp quá lớn", "the file is too large"],
  VKEY_FORM: ["khóa công khai viết sai", "the public key is malformed"],
  VKEY_ID: ["khóa công khai viết sai (mã khóa không khớp)", "the public key is malformed (its id does not fit)"],
};

function problem(error) {
  if (error instanceof Unreachable) {
    if (error.status === 200) return ["máy chủ trả lời bằng một trang khác", "the server answered with something else"];
    return error.status === 0
      ? ["không kết nối được máy chủ", "the server can not be reached"]
      : [`máy chủ trả lời lỗi ${error.status}`, `the server answered with error ${error.status}`];
  }
  if (!(error instanceof Refused)) return [String(error), String(error)];
  const [vi, en] = PROBLEMS[error.code] ?? ["dữ liệu không đúng dạng", "the data are malformed"];
  return [`${vi} (${error.message})`, `${en} (${error.message})`];
}

// ------------------------------------------------------------------ the report

/** Steps in order and, at the end, a verdict: ok, reversed, bad, wait or unknown. */
export class Report {
  steps = [];
  verdict = null;
  /** The leaf of the entry, once it is proved. */
  leaf = null;
  opened = [];
  /** What may be done on request: a function, or null. */
  offer = null;

  constructor(changed) {
    this.changed = () => changed(this);
  }

  /** Adds a step or says it anew: ok, bad, note or wait. */
  say(id, state, vi, en) {
    const step = { id, state, vi, en };
    const at = this.steps.findIndex((known) => known.id === id);
    this.steps.splice(at < 0 ? this.steps.length : at, 1, step);
    this.changed();
  }

  conclude(state, vi, en) {
    this.verdict = { state, vi, en };
    this.changed();
  }

  /** Runs one step; what goes wrong in it becomes its words and the verdict, and `null` comes back. */
  async step(id, [vi, en], work) {
    this.say(id, "wait", `${vi}…`, `${en}…`);
    try {
      return await work();
    } catch (error) {
      this.fail(id, [vi, en], error);
      return null;
    }
  }

  fail(id, [vi, en], error) {
    const [why, whyEn] = problem(error);
    this.say(id, error instanceof Unreachable ? "note" : "bad", `${vi}: ${why}`, `${en}: ${whyEn}`);
    if (error instanceof Unreachable) {
      this.conclude("unknown", `Chưa kiểm tra được: ${why}. Hãy thử lại.`, `Could not be checked: ${whyEn}. Try again.`);
    } else {
      this.conclude("bad", `KHÔNG KHỚP: ${why}.`, `DOES NOT MATCH: ${whyEn}.`);
    }
  }
}

const OFFER = {
  id: "offer",
  state: "offer",
  vi: "Để máy này tự đọc mọi bút toán ghi sau",
  en: "Let this device read all later entries itself",
};
const MARKS = { ok: "✓", bad: "✗", note: "•", wait: "…" };

/** Text in the wanted languages, each marked with its language. */
export function words(tag, className, text, languages) {
  const element = document.createElement(tag);
  element.className = className;
  for (const lang of languages) {
    const span = document.createElement("span");
    span.lang = lang;
    span.textContent = text[lang];
    element.append(span);
  }
  return element;
}

/**
 * Draws a report into an element; `languages` is ["vi"], ["en"] or both where the page hides one of them. What has not
 * changed since the last time is left alone, so that screen readers say each step once.
 */
export function draw(target, report, languages) {
  const wanted = [
    ...(report.verdict ? [{ id: "verdict", tag: "p", className: `verdict verdict-${report.verdict.state}`, ...report.verdict }] : []),
    ...report.steps.map((step) => ({ ...step, tag: "p", className: `verify-step step-${step.state}` })),
    ...(report.offer ? [{ ...OFFER, tag: "button", className: "verify-offer" }] : []),
  ];
  for (const gone of [...target.children].filter((child) => !wanted.some(({ id }) => id === child.dataset.step))) gone.remove();
  wanted.forEach((part, at) => {
    const there = [...target.children].find((child) => child.dataset.step === part.id);
    if (there?.dataset.said === part.vi + part.state) return;
    const element = words(part.tag, part.className, part, languages);
    Object.assign(element.dataset, { step: part.id, state: part.state, said: part.vi + part.state });
    if (part.state in MARKS && part.id !== "verdict") {
      const mark = document.createElement("b");
      mark.textContent = MARKS[part.state];
      mark.setAttribute("aria-hidden", "true");
      element.prepend(mark, " ");
    }
    if (part.tag === "button") {
      element.type = "button";
      element.addEventListener("click", () => report.offer?.());
    }
    there ? there.replaceWith(element) : target.insertBefore(element, target.children[at] ?? null);
  });
}

// ------------------------------------------------------------------ steps that both checks have

function sayGrowth(report, grew, older, what) {
  const [vi, en] = count(older.size);
  if (grew) {
    report.say("growth", "ok", `Sổ chỉ dài thêm kể từ ${what[0]} (${vi} bút toán), không dòng nào bị bỏ hay sửa.`,
      `The log has only grown since ${what[1]} (${en} entries): nothing was removed or rewritten.`);
  } else {
    report.say("growth", "bad", `Sổ đã bị VIẾT LẠI kể từ ${what[0]} (${vi} bút toán).`,
      `The log was REWRITTEN since ${what[1]} (${en} entries).`);
    report.conclude("bad", "SỔ ĐÃ BỊ VIẾT LẠI: hãy giữ lại biên nhận và báo cho Hội, báo chí hoặc thanh tra.",
      "THE LOG WAS REWRITTEN: keep your receipt and tell the Red Cross, the press or the inspectorate.");
  }
  return grew;
}

function sayReversed(report, leaf) {
  const [reason, reasonEn] = reasonOf(leaf);
  report.conclude("reversed",
    `ĐÃ HỦY ngày ${dayText(leaf.booked)}, lý do: ${reason}, bằng bút toán ${leaf.entry}.`,
    `REVERSED on ${dayText(leaf.booked)}, reason: ${reasonEn}, by entry ${leaf.entry}.`);
}

function sayStanding(report, leaves) {
  for (const leaf of leaves.filter(({ kind }) => kind !== "REVERSAL")) {
    const [vi, en] = LATER[leaf.kind] ?? [`Có bút toán ghi sau nói về nó (${leaf.kind})`, `A later entry speaks of it (${leaf.kind})`];
    report.say(`said-${leaf.entry}`, "note", `${vi}, ngày ${dayText(leaf.booked)}.`, `${en}, on ${dayText(leaf.booked)}.`);
  }
  const reversal = leaves.find(({ kind }) => kind === "REVERSAL");
  if (reversal) sayReversed(report, reversal);
  return Boolean(reversal);
}

const isMoney = (leaf) => leaf.postings.length > 0;

function sayNothingToReverse(report) {
  report.say("stands", "ok", "Không phải khoản tiền nên không có gì để hủy.", "It is not a sum of money, so there is nothing to reverse.");
}

/** Whether the entry still stands: what the server says of it, proved; and, where that is little, all that came later. */
async function checkStanding(report, { log, checkpoint, code, index, later }) {
  const title = ["Có bút toán nào hủy nó không", "Is there an entry that reverses it"];
  const leaves = await report.step("stands", title, async () => {
    const said = [];
    for (const { code: of, index: at } of later ?? []) {
      const { leaf } = await log.provedLeaf(at, checkpoint);
      must(leaf.entry === of && leaf.of === code, "LEAF_OTHER", of);
      said.push(leaf);
    }
    return said;
  });
  if (leaves === null) return;
  if (sayStanding(report, leaves)) {
    report.say("stands", "bad", "Đã bị hủy bằng một bút toán ghi sau.", "It was reversed by a later entry.");
    return;
  }
  const [vi, en] = count(checkpoint.size - index - 1);
  const read = () => readLater(report, { log, checkpoint, code, index });
  if (checkpoint.size - index <= READ_UNASKED) return read();
  if (!isMoney(report.leaf)) return sayNothingToReverse(report);
  report.offer = checkpoint.size - index <= READ_MOST ? read : null;
  if (later === null) {
    report.say("stands", "note", `Máy chủ không cho biết nó có bị hủy hay không; máy này chưa tự đọc ${vi} bút toán ghi sau.`,
      `The server does not say whether it was reversed; this device has not read the later entries (${en}).`);
    report.conclude("unknown", "Có trong sổ, không bị sửa; chưa biết về sau có bị hủy hay không.",
      "In the log and unchanged; whether it was reversed later is not known.");
    return;
  }
  report.say("stands", "note", `Máy chủ cho biết bút toán chưa bị hủy. Máy này chưa tự đọc ${vi} bút toán ghi sau.`,
    `The server says that it was not reversed. This device has not read the later entries (${en}).`);
}

async function readLater(report, { log, checkpoint, code, index }) {
  report.offer = null;
  const title = ["Đọc các bút toán ghi sau", "Reading later entries"];
  const found = await report.step("stands", title, () =>
    log.leavesAbout(code, index, checkpoint, (at, size) => {
      const percent = 10 * Math.floor((10 * (at - index)) / (size - index));
      report.say("stands", "wait", `${title[0]}: ${percent}%`, `${title[1]}: ${percent}%`);
    }));
  if (found === null) return;
  const [vi, en] = count(checkpoint.size - index - 1);
  if (sayStanding(report, found.map(({ leaf }) => leaf))) {
    report.say("stands", "bad", "Có một bút toán hủy nó mà máy chủ không nói ra.", "There is a reversal that the server did not name.");
  } else if (!isMoney(report.leaf)) {
    sayNothingToReverse(report);
  } else {
    const later = checkpoint.size - index - 1;
    report.say("stands", "ok", `Chưa bị hủy: ${later === 0 ? "chưa có bút toán nào ghi sau" : `máy này đã tự đọc cả ${vi} bút toán ghi sau`}.`,
      `Not reversed: ${later === 0 ? "nothing was entered since" : `this device has read all later entries (${en})`}.`);
    if (report.verdict?.state === "unknown") report.conclude("ok", "Tìm thấy, không bị sửa, chưa bị hủy.", "Found, unchanged, not reversed.");
  }
}

// ------------------------------------------------------------------ an entry on its page

/** Which facts differ between what a page shows and the leaf. `shown` maps names of FACTS to their raw values. */
export function differences(shown, leaf) {
  const said = { ...leaf, amount: amountOf(leaf).toString() };
  return Object.keys(shown).filter((name) => name in FACTS && (shown[name] ?? "") !== (said[name] ?? ""))
    .map((name) => ({ name, shown: shown[name], logged: said[name] ?? "" }));
}

/** What the server says of an entry, from the public API. */
export async function lookUp(api, code) {
  const read = async (which) => {
    const { bytes } = await fetchBytes(`${api}/entries/${which}`, 1 << 20, { cache: "no-cache" });
    const entry = JSON.parse(textOf(bytes));
    return { ...entry, index: entry.log_index ?? null };
  };
  try {
    const entry = await read(code);
    const later = (entry.annotations ?? []).map((said) => ({ code: said.code, index: said.log_index ?? null }));
    if (entry.reversed_by) later.push({ code: entry.reversed_by, index: (await read(entry.reversed_by)).index });
    return { leafHash: entry.leaf_hash, index: entry.index, later };
  } catch (error) {
    // Something that is no answer of this API says nothing about the entry.
    throw error instanceof Unreachable ? error : new Unreachable(200, api);
  }
}

/** Waits until the entry and all that is said of it stand in a signed checkpoint, or says that it waited in vain. */
async function sealed({ log, keys, claim, pause, patience = 20 }, report) {
  for (let attempt = 0; ; attempt++) {
    const said = await claim();
    const checkpoint = await log.checkpoint(keys);
    const isSealed = [said, ...(said.later ?? [])].every(({ index }) => index !== null && index < checkpoint.size);
    if (isSealed || attempt >= patience) return { said, checkpoint, isSealed };
    report.say("seal", "wait", "Đã ghi, đang niêm phong vào sổ công khai…", "Recorded, being sealed into the public log…");
    await pause();
  }
}

function sayUnsealed(report, checkpoint, before) {
  if (before === null || before.size <= checkpoint.size) {
    report.conclude("wait", "Đã ghi, đang niêm phong: hãy xem lại sau ít phút.", "Recorded, being sealed: look again in a few minutes.");
    return;
  }
  const [[now, nowEn], [then, thenEn]] = [count(checkpoint.size), count(before.size)];
  report.conclude("unknown", `Máy chủ đưa ra bản sổ cũ (${now} bút toán); máy này đã từng xem bản ${then} bút toán.`,
    `The server shows an old log (${nowEn} entries); this device has seen one of ${thenEn}.`);
}

/** Checks an entry as its page shows it. `memory` remembers checkpoints between visits. */
export async function checkEntry({ log, keys, code, claim, shown, memory, pause }, report) {
  const title = ["Chữ ký của sổ", "The log's signature"];
  const found = await report.step("seal", title, () => sealed({ log, keys, claim, pause }, report));
  if (found === null) return;
  const { said, checkpoint, isSealed } = found;
  if (!isSealed) return sayUnsealed(report, checkpoint, memory.read(checkpoint.origin));
  const [size, sizeEn] = count(checkpoint.size);
  const [at, atEn] = checkpoint.when ? [`ký lúc ${clock(checkpoint.when)}`, `signed at ${clock(checkpoint.when)}`] : ["đã ký", "signed"];
  report.say("seal", "ok", `Chữ ký của sổ đúng: ${size} bút toán, ${at}.`, `The log's signature is good: ${sizeEn} entries, ${atEn}.`);
  if (!(await checkMemory(report, log, checkpoint, memory))) return;
  const entry = await report.step("inclusion", ["Bút toán trong sổ", "The entry in the log"], async () => {
    const proved = await log.provedLeaf(said.index, checkpoint);
    must(!proved.understood || proved.leaf.entry === code, "LEAF_OTHER", proved.leaf.entry);
    must(proved.hash === said.leafHash, "HASH_OTHER");
    return proved;
  });
  if (entry === null) return;
  const [place, placeEn] = count(said.index + 1);
  report.say("inclusion", "ok", `Bút toán đứng thứ ${place} trong sổ, nội dung nguyên vẹn.`, `It is entry number ${placeEn} of the log, unchanged.`);
  if (!entry.understood) {
    report.conclude("unknown", "Có trong sổ, nhưng trang này quá cũ để hiểu nội dung.", "Included, but this page is too old to understand it.");
    return;
  }
  report.leaf = entry.leaf;
  if (!compareShown(report, shown, entry.leaf)) return;
  await checkStanding(report, { log, checkpoint, code, index: said.index, later: said.later });
  if (report.verdict === null) {
    report.conclude("ok", `Tìm thấy, không bị sửa, trong sổ ${size} bút toán ${at}.`, `Found, unchanged, in a log of ${sizeEn} entries ${atEn}.`);
  }
}

function compareShown(report, shown, leaf) {
  const differing = differences(shown, leaf);
  if (differing.length === 0) {
    const names = Object.keys(shown).filter((name) => name in FACTS);
    const list = (lang) => names.map((name) => FACTS[name][lang]).join(", ");
    if (names.length > 0) report.say("shown", "ok", `Trang này ghi đúng như sổ: ${list(0)}.`, `This page shows what the log says: ${list(1)}.`);
    return true;
  }
  const list = (lang, page, log) =>
    differing.map((d) => `${FACTS[d.name][lang]}: ${page} ${d.shown}, ${log} ${d.logged || "–"}`).join("; ");
  report.say("shown", "bad", `Trang này ghi khác sổ: ${list(0, "trang", "sổ")}.`, `This page differs from the log: ${list(1, "page", "log")}.`);
  report.conclude("bad", `KHÔNG KHỚP: trang ghi khác sổ (${list(0, "trang", "sổ")}).`, `DOES NOT MATCH: the page differs from the log (${list(1, "page", "log")}).`);
  return false;
}

async function checkMemory(report, log, checkpoint, memory) {
  const before = memory.read(checkpoint.origin);
  if (before === null) {
    report.say("growth", "note", "Lần đầu máy này xem sổ: nó nhớ lại để lần sau so xem sổ có bị viết lại không.",
      "This device sees the log for the first time: it remembers it, to notice next time if it was rewritten.");
    memory.write(checkpoint);
    return true;
  }
  const grew = await report.step("growth", ["So với lần xem trước", "Compared with your last visit"],
    async () => ({ yes: await log.grewBetween(before, checkpoint) }));
  if (grew === null) return false;
  const [older] = [before, checkpoint].sort((a, b) => a.size - b.size);
  const since = [`lần xem trước (${calendar(new Date(before.seen))})`, `your last visit (${calendar(new Date(before.seen))})`];
  if (!sayGrowth(report, grew.yes, older, since)) return false;
  if (checkpoint.size >= before.size) memory.write(checkpoint);
  return true;
}

// ------------------------------------------------------------------ a receipt file

/** Checks a receipt; with `online` ({ log, api }) also against the log of today. */
export async function checkReceipt({ text, keys, online }, report) {
  const receipt = await report.step("form", ["Tệp biên nhận", "The receipt file"], () => parseReceipt(text));
  if (receipt === null) return;
  report.say("form", "ok", "Tệp đúng dạng biên nhận.", "The file is a receipt.");
  const title = ["Chữ ký của sổ và chuỗi băm", "The log's signature and the proof"];
  const checkpoint = await report.step("inclusion", title, () => verifyReceipt(receipt, keys));
  if (checkpoint === null) return;
  const [size, sizeEn] = count(checkpoint.size);
  const [place, placeEn] = count(receipt.index + 1);
  report.say("inclusion", "ok", `Bút toán đứng thứ ${place} trong sổ ${size} bút toán có chữ ký đúng.`,
    `It is entry number ${placeEn} of a log of ${sizeEn} entries with a good signature.`);
  const entry = await report.step("leaf", ["Nội dung bút toán", "The entry"], () => {
    const parsed = parseLeaf(receipt.leaf);
    return { ...parsed, opened: receipt.openings && parsed.understood ? openFields(parsed.leaf.pd, receipt.openings) : [] };
  });
  if (entry === null) return;
  if (!entry.understood) {
    report.conclude("unknown", "Có trong sổ, nhưng trang này quá cũ để hiểu nội dung.", "Included, but this page is too old to understand it.");
    return;
  }
  [report.leaf, report.opened] = [entry.leaf, entry.opened];
  report.say("leaf", "ok", "Nội dung bút toán nguyên vẹn.", "The entry is unchanged.");
  if (entry.opened.length > 0) {
    report.say("opened", "ok", "Thông tin riêng trong tệp đúng với cam kết trong sổ.", "The private data in the file fit the commitment in the log.");
  }
  if (online) return checkReceiptToday({ receipt, checkpoint, keys, ...online }, report);
  report.say("stands", "note", "Ngoại tuyến: không thấy được bút toán nào ghi sau biên nhận này, kể cả bút toán hủy.",
    "Offline: entries made after this receipt can not be seen, not even a reversal.");
  report.conclude("ok", `Biên nhận đúng: bút toán có trong sổ ${size} bút toán. Chưa biết nó có bị hủy về sau hay không.`,
    `The receipt is good: the entry is in a log of ${sizeEn} entries. Whether it was reversed later is not known.`);
}

/** Without the API nothing is known of what came later; the log itself can still be read. */
export function tolerated(error) {
  if (!(error instanceof Unreachable)) throw error;
  return null;
}

async function checkReceiptToday({ receipt, checkpoint, keys, log, api }, report) {
  const code = report.leaf.entry;
  const title = ["Hỏi máy chủ về sổ hôm nay", "Asking the server for the log of today"];
  const today = await report.step("growth", title, async () => {
    const newest = await log.checkpoint(keys);
    const grew = await log.grewBetween(checkpoint, newest);
    // The API tells of money alone.
    const later = isMoney(report.leaf) ? await lookUp(api, code).then((said) => said.later, (error) => tolerated(error)) : null;
    return { newest, grew, later };
  });
  if (today === null) return;
  const older = checkpoint.size <= today.newest.size ? checkpoint : today.newest;
  if (!sayGrowth(report, today.grew, older, ["khi có biên nhận", "the receipt"])) return;
  const newest = checkpoint.size > today.newest.size ? checkpoint : today.newest;
  const isSealed = ({ index }) => index !== null && index < newest.size;
  const later = today.later && today.later.filter(isSealed);
  await checkStanding(report, { log, checkpoint: newest, code, index: receipt.index, later });
  if (report.verdict !== null) return;
  if (later !== null && later.length < today.later.length) {
    report.conclude("unknown", "Vừa có bút toán mới nói về khoản này, đang niêm phong: hãy thử lại sau ít giây.",
      "A new entry speaks of this one and is being sealed: try again in a few seconds.");
    return;
  }
  const [size, sizeEn] = count(newest.size);
  report.conclude("ok", `Biên nhận đúng và bút toán còn hiệu lực trong sổ ${size} bút toán.`,
    `The receipt is good and the entry stands in a log of ${sizeEn} entries.`);
}
