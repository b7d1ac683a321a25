//! What nobody has to log in for.

/// Operations that answer without a log-in. This list may only shrink; a new line needs a reason beside it.
pub const PUBLIC: &[(&str, &str)] = &[
    ("POST /api/v1/session", "logging in"),
    ("POST /api/v1/session/refresh", "the refresh token is the credential"),
    ("POST /api/v1/session/second-step", "the token of the first step and the code are the credentials"),
    ("GET /healthz", "whether the process lives, for those who run it"),
    ("GET /metrics", "for this machine and the networks the configuration names; others get 404"),
    ("GET /readyz", "whether the database answers, for those who run it"),
    ("GET /api/v1/public/appeals", "công khai"),
    ("GET /api/v1/public/appeals/{code}", "công khai"),
    ("GET /api/v1/public/appeals/{code}/documents", "công khai"),
    ("GET /api/v1/public/appeals/{code}/ledger.csv", "công khai"),
    ("GET /api/v1/public/appeals/{code}/publications", "công khai"),
    ("GET /api/v1/public/chapters", "công khai"),
    ("GET /api/v1/public/chapters/{code}", "công khai"),
    ("GET /api/v1/public/documents/{sha256}", "công khai: published by whoever runs the appeal"),
    ("GET /api/v1/public/consent-texts", "what givers are told before they choose"),
    ("GET /api/v1/public/entries", "công khai"),
    ("GET /api/v1/public/entries/{code}", "công khai"),
    ("GET /api/v1/public/items", "công khai"),
    ("GET /api/v1/public/totals", "công khai"),
    ("GET /api/v1/public/units", "công khai"),
    ("GET /api/v1/public/units/{code}", "công khai"),
];
