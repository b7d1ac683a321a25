// The verifier as a page of its own, online or saved to disk.

import { LIMITS, parseVkeys } from "./verify.js";
import { Log, amountOf } from "./log.js";
import { Report, checkReceipt, count, daysOf, draw, words } from "./check.js";

const byId = (id) => document.getElementById(id);
const form = byId("check");
const isServed = location.protocol.startsWith("http");

/** The address of a server as people type it, without what is behind its host and path. */
function serverAddress() {
  const typed = byId("server").value.trim().replace(/\/+$/, "");
  return /^https?:\/\//.test(typed) ? typed : `https://${typed}`;
}

/** As the pages say it: a test compares them. */
const KINDS = {
  GIFT_CASH: ["Ủng hộ tiền mặt", "Gift in cash"],
  GIFT_BANK: ["Ủng hộ chuyển khoản", "Gift by bank transfer"],
  GIFT_IN_KIND: ["Ủng hộ hiện vật", "Gift in kind"],
  GIFT_AGGREGATE: ["Nhiều khoản nhỏ gộp một lần", "Many small gifts as one sum"],
  REVERSAL: ["Bút toán hủy", "Reversal"],
  OPENING_BALANCE: ["Số dư đầu kỳ chuyển từ sổ cũ", "Opening balance from old books"],
  TRANSFER_OUT: ["Chuyển cho đơn vị khác", "Transfer to another chapter"],
  TRANSFER_IN: ["Nhận từ đơn vị khác", "Transfer received"],
  TRANSFER_RETURN: ["Khoản chuyển được trả lại", "Transfer returned"],
  PURCHASE: ["Mua hàng nhập kho", "Purchase into stock"],
  ADVANCE: ["Tạm ứng", "Advance"],
  ADVANCE_CLEARING: ["Thanh toán tạm ứng", "Clearing of an advance"],
  PAYMENT: ["Chi", "Payment"],
  DISTRIBUTION_CASH: ["Trao tiền theo danh sách", "Money handed out by a list"],
  DISTRIBUTION_GOODS: ["Trao hiện vật theo danh sách", "Goods handed out by a list"],
  STOCK_ADJUSTMENT: ["Điều chỉnh tồn kho", "Stock adjustment"],
  FUND_RELEASE: ["Chuyển giữa các quỹ", "Move between funds"],
  REFUND: ["Hoàn trả người ủng hộ", "Refund to the giver"],
  DUES: ["Hội phí", "Members' dues"],
  INCOME: ["Thu khác", "Other income"],
  CASH_DEPOSIT: ["Nộp tiền mặt vào ngân hàng", "Cash brought to the bank"],
  CASH_WITHDRAWAL: ["Rút tiền gửi về quỹ", "Cash fetched from the bank"],
  BANK_CONFIRMATION: ["Ngân hàng xác nhận", "Confirmed by the bank"],
  CASH_COUNT_DIFFERENCE: ["Chênh lệch kiểm quỹ", "Difference found by a cash count"],
  INTEREST: ["Lãi tiền gửi", "Interest"],
  BANK_FEE: ["Phí ngân hàng", "Bank fee"],
  AMENDMENT: ["Đính chính", "Correction"],
  ERASURE: ["Xóa dữ liệu cá nhân", "Erasure of personal data"],
  PUBLICATION: ["Công khai theo quy định", "Publication required by law"],
  STATEMENT: ["Công bố", "Public statement"],
  KEY: ["Khóa ký sổ công khai", "Key of the public log"],
};
const FIELDS = {
  name: ["Họ tên", "Name"],
  phone: ["Điện thoại", "Phone"],
  memo: ["Nội dung", "Memo"],
  time: ["Thời điểm", "Time"],
  channel_ref: ["Mã giao dịch", "Bank reference"],
};

/** What the leaf says, once nothing speaks against it. */
function showEntry({ leaf, opened, verdict }) {
  const list = byId("entry");
  list.replaceChildren();
  if (!leaf || verdict?.state === "bad") return;
  const amount = amountOf(leaf);
  const text = (vi, en) => (tag) => words(tag, "", { vi, en }, ["vi", "en"]);
  const plain = (value) => value && text(value, value);
  const kind = KINDS[leaf.kind] ?? [leaf.kind, leaf.kind];
  const rows = [
    [["Mã", "Code"], plain(leaf.entry)],
    [["Loại", "Kind"], text(...kind)],
    [["Số tiền", "Amount"], leaf.postings.length > 0 && text(...count(amount).map((digits) => `${digits} đ`))],
    [["Ngày nhận", "Received on"], leaf.day && text(...daysOf(leaf.day))],
    [["Ngày vào sổ", "Booked on"], leaf.booked && text(...daysOf(leaf.booked))],
    [["Đơn vị nhận", "Received by"], plain(leaf.chapter)],
    [["Đợt vận động", "Appeal"], plain(leaf.appeal)],
    ...opened.map(({ field, value }) => [FIELDS[field], plain(value)]),
  ];
  for (const [name, value] of rows.filter(([, value]) => value)) list.append(text(...name)("dt"), value("dd"));
}

let checks = 0;

async function check(text) {
  const turn = ++checks; // an older check that is still running draws no more
  const report = new Report((changed) => {
    if (turn !== checks) return;
    draw(byId("result"), changed, ["vi", "en"]);
    showEntry(changed);
  });
  byId("result").dataset.state = "checking";
  byId("outcome").className = "card"; // an empty box would look like an answer
  try {
    const keys = parseVkeys(byId("vkey").value);
    const server = serverAddress();
    const online = byId("online").checked ? { log: new Log(`${server}/log`), api: `${server}/api/v1/public` } : null;
    await checkReceipt({ text, keys, online }, report);
  } catch (error) {
    report.fail("form", ["Khóa công khai", "The public key"], error);
  }
  if (turn !== checks) return;
  byId("result").dataset.state = report.verdict.state;
  byId("result").scrollIntoView({ block: "nearest" });
}

async function take(files) {
  if (!files[0]) return;
  byId("chosen").textContent = files[0].name;
  byId("receipt").value = files[0].size > LIMITS.receipt ? "" : await files[0].text();
  check(byId("receipt").value);
}

function speak(lang) {
  document.documentElement.lang = lang;
  const other = lang === "vi" ? "en" : "vi";
  byId("language").textContent = lang === "vi" ? "English" : "Tiếng Việt";
  Object.assign(byId("language"), { lang: other, hreflang: other, href: `?lang=${other}` });
  document.title = lang === "vi" ? "Kiểm tra biên nhận – Sổ Nhân Ái" : "Check a receipt – Sổ Nhân Ái";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  check(byId("receipt").value.replaceAll("\r\n", "\n"));
});
byId("file").addEventListener("change", () => take(byId("file").files));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  take(event.dataTransfer.files);
});
byId("language").addEventListener("click", (event) => {
  event.preventDefault(); // what is in the form stays
  speak(document.documentElement.lang === "vi" ? "en" : "vi");
});

if (isServed) byId("server").value = location.origin;
byId("online").checked = isServed;
speak(document.documentElement.lang);
byId("too-old").remove();
form.hidden = false;
