//! Problems (RFC 9457): one enum of kinds, each with a stable `type`, a status and a title in two languages.
//!
//! Call sites state what they expect to go wrong; whatever nobody expected is [`Kind::Internal`], logged once with
//! its cause and shown without it. `docs/status-codes.md` tells client authors what to do about each kind.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use super::language::{Lang, Say};
use crate::db::DbError;

/// Every kind of problem this API answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Malformed,
    InvalidCursor,
    Unauthenticated,
    WrongCredentials,
    WrongCode,
    StaleToken,
    Forbidden,
    SecondFactorNeeded,
    PasswordChangeNeeded,
    OneTimePasswordOver,
    NotFound,
    MethodNotAllowed,
    TooSlow,
    Conflict,
    LastAdministrator,
    Unusual,
    TooLarge,
    UnsupportedMediaType,
    Invalid,
    IdTaken,
    KeyReused,
    TooManyAttempts,
    RateLimited,
    RangeNotSatisfiable,
    Internal,
    Unavailable,
    StorageFull,
}

impl Kind {
    pub const ALL: &[Kind] = &[
        Kind::Malformed,
        Kind::InvalidCursor,
        Kind::Unauthenticated,
        Kind::WrongCredentials,
        Kind::WrongCode,
        Kind::StaleToken,
        Kind::Forbidden,
        Kind::SecondFactorNeeded,
        Kind::PasswordChangeNeeded,
        Kind::OneTimePasswordOver,
        Kind::NotFound,
        Kind::MethodNotAllowed,
        Kind::TooSlow,
        Kind::Conflict,
        Kind::LastAdministrator,
        Kind::Unusual,
        Kind::TooLarge,
        Kind::UnsupportedMediaType,
        Kind::Invalid,
        Kind::IdTaken,
        Kind::KeyReused,
        Kind::TooManyAttempts,
        Kind::RateLimited,
        Kind::RangeNotSatisfiable,
        Kind::Internal,
        Kind::Unavailable,
        Kind::StorageFull,
    ];

    /// (slug of the stable type, status, title).
    fn row(self) -> (&'static str, StatusCode, Say) {
        use StatusCode as S;
        match self {
            Kind::Malformed => {
                ("malformed-request", S::BAD_REQUEST, Say::fixed("Yêu cầu không đọc được", "The request cannot be read"))
            }
            Kind::InvalidCursor => {
                ("invalid-cursor", S::BAD_REQUEST, Say::fixed("Con trỏ trang không dùng được", "The page cursor cannot be used"))
            }
            Kind::Unauthenticated => ("unauthenticated", S::UNAUTHORIZED, Say::fixed("Cần đăng nhập", "Log-in required")),
            Kind::WrongCredentials => (
                "wrong-credentials",
                S::UNAUTHORIZED,
                Say::fixed("Sai tên đăng nhập hoặc mật khẩu", "Wrong user name or password"),
            ),
            Kind::WrongCode => {
                ("wrong-code", S::UNAUTHORIZED, Say::fixed("Sai mã xác thực hai lớp", "Wrong code of the second factor"))
            }
            Kind::StaleToken => (
                "stale-refresh-token",
                S::UNAUTHORIZED,
                Say::fixed(
                    "Phiên đã bị kết thúc vì một mã làm mới cũ được dùng lại",
                    "The session was ended: an old refresh token was used",
                ),
            ),
            Kind::SecondFactorNeeded => {
                ("second-factor-needed", S::FORBIDDEN, Say::fixed("Việc này cần xác thực hai lớp", "This needs a second factor"))
            }
            Kind::Forbidden => ("forbidden", S::FORBIDDEN, Say::fixed("Không có quyền làm việc này", "Not allowed")),
            Kind::PasswordChangeNeeded => (
                "password-change-needed",
                S::FORBIDDEN,
                Say::fixed("Phải đổi mật khẩu một lần trước", "The one-time password must be changed first"),
            ),
            Kind::OneTimePasswordOver => (
                "one-time-password-over",
                S::FORBIDDEN,
                Say::fixed("Mật khẩu một lần đã hết hạn", "The one-time password has run out"),
            ),
            Kind::NotFound => ("not-found", S::NOT_FOUND, Say::fixed("Không tìm thấy", "Not found")),
            Kind::MethodNotAllowed => (
                "method-not-allowed",
                S::METHOD_NOT_ALLOWED,
                Say::fixed("Phương thức không dùng được ở địa chỉ này", "Method not allowed here"),
            ),
            Kind::TooSlow => ("too-slow", S::REQUEST_TIMEOUT, Say::fixed("Gửi quá chậm", "The request came too slowly")),
            Kind::Conflict => {
                ("conflict", S::CONFLICT, Say::fixed("Trái với trạng thái hiện tại", "In conflict with the current state"))
            }
            Kind::LastAdministrator => (
                "last-administrator",
                S::CONFLICT,
                Say::fixed("Không thể bỏ người quản trị cuối cùng", "The last administrator cannot go"),
            ),
            Kind::Unusual => {
                ("unusual", S::CONFLICT, Say::fixed("Số tiền bất thường: hãy kiểm tra lại", "An unusual sum: look at it again"))
            }
            Kind::TooLarge => ("too-large", S::PAYLOAD_TOO_LARGE, Say::fixed("Nội dung gửi quá lớn", "The request is too large")),
            Kind::UnsupportedMediaType => (
                "unsupported-media-type",
                S::UNSUPPORTED_MEDIA_TYPE,
                Say::fixed("Kiểu nội dung không nhận", "Unsupported media type"),
            ),
            Kind::Invalid => ("invalid", S::UNPROCESSABLE_ENTITY, Say::fixed("Dữ liệu chưa hợp lệ", "The data is not valid")),
            Kind::IdTaken => (
                "id-taken",
                S::UNPROCESSABLE_ENTITY,
                Say::fixed("Mã id đã dùng cho nội dung khác", "This id stands for other content already"),
            ),
            Kind::KeyReused => (
                "idempotency-key-reused",
                S::UNPROCESSABLE_ENTITY,
                Say::fixed("Idempotency-Key đã dùng cho yêu cầu khác", "This Idempotency-Key stands for another request"),
            ),
            Kind::TooManyAttempts => {
                ("too-many-attempts", S::TOO_MANY_REQUESTS, Say::fixed("Thử quá nhiều lần", "Too many attempts"))
            }
            Kind::RateLimited => ("rate-limited", S::TOO_MANY_REQUESTS, Say::fixed("Quá nhiều yêu cầu", "Too many requests")),
            Kind::RangeNotSatisfiable => (
                "range-not-satisfiable",
                S::RANGE_NOT_SATISFIABLE,
                Say::fixed("Tệp không có phần được hỏi", "The file has no such part"),
            ),
            Kind::Internal => ("internal", S::INTERNAL_SERVER_ERROR, Say::fixed("Lỗi của hệ thống", "Our fault")),
            Kind::Unavailable => (
                "unavailable",
                S::SERVICE_UNAVAILABLE,
                Say::fixed("Hệ thống tạm thời chưa phục vụ được", "Temporarily unavailable"),
            ),
            Kind::StorageFull => {
                ("storage-full", S::INSUFFICIENT_STORAGE, Say::fixed("Hết chỗ lưu tài liệu", "No space left for documents"))
            }
        }
    }

    pub fn slug(self) -> &'static str {
        self.row().0
    }

    /// Its stable `type` in a problem document.
    pub fn reference(self) -> String {
        format!("/problems/{}", self.slug())
    }

    pub fn status(self) -> StatusCode {
        self.row().1
    }

    /// Its title, in both languages.
    pub fn said(self) -> Say {
        self.row().2
    }

    pub fn title(self, lang: Lang) -> String {
        self.row().2.in_lang(lang).to_owned()
    }
}

/// One field that is wrong, by JSON pointer, with a code a program can act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub pointer: String,
    pub code: &'static str,
    pub detail: Say,
}

impl FieldError {
    pub fn new(pointer: impl Into<String>, code: &'static str, detail: Say) -> Self {
        Self { pointer: pointer.into(), code, detail }
    }
}

/// An error on its way to the client.
#[derive(Debug, Clone)]
pub struct Problem {
    pub kind: Kind,
    pub detail: Option<Say>,
    pub errors: Vec<FieldError>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u64>,
    /// Further headers of the answer, by lower-case name: `allow` for 405, and the like.
    pub headers: Vec<(&'static str, String)>,
}

impl Problem {
    pub fn new(kind: Kind) -> Self {
        Self { kind, detail: None, errors: Vec::new(), retry_after: None, headers: Vec::new() }
    }

    pub fn say(kind: Kind, vi: impl Into<std::borrow::Cow<'static, str>>, en: impl Into<std::borrow::Cow<'static, str>>) -> Self {
        Self { detail: Some(Say::new(vi, en)), ..Self::new(kind) }
    }

    /// 422 with the fields that are wrong.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(Kind::Invalid) }
    }

    pub fn field(
        pointer: &str,
        code: &'static str,
        vi: impl Into<std::borrow::Cow<'static, str>>,
        en: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Self {
        FieldError::new(pointer, code, Say::new(vi, en)).into()
    }

    pub fn not_found() -> Self {
        Self::new(Kind::NotFound)
    }

    pub fn unavailable(seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::say(
                Kind::Unavailable,
                "Chưa có gì bị mất: hãy gửi lại đúng yêu cầu này sau ít giây.",
                "Nothing is lost: send the same request again in a few seconds.",
            )
        }
    }

    /// Something we did not expect. The cause goes to the log, not to the client.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(cause = %cause, "internal error");
        Self::say(
            Kind::Internal,
            "Hãy thử lại; nếu còn lỗi, báo cho quản trị kèm mã yêu cầu (request_id).",
            "Try again; if it persists, tell the administrator the request_id.",
        )
    }

    /// What to do about a problem of which nobody said more.
    fn advice(&self) -> Option<Say> {
        Some(match self.kind {
            Kind::NotFound => Say::fixed(
                "Không có, hoặc không thuộc phạm vi của bạn: hãy kiểm tra lại mã hoặc địa chỉ.",
                "It is not there, or not within your reach: check the code or the address.",
            ),
            Kind::MethodNotAllowed => {
                let allowed = self.headers.iter().find(|(name, _)| *name == "allow").map(|(_, methods)| methods.as_str());
                let allowed = allowed.unwrap_or("–");
                Say::new(format!("Địa chỉ này chỉ nhận: {allowed}."), format!("This address takes only: {allowed}."))
            }
            Kind::WrongCredentials => Say::fixed(
                "Hãy kiểm tra tên đăng nhập và mật khẩu, bộ gõ tiếng Việt và phím Caps Lock. Sau năm lần sai, mỗi lần sau phải chờ lâu hơn.",
                "Check the user name and the password, the Vietnamese typing program and Caps Lock. After five failures each further one costs a longer wait.",
            ),
            Kind::Unauthenticated => Say::fixed(
                "Phiên đã hết hoặc chưa đăng nhập: hãy đăng nhập lại.",
                "The session is over or there is none: log in again.",
            ),
            Kind::WrongCode => Say::fixed(
                "Hãy đợi mã tiếp theo trong ứng dụng xác thực; kiểm tra giờ của điện thoại.",
                "Wait for the next code of the authenticator; check the clock of the phone.",
            ),
            Kind::Forbidden => Say::fixed(
                "Vai trò của bạn không gồm việc này: hãy hỏi người quản trị cấp trên.",
                "Your role does not include this: ask the administrator above.",
            ),
            Kind::Malformed => Say::fixed("Hãy tải lại trang rồi thử lại.", "Load the page again, then try again."),
            _ => return None,
        })
    }

    /// The document, in one language.
    pub fn document(&self, lang: Lang, request_id: &str) -> ProblemDocument {
        ProblemDocument {
            kind: self.kind.reference(),
            title: self.kind.title(lang),
            status: self.kind.status().as_u16(),
            detail: self.detail.clone().or_else(|| self.advice()).map(|d| d.in_lang(lang).to_owned()),
            request_id: request_id.to_owned(),
            errors: self.errors.iter().map(|e| FieldErrorOut::of(e, lang)).collect(),
        }
    }
}

/// RFC 9457 problem document (`application/problem+json`).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// Stable reference of the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid")]
    kind: String,
    title: String,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Name this when asking for help.
    request_id: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldErrorOut>,
}

/// One wrong field.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = FieldError)]
pub struct FieldErrorOut {
    /// JSON pointer into the request, or the name of a query parameter.
    #[schema(example = "/amount_vnd")]
    pointer: String,
    /// Stable code for programs.
    #[schema(example = "NOT_POSITIVE")]
    code: String,
    detail: String,
}

impl FieldErrorOut {
    pub fn of(error: &FieldError, lang: Lang) -> Self {
        Self { pointer: error.pointer.clone(), code: error.code.to_owned(), detail: error.detail.in_lang(lang).to_owned() }
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Self::invalid(vec![error])
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind.slug())
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    /// The status only: the body is written by the `finish` middleware, which knows language and request id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.kind.status())
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(cause) => {
                tracing::warn!(cause, "database unavailable");
                Problem::unavailable(2)
            }
            DbError::Busy | DbError::Deadlock => Problem::unavailable(1),
            DbError::TimedOut => Problem {
                retry_after: Some(5),
                ..Problem::say(
                    Kind::Unavailable,
                    "Quá lâu nên đã dừng, chưa có gì bị mất: hãy gửi lại sau ít giây, hoặc thu hẹp điều kiện tìm.",
                    "This took too long and was stopped, nothing is lost: send it again in a few seconds, or narrow the search.",
                )
            },
            // Only a NUL does this (everything else is UTF-8 by type): nothing is called that.
            DbError::Query(diesel::result::Error::DatabaseError(_, info))
                if info.message().starts_with("invalid byte sequence") =>
            {
                Problem::not_found()
            }
            DbError::Query(cause) => Problem::internal(cause),
        }
    }
}

impl From<diesel::result::Error> for Problem {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_kind_has_its_own_type_and_says_something_in_both_languages() {
        let slugs: HashSet<_> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(slugs.len(), Kind::ALL.len());
        for &kind in Kind::ALL {
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
            assert_ne!(kind.title(Lang::Vi), kind.title(Lang::En));
        }
    }
}
