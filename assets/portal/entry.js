// Makes the page of an entry check itself.
//
// The page has <section id="verify" data-code data-vkey data-leaf-hash data-index data-reversed-by>: data-vkey holds the
// log's key (two while one replaces the other, a space between), data-index is empty until the entry is in the log,
// data-reversed-by unless the page says that it was reversed, data-paper-differs where the address has the hash of something
// else; data-log and data-api may name other addresses than ours. What the page shows of the entry is marked: <… data-fact="amount" data-value="500000">500.000 đ</…> for kind, amount, day,
// booked, chapter, appeal, channel, and what its kind says besides: of, to, category, reason, list, count, each posting as
// <tr data-posting="ACCOUNT FUND AMOUNT">; of a leaf that is no entry of the books also event, period, key, doc. A reversal's
// amount has data-original, the place of what it takes back. The API
// does not know such a leaf: its page has data-later, what was said of it since ("code:index …"). Results are added behind what the section has; it is a live region.

import { LIMITS, hex, parseVkeys, unbase64url } from "./verify.js";
import { Log } from "./log.js";
import { Report, checkEntry, checkReceipt, daysOf, draw, lookUp, sayUnreadable, tolerated } from "./check.js";

const section = document.getElementById("verify");
const lang = document.documentElement.lang.startsWith("en") ? "en" : "vi";
const say = (vi, en) => (lang === "en" ? en : vi);

/** What one sees of a value has to be that value: amounts by their digits, days, keys, codes and hashes in full. */
function reads(name, value, text) {
  if (name === "amount") return text.replace(/\D/g, "") === value.replace("-", "") && /[-−]/.test(text) === value.startsWith("-");
  if (name === "count") return text.replace(/\D/g, "") === value;
  if (["day", "booked", "period"].includes(name)) return text === value || daysOf(value).includes(text);
  if (name === "of" || name === "key") return text === value;
  if (name === "doc") return text === hex(unbase64url(value));
  return true;
}

function shownFacts() {
  const shown = {};
  for (const element of document.querySelectorAll("[data-fact]")) {
    const [name, text] = [element.dataset.fact, element.textContent.trim()];
    const value = element.dataset.value ?? text;
    shown[name] = reads(name, value, text) ? value : text;
  }
  const postings = [...document.querySelectorAll("[data-posting]")].map(posting);
  if (postings.length > 0) shown.postings = postings.join("; ");
  return shown;
}

/** A posting as one sees it: what the row is marked with, if its figures say the same. */
function posting(row) {
  const [value, digits] = [row.dataset.posting, (cell) => row.querySelector(cell).textContent.replace(/\D/g, "")];
  const amount = value.split(" ").at(-1);
  const [side, other] = amount.startsWith("-") ? [".credit", ".debit"] : [".debit", ".credit"];
  return digits(side) === amount.replace("-", "") && digits(other) === "" ? value : row.textContent.trim();
}

/** Where in the log that stands which the page's entry reverses. */
function originalAt() {
  const at = document.querySelector("[data-original]")?.dataset.original;
  return /^\d+$/.test(at ?? "") ? Number(at) : null;
}

/** Checkpoints seen before on this device, one for each log. Where there is no storage, every visit is the first. */
const memory = {
  key: (origin) => `so-nhan-ai:checkpoint:${origin}`,
  // A demo's log has a name that cannot exist and begins anew with every demo.
  storage: (origin) => (origin.includes(".invalid/") ? sessionStorage : localStorage),
  read(origin) {
    try {
      const { size, root, seen } = JSON.parse(this.storage(origin).getItem(this.key(origin)));
      if (!Number.isSafeInteger(size) || root.length !== 32 || Number.isNaN(Date.parse(seen))) return null;
      return { size, root: Uint8Array.from(root), seen };
    } catch {
      return null;
    }
  },
  write({ origin, size, root }) {
    try {
      const seen = { size, root: [...root], seen: new Date().toISOString() };
      this.storage(origin).setItem(this.key(origin), JSON.stringify(seen));
    } catch {
      // Private windows and full disks: the check itself needs no memory.
    }
  },
};

/** What the page was rendered with, for when the API does not answer: of what came later no more than that something reverses it. */
function rendered() {
  const { leafHash, index, reversedBy } = section.dataset;
  return { leafHash, index: /^\d+$/.test(index ?? "") ? Number(index) : null, later: null, pending: Boolean(reversedBy) };
}

/** What the page of a leaf that is no entry was rendered with. */
function renderedLater(later) {
  return later.split(" ").filter(Boolean).map((said) => said.split(":")).map(([code, index]) => ({ code, index: Number(index) }));
}

/** What the server says of the entry now. A reversal that only the page knows of counts as one that is being sealed. */
async function claimed(api, code) {
  if (section.dataset.later !== undefined) return { ...rendered(), later: renderedLater(section.dataset.later) };
  const said = await lookUp(api, code);
  const by = section.dataset.reversedBy;
  if (by && !said.later.some((later) => later.code === by)) said.later.push({ code: by, index: null });
  return said;
}

function place(tag, className) {
  const element = document.createElement(tag);
  element.className = className;
  section.append(element);
  return element;
}

async function checkPage({ log, api, keys, code }, report) {
  // A page without its API can still be checked against the log's static files, but not for what came later.
  const claim = () => claimed(api, code).catch((error) => {
    if (rendered().index === null || tolerated(error) !== null) throw error;
    return rendered();
  });
  await checkEntry({ log, keys, code, claim, shown: shownFacts(), memory, originalAt: originalAt() }, report);
}

async function checkFile(file, { log, api, keys, code }, target) {
  const report = new Report((changed) => draw(target, changed, [lang]));
  if (file.size > LIMITS.receipt) return sayUnreadable(report);
  const text = await file.text();
  await checkReceipt({ text, keys, online: { log, api } }, report);
  const of = report.leaf?.entry;
  if (of && of !== code) {
    report.say("other", "bad", `Biên nhận này là của bút toán khác: ${of}.`, `This receipt is of another entry: ${of}.`);
    report.conclude("bad", `KHÔNG KHỚP: biên nhận của bút toán ${of}.`, `DOES NOT MATCH: a receipt of entry ${of}.`);
  }
}

/** A place to drop a receipt file on; choosing one works by keyboard too. */
function offerFile(check) {
  const label = place("label", "verify-drop");
  label.textContent = say("Có biên nhận (.tlog-proof)? Thả tệp vào đây hoặc chọn:", "Have a receipt (.tlog-proof)? Drop it here or choose it:");
  const choose = document.createElement("span");
  choose.className = "choose";
  choose.textContent = say("Chọn tệp", "Choose a file");
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".tlog-proof,text/plain";
  label.append(choose, input);
  const target = place("div", "verify-receipt");
  const take = ([file]) => {
    if (!file) return;
    choose.textContent = file.name;
    check(file, target);
  };
  input.addEventListener("change", () => take(input.files));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
}

/** The key in full, to be compared with the one printed in the newspaper. */
function showKey(vkey) {
  const details = place("details", "verify-key");
  const summary = document.createElement("summary");
  summary.textContent = say("Khóa công khai của sổ (so bằng mắt với nơi khác)", "The log's public key (compare it with another source)");
  const code = document.createElement("code");
  code.textContent = vkey;
  details.append(summary, code);
}

/** As the page says it above: nobody who has a forged paper may read that all is well. */
const PAPER_DIFFERS = ["Khoản trong sổ thì đúng, nhưng phiếu của bạn không khớp.", "The entry in the ledger is right, but your paper does not match it."];

async function start() {
  const { code, vkey = "", log = "/log", api = "/api/v1/public" } = section.dataset;
  const target = place("div", "verify-result");
  section.dataset.state = "checking";
  const report = new Report((changed) => draw(target, changed, [lang]));
  if (section.dataset.paperDiffers !== undefined) report.instead = PAPER_DIFFERS;
  const keys = await report.step("seal", ["Khóa công khai của sổ", "The log's public key"], () => parseVkeys(vkey));
  if (keys !== null) {
    const here = { log: new Log(log), api, keys, code };
    offerFile((file, where) => checkFile(file, here, where));
    showKey(vkey);
    await checkPage(here, report);
  }
  takeBack(report.verdict);
  section.dataset.state = report.verdict.state;
}

/** A page may be some seconds old: it must not go on saying that an entry stands which was reversed, or is not as shown. */
function takeBack({ state, vi, en }) {
  const stands = document.querySelector(".entry > div.notice.good");
  if (stands === null || !["reversed", "bad"].includes(state)) return;
  stands.className = "notice bad";
  stands.textContent = say(vi, en);
}

if (section) start();
