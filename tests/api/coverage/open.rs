//! What nobody has to log in for.

use serde_json::Value;

/// Operations that answer without a log-in. This list may only shrink; a new line needs a reason beside it.
pub const PUBLIC: &[(&str, &str)] = &[
    ("POST /api/v1/session", "logging in"),
    ("POST /api/v1/session/refresh", "the refresh token is the credential"),
    ("POST /api/v1/session/second-step", "the token of the first step and the code are the credentials"),
    ("GET /log/checkpoint", "công khai: the log itself, at the address that its standard fixes"),
    ("GET /log/tile/{level}/{index}", "công khai: the same"),
    ("GET /healthz", "whether the process lives, for those who run it"),
    ("GET /metrics", "for this machine and the networks the configuration names; others get 404"),
    ("GET /readyz", "whether the database answers, for those who run it"),
    ("GET /api/v1/public/appeals", "công khai"),
    ("GET /api/v1/public/appeals/{code}", "công khai"),
    ("GET /api/v1/public/appeals/{code}/documents", "công khai"),
    ("GET /api/v1/public/appeals/{code}/datapackage.json", "công khai: says what the columns of ledger.csv hold"),
    ("GET /api/v1/public/appeals/{code}/ledger.csv", "công khai"),
    ("GET /api/v1/public/appeals/{code}/ledger.csv-metadata.json", "công khai: the same for other programs"),
    ("GET /api/v1/public/ledger.schema.json", "công khai: the same for every appeal"),
    ("GET /api/v1/public/appeals/{code}/publications", "công khai"),
    ("GET /api/v1/public/cards/{code}", "công khai: whether a card is valid, by the code on it"),
    ("GET /api/v1/public/chapters", "công khai"),
    ("GET /api/v1/public/chapters/{code}", "công khai"),
    ("GET /api/v1/public/chapters/{code}/reversals", "công khai: how often a chapter takes entries back"),
    ("GET /api/v1/public/documents/{sha256}", "công khai: published by whoever runs the appeal"),
    ("GET /api/v1/public/consent-texts", "what givers are told before they choose"),
    ("GET /api/v1/public/entries", "công khai"),
    ("GET /api/v1/public/certificates/{code}", "công khai: whether a certificate stands"),
    ("GET /api/v1/public/course-counts", "công khai: counts, folded"),
    ("GET /api/v1/public/courses", "công khai: courses that take people"),
    ("GET /api/v1/public/courses.ics", "công khai: the same"),
    ("GET /api/v1/public/entries/{code}", "công khai"),
    ("GET /api/v1/public/entries/{code}/receipt", "công khai: proves what is public"),
    ("GET /api/v1/public/log", "công khai"),
    ("GET /api/v1/public/items", "công khai"),
    ("GET /api/v1/public/officers/{code}/reversals", "công khai: a person's acts of office, under a code that names nobody"),
    ("GET /api/v1/public/officers/{code}/reversals/chapters", "công khai: the same"),
    ("GET /api/v1/public/reversals", "công khai: what totals do not show"),
    ("GET /api/v1/public/reversals/chapters", "công khai: what totals do not show"),
    ("GET /api/v1/public/statements", "công khai: what was stated, word for word"),
    ("GET /api/v1/public/statements/{code}", "công khai: the same"),
    ("GET /api/v1/public/totals", "công khai"),
    ("GET /api/v1/public/units", "công khai"),
    ("GET /api/v1/public/units/{code}", "công khai"),
    ("GET /api/v1/public/volunteer-consent-texts", "what whoever signs up is told before"),
    ("POST /api/v1/public/volunteer-applications", "whoever would like to be a volunteer has no account; confirmed by a link"),
];

/// A path of each that is only read; `code` is of an entry, `document` the hash of a published paper, `officer` the public
/// code of somebody who reversed something, `statement` that of something stated.
pub fn reads(code: &str, document: &str, officer: &str, statement: &str) -> Vec<(&'static str, (String, Option<Value>))> {
    let paths =
        [("GET /healthz", "/healthz".to_owned()), ("GET /metrics", "/metrics".to_owned()), ("GET /readyz", "/readyz".to_owned())];
    let public = [
        ("GET /api/v1/public/appeals", "appeals"),
        ("GET /api/v1/public/appeals/{code}", "appeals/LULUT"),
        ("GET /api/v1/public/appeals/{code}/documents", "appeals/LULUT/documents"),
        ("GET /api/v1/public/documents/{sha256}", &format!("documents/{document}")),
        ("GET /api/v1/public/appeals/{code}/datapackage.json", "appeals/LULUT/datapackage.json"),
        ("GET /api/v1/public/appeals/{code}/ledger.csv", "appeals/LULUT/ledger.csv"),
        ("GET /api/v1/public/appeals/{code}/ledger.csv-metadata.json", "appeals/LULUT/ledger.csv-metadata.json"),
        ("GET /api/v1/public/ledger.schema.json", "ledger.schema.json"),
        ("GET /api/v1/public/appeals/{code}/publications", "appeals/LULUT/publications"),
        ("GET /api/v1/public/cards/{code}", &format!("cards/{}", crate::members::CARD)),
        ("GET /api/v1/public/certificates/{code}", &format!("certificates/{}", crate::courses::CODE)),
        ("GET /api/v1/public/course-counts", "course-counts?chapter=68"),
        ("GET /api/v1/public/courses", "courses"),
        ("GET /api/v1/public/courses.ics", "courses.ics"),
        ("GET /api/v1/public/chapters", "chapters"),
        ("GET /api/v1/public/chapters/{code}", "chapters/23095"),
        ("GET /api/v1/public/consent-texts", "consent-texts"),
        ("GET /api/v1/public/entries", "entries"),
        ("GET /api/v1/public/entries/{code}", &format!("entries/{code}")),
        ("GET /api/v1/public/entries/{code}/receipt", &format!("entries/{code}/receipt")),
        ("GET /api/v1/public/log", "log"),
        ("GET /api/v1/public/items", "items"),
        ("GET /api/v1/public/chapters/{code}/reversals", "chapters/23095/reversals"),
        ("GET /api/v1/public/officers/{code}/reversals", &format!("officers/{officer}/reversals")),
        ("GET /api/v1/public/officers/{code}/reversals/chapters", &format!("officers/{officer}/reversals/chapters")),
        ("GET /api/v1/public/reversals", "reversals"),
        ("GET /api/v1/public/reversals/chapters", "reversals/chapters"),
        ("GET /api/v1/public/statements", "statements"),
        ("GET /api/v1/public/statements/{code}", &format!("statements/{statement}")),
        ("GET /api/v1/public/totals", "totals"),
        ("GET /api/v1/public/units", "units?q=ham+chinh"),
        ("GET /api/v1/public/units/{code}", "units/75"),
        ("GET /api/v1/public/volunteer-consent-texts", "volunteer-consent-texts"),
    ];
    let public = public.map(|(operation, path)| (operation, format!("/api/v1/public/{path}")));
    paths.into_iter().chain(public).map(|(operation, path)| (operation, (path, None))).collect()
}
