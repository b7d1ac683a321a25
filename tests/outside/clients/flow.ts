// A day at the desk, by a client that openapi-typescript and openapi-fetch make of the document. Ends with 0 when everything was as it should be.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

const baseUrl = process.env.BASE!;
const api = createClient<paths>({ baseUrl });

function must<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(what);
  return value;
}

function same<T>(is: T, should: T, what: string): void {
  if (JSON.stringify(is) !== JSON.stringify(should)) throw new Error(`${what}: ${JSON.stringify(is)} instead of ${JSON.stringify(should)}`);
}

// Log in: with a second factor the answer would be another step.
const entered = await api.POST("/api/v1/session", { body: { user: process.env.USER_NAME!, password: process.env.PASSWORD! } });
same(entered.response.status, 201, "log in");
const session = must(entered.data, "no session") as Schemas["SessionOut"];
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const officer = bearer(session.access_token);
const approver = bearer(process.env.APPROVER!);

const me = must((await api.GET("/api/v1/session", { headers: officer })).data, "who am I");
same(me.roles[0].role, "OFFICER", "role");

// A gift, and the same again when the answer was lost.
const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
const gift: Schemas["GiftIn"] = {
  id: crypto.randomUUID(),
  chapter: "23095",
  channel: "CASH",
  amount_vnd: 500_000,
  received_on: today,
  giver: { kind: "PERSON", name: "Nguyễn Văn An" },
  display: "FULL_NAME",
};
const first = await api.POST("/api/v1/gifts", { body: gift, headers: officer });
same(first.response.status, 201, "gift");
const again = await api.POST("/api/v1/gifts", { body: gift, headers: officer });
same(again.response.status, 200, "the same gift again");
const posted = must(again.data, "gift") as Schemas["GiftPosted"];
same(posted.outcome, "ALREADY_BOOKED", "outcome");

// A batch of which one is wrong.
const gifts: Schemas["GiftIn"][] = [1, 2, 3].map((n) => ({
  id: crypto.randomUUID(),
  chapter: "23095",
  channel: "BANK_TRANSFER",
  amount_vnd: n === 2 ? -1 : n * 100_000,
  received_on: today,
}));
const batch = must((await api.POST("/api/v1/gifts/batch", { body: { gifts }, headers: officer })).data, "batch");
same([batch.booked, batch.refused], [2, 1], "batch");
const refused = must(batch.items.find((item) => item.outcome === "REFUSED")?.problem ?? undefined, "problem");
same(refused.errors?.[0].code, "NOT_POSITIVE", "code");

// Every wrong field at once.
const wrong = { ...gift, id: "x", received_on: "22/11/2026", channel: "GOLD", surprise: 1 } as unknown as Schemas["GiftIn"];
const problem = must((await api.POST("/api/v1/gifts", { body: wrong, headers: officer })).error, "problem");
const codes = new Map(problem.errors?.map((error) => [error.pointer, error.code]));
same(
  ["/channel", "/id", "/received_on", "/surprise"].map((pointer) => codes.get(pointer)),
  ["NOT_A_CHOICE", "WRONG_SHAPE", "NOT_A_DATE", "UNKNOWN_FIELD"],
  "all wrong fields",
);

// A list, page by page.
const seen: string[] = [];
let cursor: string | undefined;
do {
  const query = { chapter: "23095", limit: 2, cursor };
  const page = must((await api.GET("/api/v1/gifts", { params: { query }, headers: officer })).data, "page");
  seen.push(...page.items.map((row) => row.id));
  cursor = page.next ?? undefined;
} while (cursor);
same(new Set(seen).size, seen.length, "no row twice");
for (const id of [gift.id, gifts[0].id, gifts[2].id]) if (!seen.includes(id)) throw new Error(`${id} is on no page`);

// A reversal by two persons.
const asked = await api.POST("/api/v1/gifts/{id}/reversal", {
  params: { path: { id: gifts[0].id } },
  body: { id: crypto.randomUUID(), reason: "DUPLICATE" },
  headers: officer,
});
same(asked.response.status, 201, "reversal asked for");
const request = must(asked.data, "reversal");
const key = crypto.randomUUID();
const approve = () =>
  api.POST("/api/v1/reversals/{id}/approval", {
    params: { path: { id: request.id }, header: { "Idempotency-Key": key } },
    headers: approver,
  });
const approved = await approve();
same(must(approved.data, "approval").state, "APPROVED", "state");
same((await approve()).response.headers.get("idempotency-replayed"), "true", "a replay");

// A paper.
const bytes = Uint8Array.from(Buffer.from(process.env.PAPER!, "base64"));
const hash = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
const upload = crypto.randomUUID();
const announced = await api.POST("/api/v1/uploads", {
  body: { id: upload, chapter: "23095", purpose: "GIFT", name: "Biên nhận.pdf", media_type: "application/pdf", size_bytes: bytes.length, sha256: hash },
  headers: officer,
});
same(announced.response.headers.get("upload-offset"), "0", "where to begin");
const sent = await api.PATCH("/api/v1/uploads/{id}", {
  params: { path: { id: upload }, header: { "Upload-Offset": 0 } },
  body: bytes as unknown as string,
  bodySerializer: (body) => body as unknown as BodyInit,
  headers: { ...officer, "Content-Type": "application/octet-stream" },
});
same(must(sent.data, "upload").state, "DONE", "upload");
const linked = await api.POST("/api/v1/gifts/{id}/documents", { params: { path: { id: gift.id } }, body: { document: upload }, headers: officer });
same(linked.response.status, 201, "link");

// The receipt, once the entry is sealed.
let receipt: string | undefined;
for (let tries = 0; receipt === undefined && tries < 60; tries++) {
  const answer = await api.GET("/api/v1/public/entries/{code}/receipt", { params: { path: { code: posted.code } }, parseAs: "text" });
  receipt = answer.data;
  if (receipt === undefined) await new Promise((done) => setTimeout(done, 500));
}
if (!must(receipt, "receipt").startsWith("c2sp.org/tlog-proof@v1")) throw new Error(`no receipt: ${receipt}`);

// What is public is kept with its tag.
const entries = await api.GET("/api/v1/public/entries", { params: { query: { q: "Nguyễn Văn An" } } });
const tag = must(entries.response.headers.get("etag") ?? undefined, "etag");
const kept = await api.GET("/api/v1/public/entries", { params: { query: { q: "Nguyễn Văn An" }, header: { "If-None-Match": tag } } });
if (![200, 304].includes(kept.response.status)) throw new Error(`kept: ${kept.response.status}`);

// Go on with the session, then end it.
const next = must((await api.POST("/api/v1/session/refresh", { body: { refresh_token: session.refresh_token } })).data, "refresh");
const ended = await api.DELETE("/api/v1/session", { headers: bearer(next.access_token) });
same(ended.response.status, 204, "log out");
const after = await api.GET("/api/v1/session", { headers: { ...bearer(next.access_token), "Accept-Language": "en" } });
same(must(after.error, "after the end").type, "/problems/unauthenticated", "after the end");
console.log(`${Object.keys(gifts).length + 1} gifts, ${seen.length} rows, 1 reversal, 1 paper, 1 receipt`);
