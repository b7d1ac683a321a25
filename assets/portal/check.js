// What is checked, in which order, and how it is said: in Vietnamese and in English, in words for people who have never
// heard of a hash. A report is a list of steps and one verdict; `draw` puts it on a page, as text and never as markup.

import { Refused, must, textOf } from "./verify.js";
import { Unreachable, amountOf, postingsOf, fetchBytes, openFields, parseLeaf, parseReceipt, verifyReceipt } from "./log.js";

/** Later entries read through without being asked, and at most. */
const READ_UNASKED = 512;
const READ_MOST = 100_000;
/** How often a server that is behind is asked again before that is said, and how long in between. */
const ASK_AGAIN = 3;
const PAUSE_MS = 1_000;
const pause = () => new Promise((resume) => setTimeout(resume, PAUSE_MS));

// ------------------------------------------------------------------ words

export const count = (n) => [n.toLocaleString("vi-VN"), n.toLocaleString("en-GB")];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A day as pages write it, in both languages; not by the browser's own tables, which differ. */
export function daysOf(iso) {
  if (!iso) return ["?", "?"];
  const [year, month, day] = iso.split("-");
  return [`${day}/${month}/${year}`, `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`];
}

/** Day and hour in Vietnam, which keeps one time all year. */
const inVietnam = (when) => new Date(when.getTime() + 7 * 3_600_000).toISOString();
const dayOf = (when) => daysOf(inVietnam(when).slice(0, 10));

function moment(when) {
  const [clock, [vi, en]] = [inVietnam(when).slice(11, 16), dayOf(when)];
  return [`lúc ${clock} ngày ${vi}`, `at ${clock} on ${en}`];
}

/** Words that pages have too are the same here: a test compares them. */
const REASONS = {
  DUPLICATE: ["ghi trùng", "booked twice"],
  WRONG_AMOUNT: ["sai số tiền", "wrong amount"],
  WRONG_APPEAL: ["sai đợt vận động", "wrong appeal"],
  WRONG_CHAPTER: ["sai đơn vị", "wrong chapter"],
  WRONG_FUND: ["sai quỹ", "wrong fund"],
  WRONG_GIVER: ["sai người ủng hộ", "wrong giver"],
  NOT_RECEIVED: ["thực tế không nhận được", "was not received after all"],
  OTHER: ["lý do khác", "another reason"],
};
const reasonOf = (leaf) => REASONS[leaf.reason] ?? REASONS.OTHER;

/** Leaves that speak of an earlier one and take nothing back. */
const LATER = {
  ERASURE: ["Thông tin người ủng hộ đã được xóa theo yêu cầu của họ; số tiền không đổi", "The giver's particulars were erased at their request; the amount is the same"],
  AMENDMENT: ["Thông tin người ủng hộ được đính chính hoặc đổi cách hiển thị; số tiền không đổi", "The giver's particulars were corrected, or are shown in another way; the amount is the same"],
  PUBLICATION: ["Đã có bản công bố mới hơn", "A newer version was published"],
  STATEMENT: ["Đã có bản công bố mới hơn", "A newer version was published"],
  REFUND: ["Tiền đã được hoàn trả người ủng hộ, toàn bộ hoặc một phần", "The money was given back to its giver, whole or in part"],
  TRANSFER_IN: ["Đơn vị được chuyển đã xác nhận, toàn bộ hoặc một phần", "The receiving chapter confirmed it, whole or in part"],
  TRANSFER_RETURN: ["Một phần hoặc toàn bộ đã được trả lại", "Some or all of it came back"],
  ADVANCE_CLEARING: ["Khoản tạm ứng đã được thanh toán, toàn bộ hoặc một phần", "The advance was cleared, whole or in part"],
  FUND_RELEASE: ["Có bút toán chuyển sang quỹ kia", "The entry of the other fund"],
};

const FACTS = {
  kind: ["loại", "kind"],
  amount: ["số tiền", "amount"],
  day: ["ngày nhận", "day received"],
  booked: ["ngày vào sổ", "day booked"],
  chapter: ["đơn vị", "chapter"],
  appeal: ["đợt vận động", "appeal"],
  channel: ["hình thức", "channel"],
  of: ["bút toán được nói đến", "the entry it is about"],
  event: ["nội dung công khai", "what was published"],
  period: ["kỳ", "period"],
  key: ["khóa", "key"],
  doc: ["mã băm văn bản", "hash of the document"],
  to: ["đơn vị được chuyển đến", "the chapter it goes to"],
  category: ["mục chi, thu", "category"],
  reason: ["lý do", "reason"],
  list: ["danh sách", "list"],
  count: ["số hộ, số người", "how many"],
  postings: ["hạch toán", "postings"],
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
  OPENINGS_WRONG: ["thông tin người ủng hộ không khớp với cam kết trong sổ", "the giver's data do not fit the commitment"],
  OPENINGS_FORM: ["phần thông tin riêng không đúng dạng", "the private part is not well formed"],
  RECEIPT_FORM: ["biên nhận đã bị cắt hoặc bị sửa", "the receipt is cut off or altered"],
  RECEIPT_TOO_LONG: ["tệp quá lớn", "the file is too large"],
  VKEY_FORM: ["khóa công khai viết sai", "the public key is malformed"],
  VKEY_ID: ["khóa công khai viết sai (mã khóa không khớp)", "the public key is malformed (its id does not fit)"],
};

function problem(error) {
  if (error instanceof Unreachable) {
    if (error.status === 200) return ["máy chủ trả lời bằng một trang khác", "the server answered with something else"];
    return error.status === 0
      ? ["không kết nối được máy chủ", "the server cannot be reached"]
      : [`máy chủ trả lời lỗi ${error.status}`, `the server answered with error ${error.status}`];
  }
  if (!(error instanceof Refused)) return [String(error), String(error)];
  return PROBLEMS[error.code] ?? ["dữ liệu không đúng dạng", "the data are malformed"];
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
  /** What is said, as bad, where all is well with the entry and not with what somebody has of it: in two languages, or null. */
  instead = null;

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
    const instead = state === "ok" ? this.instead : null;
    this.verdict = instead ? { state: "bad", vi: instead[0], en: instead[1] } : { state, vi, en };
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

/** `grew` is what was proved of a newer log beside an older checkpoint; a log that got shorter never comes here. */
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
  const [[reason, reasonEn], [day, dayEn]] = [reasonOf(leaf), daysOf(leaf.booked)];
  report.conclude("reversed", `ĐÃ HỦY ngày ${day}, lý do: ${reason}, bằng bút toán ${leaf.entry}.`,
    `REVERSED on ${dayEn}, reason: ${reasonEn}, by entry ${leaf.entry}.`);
}

function sayStanding(report, leaves) {
  for (const leaf of leaves.filter(({ kind }) => kind !== "REVERSAL")) {
    const [vi, en] = LATER[leaf.kind] ?? [`Có bút toán ghi sau nói về nó (${leaf.kind})`, `A later entry speaks of it (${leaf.kind})`];
    const [day, dayEn] = daysOf(leaf.booked);
    report.say(`said-${leaf.entry}`, "note", `${vi}, ngày ${day}.`, `${en}, on ${dayEn}.`);
  }
  const reversal = leaves.find(({ kind }) => kind === "REVERSAL");
  if (reversal) sayReversed(report, reversal);
  return Boolean(reversal);
}

const isMoney = (leaf) => leaf.postings.length > 0;
/** A reversal is the last word on what it takes back. */
const canBeReversed = (leaf) => isMoney(leaf) && leaf.kind !== "REVERSAL";

function sayNothingToReverse(report) {
  const [vi, en] = isMoney(report.leaf)
    ? ["Bút toán hủy thì không thể bị hủy.", "A reversal cannot itself be reversed."]
    : ["Không phải khoản tiền nên không có gì để hủy.", "It is not a sum of money, so there is nothing to reverse."];
  report.say("stands", "ok", vi, en);
}

/**
 * Whether the entry still stands: what the server says of it, proved; and, where that is little, all that came later.
 * It ends with a verdict: `good`, in two languages, only when all later leaves were read here and `pending` is false,
 * that is, nothing is known of that speaks of the entry and waits for its place in the log.
 */
async function checkStanding(report, about) {
  const { log, checkpoint, code, index, later, pending, good } = about;
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
  const read = () => readLater(report, about);
  if (checkpoint.size - index <= READ_UNASKED) return read();
  if (!canBeReversed(report.leaf)) {
    sayNothingToReverse(report);
    return pending ? sayPending(report) : report.conclude("ok", ...good);
  }
  report.offer = checkpoint.size - index <= READ_MOST ? read : null;
  sayUnread(report, later !== null, checkpoint.size - index - 1);
  if (pending) sayPending(report);
}

/** Nothing was named that reverses the entry; what nobody named was not looked for. */
function sayUnread(report, wasAsked, unread) {
  const [vi, en] = count(unread);
  const [said, saidEn] = wasAsked
    ? ["Máy chủ nói bút toán chưa bị hủy", "The server says that it was not reversed"]
    : ["Máy chủ không cho biết nó có bị hủy hay không", "The server does not say whether it was reversed"];
  const [how, howEn] = report.offer
    ? ["", ""]
    : [" Sổ đã quá dài để đọc ở đây; trang Dữ liệu mở chỉ cách đọc cả sổ.", " The log is too long to be read here; the Open data page says how to."];
  report.say("stands", "note", `${said}; máy này chưa tự đọc ${vi} bút toán ghi sau.${how}`,
    `${saidEn}; this device has not read the later entries (${en}).${howEn}`);
  report.conclude("unknown", `Có trong sổ, không bị sửa. ${wasAsked ? "Theo máy chủ thì chưa bị hủy, nhưng máy này chưa tự kiểm tra điều đó" : "Chưa biết về sau có bị hủy hay không"}.`,
    `In the log and unchanged. ${wasAsked ? "The server says that it was not reversed; this device has not checked that" : "Whether it was reversed later is not known"}.`);
}

function sayPending(report) {
  report.conclude("unknown", "Có trong sổ, nhưng vừa có bút toán mới nói về khoản này, đang niêm phong: hãy thử lại sau ít giây.",
    "In the log, but a new entry speaks of this one and is being sealed: try again in a few seconds.");
}

async function readLater(report, { log, checkpoint, code, index, pending, good }) {
  report.offer = null;
  const title = ["Đọc các bút toán ghi sau", "Reading later entries"];
  const found = await report.step("stands", title, () =>
    log.leavesAbout(code, index, checkpoint, (at, size) => {
      const percent = 10 * Math.floor((10 * (at - index)) / (size - index));
      report.say("stands", "wait", `${title[0]}: ${percent}%`, `${title[1]}: ${percent}%`);
    }));
  if (found === null) return;
  const later = checkpoint.size - index - 1;
  const [vi, en] = count(later);
  if (sayStanding(report, found.map(({ leaf }) => leaf))) {
    report.say("stands", "bad", "Có một bút toán hủy nó mà máy chủ không nói ra.", "There is a reversal that the server did not name.");
    return;
  }
  if (canBeReversed(report.leaf)) {
    const [read, readEn] = later === 1
      ? ["máy này đã tự đọc 1 bút toán ghi sau", "this device has read the one later entry"]
      : [`máy này đã tự đọc cả ${vi} bút toán ghi sau`, `this device has read all later entries (${en})`];
    report.say("stands", pending ? "note" : "ok",
      `Chưa bị hủy: ${later === 0 ? "chưa có bút toán nào ghi sau" : read}.`,
      `Not reversed: ${later === 0 ? "nothing was entered since" : readEn}.`);
  } else {
    sayNothingToReverse(report);
  }
  pending ? sayPending(report) : report.conclude("ok", ...good);
}

// ------------------------------------------------------------------ an entry on its page

/**
 * Which facts differ between what a page shows and the leaf. `shown` maps names of FACTS to their raw values; `original` is
 * the kind of what a reversal takes back.
 */
export function differences(shown, leaf, original = null) {
  const said = { ...leaf, amount: amountOf(leaf, original).toString(), count: leaf.count?.toString(), postings: postingsOf(leaf) };
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
    const later = [...(entry.annotations ?? []), ...(entry.linked ?? [])].map((said) => ({ code: said.code, index: said.log_index ?? null }));
    if (entry.reversed_by) later.push({ code: entry.reversed_by, index: (await read(entry.reversed_by)).index });
    return { leafHash: entry.leaf_hash, index: entry.index, later };
  } catch (error) {
    // Something that is no answer of this API says nothing about the entry.
    throw error instanceof Unreachable ? error : new Unreachable(200, api);
  }
}

/**
 * Waits until the entry and all that is said of it stand in a signed checkpoint that is not older than the one this device
 * remembers, or tells that it waited in vain.
 */
async function sealed({ log, keys, claim, memory, patience = 20 }, report) {
  for (let attempt = 0; ; attempt++) {
    const said = await claim();
    const checkpoint = await log.checkpoint(keys);
    const before = memory.read(checkpoint.origin);
    const isSealed = [said, ...(said.later ?? [])].every(({ index }) => index !== null && index < checkpoint.size);
    const isBehind = before !== null && checkpoint.size < before.size;
    if ((isSealed && !isBehind) || attempt >= (isBehind ? ASK_AGAIN : patience)) return { said, checkpoint, before, isSealed, isBehind };
    if (isBehind) report.say("seal", "wait", "Máy chủ đưa ra bản sổ cũ, đang hỏi lại…", "The server shows an old log; asking again…");
    else report.say("seal", "wait", "Đã ghi, đang niêm phong vào sổ công khai…", "Recorded, being sealed into the public log…");
    await pause();
  }
}

/** The log is shorter than this device has seen it: an old copy, as far as one can see, unless it is another log. */
async function sayBehind(report, log, checkpoint, before) {
  const grew = await report.step("growth", ["So với lần xem trước", "Compared with your last visit"],
    () => log.grewBetween(checkpoint, before).catch((error) => tolerated(error) ?? true));
  if (grew === null || (!grew && !sayGrowth(report, grew, checkpoint, lastVisit(before)))) return;
  const [[now, nowEn], [then, thenEn]] = [count(checkpoint.size), count(before.size)];
  report.say("growth", "note", `Sổ ngắn hơn lần xem trước: ${now} bút toán, trước là ${then}.`,
    `The log is shorter than at your last visit: ${nowEn} entries, then ${thenEn}.`);
  report.conclude("unknown", `Máy chủ đưa ra bản sổ cũ (${now} bút toán); máy này đã từng xem bản ${then} bút toán. Hãy thử lại sau ít phút.`,
    `The server shows an old log (${nowEn} entries); this device has seen one of ${thenEn}. Try again in a few minutes.`);
}

/** Checks an entry as its page shows it. `memory` remembers checkpoints between visits. */
export async function checkEntry({ log, keys, code, claim, shown, memory, originalAt = null }, report) {
  const title = ["Chữ ký của sổ", "The log's signature"];
  const found = await report.step("seal", title, () => sealed({ log, keys, claim, memory }, report));
  if (found === null) return;
  const { said, checkpoint, before, isSealed, isBehind } = found;
  if (!isSealed && !isBehind) {
    report.conclude("wait", "Đã ghi, đang niêm phong: hãy xem lại sau ít phút.", "Recorded, being sealed: look again in a few minutes.");
    return;
  }
  const [size, sizeEn] = count(checkpoint.size);
  const [at, atEn] = checkpoint.when ? moment(checkpoint.when).map((text, n) => `${["ký", "signed"][n]} ${text}`) : ["đã ký", "signed"];
  report.say("seal", "ok", `Chữ ký của sổ đúng: ${size} bút toán, ${at}.`, `The log's signature is good: ${sizeEn} entries, ${atEn}.`);
  if (isBehind) return sayBehind(report, log, checkpoint, before);
  if (!(await checkMemory(report, log, checkpoint, before, memory))) return;
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
  let original = null;
  if (entry.leaf.kind === "REVERSAL" && originalAt !== null) {
    const title = ["Bút toán bị hủy", "The entry that it reverses"];
    original = await report.step("original", title, () => kindOfOriginal(log, checkpoint, entry.leaf, originalAt));
    if (original === null) return;
    report.say("original", "ok", "Bút toán bị hủy có trong sổ.", "The entry that it reverses is in the log.");
  }
  if (!compareShown(report, shown, entry.leaf, original)) return;
  const [stands, standsEn] = canBeReversed(entry.leaf) ? ["chưa bị hủy, ", "not reversed, "] : ["", ""];
  const good = [`Tìm thấy, không bị sửa, ${stands}trong sổ ${size} bút toán ${at}.`,
    `Found, unchanged, ${standsEn}in a log of ${sizeEn} entries ${atEn}.`];
  await checkStanding(report, { log, checkpoint, code, index: said.index, later: said.later, pending: said.pending ?? false, good });
}

/** What a reversal takes back says how its amount is read: the page says where that is, and it is proved. */
async function kindOfOriginal(log, checkpoint, leaf, at) {
  const { leaf: original } = await log.provedLeaf(at, checkpoint);
  must(original.entry === leaf.of, "LEAF_OTHER", original.entry);
  return original.kind;
}

function compareShown(report, shown, leaf, original) {
  const differing = differences(shown, leaf, original);
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

const lastVisit = (before) => {
  const [vi, en] = dayOf(new Date(before.seen));
  return [`lần xem trước, ngày ${vi}`, `your last visit on ${en}`];
};

async function checkMemory(report, log, checkpoint, before, memory) {
  if (before === null) {
    report.say("growth", "note", "Lần đầu máy này xem sổ: nó nhớ lại để lần sau so xem sổ có bị viết lại không.",
      "This device sees the log for the first time: it remembers it, to notice next time if it was rewritten.");
    memory.write(checkpoint);
    return true;
  }
  const grew = await report.step("growth", ["So với lần xem trước", "Compared with your last visit"],
    async () => ({ yes: await log.grewBetween(before, checkpoint) }));
  if (grew === null || !sayGrowth(report, grew.yes, before, lastVisit(before))) return false;
  memory.write(checkpoint);
  return true;
}

// ------------------------------------------------------------------ a receipt file

/** What every receipt has a line of, however it was changed or cut: without any of these a text is something else. */
const LINE_OF_A_RECEIPT = /^(c2sp\.org\/tlog-proof|extra |index \d|\u2014 )/m;

/** A text in which there is nothing of a receipt is no fault of the log. */
export function sayUnreadable(report) {
  report.say("form", "note", "Tệp hoặc nội dung này không phải là biên nhận.", "This file or text is not a receipt.");
  report.conclude("unknown",
    "Không đọc được tệp này. Hãy chọn tệp .tlog-proof đã tải ở trang của khoản ủng hộ, hoặc dán toàn bộ nội dung tệp. Nếu chỉ có mã trên phiếu thu, hãy gõ mã ấy ở trang Tra cứu.",
    "This cannot be read. Choose the .tlog-proof file that you downloaded from the page of the gift, or paste all of its text. If you only have the code on a paper receipt, type it on the Search page.");
}

/** Checks a receipt; with `online` ({ log, api }) also against the log of today. */
export async function checkReceipt({ text, keys, online }, report) {
  if (!LINE_OF_A_RECEIPT.test(text)) return sayUnreadable(report);
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
  if (!canBeReversed(report.leaf)) {
    sayNothingToReverse(report);
    return report.conclude("ok", `Biên nhận đúng: bút toán có trong sổ ${size} bút toán.`, `The receipt is good: the entry is in a log of ${sizeEn} entries.`);
  }
  report.say("stands", "note", "Ngoại tuyến: không thấy được bút toán nào ghi sau biên nhận này, kể cả bút toán hủy.",
    "Offline: entries made after this receipt cannot be seen, not even a reversal.");
  report.conclude("ok", `Biên nhận đúng: bút toán có trong sổ ${size} bút toán. Chưa biết nó có bị hủy về sau hay không.`,
    `The receipt is good: the entry is in a log of ${sizeEn} entries. Whether it was reversed later is not known.`);
}

/** Without the API nothing is known of what came later; the log itself can still be read. */
export function tolerated(error) {
  if (!(error instanceof Unreachable)) throw error;
  return null;
}

/** The newest checkpoint, asked for again as long as it is older than one that the log has signed already. */
async function newestSince(log, keys, size) {
  for (let attempt = 0; ; attempt++) {
    const newest = await log.checkpoint(keys);
    if (newest.size >= size || attempt >= ASK_AGAIN) return newest;
    await pause();
  }
}

async function checkReceiptToday({ receipt, checkpoint, keys, log, api }, report) {
  const code = report.leaf.entry;
  const title = ["Hỏi máy chủ về sổ hôm nay", "Asking the server for the log of today"];
  const today = await report.step("growth", title, async () => {
    const newest = await newestSince(log, keys, checkpoint.size);
    if (newest.size < checkpoint.size) return { newest };
    const grew = await log.grewBetween(checkpoint, newest);
    // The API tells of money alone.
    const later = isMoney(report.leaf) ? await lookUp(api, code).then((said) => said.later, (error) => tolerated(error)) : null;
    return { newest, grew, later };
  });
  if (today === null) return;
  const { newest } = today;
  if (newest.size < checkpoint.size) return sayShorter(report, newest, checkpoint);
  if (!sayGrowth(report, today.grew, checkpoint, ["khi có biên nhận", "the receipt"])) return;
  const isSealed = ({ index }) => index !== null && index < newest.size;
  const later = today.later && today.later.filter(isSealed);
  const pending = later !== null && later.length < today.later.length;
  const [size, sizeEn] = count(newest.size);
  const good = [`Biên nhận đúng và bút toán còn hiệu lực trong sổ ${size} bút toán.`,
    `The receipt is good and the entry stands in a log of ${sizeEn} entries.`];
  await checkStanding(report, { log, checkpoint: newest, code, index: receipt.index, later, pending, good });
}

/** As all verifiers of ours say it: a log that signed more than it shows has taken something back. */
function sayShorter(report, newest, signed) {
  const [[now, nowEn], [then, thenEn]] = [count(newest.size), count(signed.size)];
  report.say("growth", "bad", `Sổ đã NGẮN ĐI: khi có biên nhận là ${then} bút toán, nay máy chủ chỉ đưa ra ${now}.`,
    `The log is SHORTER: ${thenEn} entries at the receipt, and the server shows only ${nowEn} now.`);
  report.conclude("bad",
    `SỔ ĐÃ NGẮN ĐI: sổ đã ký ${then} bút toán mà nay máy chủ chỉ đưa ra ${now}. Hãy giữ biên nhận và thử lại; nếu vẫn vậy, hãy báo cho Hội, báo chí hoặc thanh tra.`,
    `THE LOG IS SHORTER: it signed ${thenEn} entries and the server shows only ${nowEn} now. Keep your receipt and try again; if it stays so, tell the Red Cross, the press or the inspectorate.`);
}
