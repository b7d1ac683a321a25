//! Making a link and taking it back.

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::store::{self, Row};
use crate::authz::{Appoint, Attempt, Granted, Visit};
use crate::http::{Kind, Problem, PublicUrl};
use crate::identity::{accounts, manage, proof};
use crate::links::{self, LinkError, NewLink};
use crate::outbox::{self, Address, NewMessage, SendError, Text, Ways};

/// What the links are for, as [`crate::links`] knows it.
pub(super) const PURPOSE: &str = "CHOOSE_PASSWORD";

/// How long one may wait before it is used.
const GOOD_FOR: Duration = Duration::hours(24);

/// A link that was made.
pub(super) struct Made {
    pub id: Uuid,
    pub ends_at: DateTime<Utc>,
    pub mailed: bool,
    /// The address of its page; told this once, and only where it is handed over.
    pub url: Option<String>,
}

impl Made {
    fn of(row: Row, url: Option<String>) -> Self {
        Self { id: row.id, ends_at: row.ends_at, mailed: row.mailed, url }
    }
}

/// Makes the link of an account in the place of the one before, and writes it to `mail` if that is given.
pub(super) fn make(
    v: &mut Visit<'_>,
    ways: &Ways,
    public: &PublicUrl,
    account: Uuid,
    mail: Option<&Address>,
) -> Result<Made, Problem> {
    manage::lock_administrators(v.conn)?;
    let grant = manage::may_reset(v, account)?;
    // The one that was told under this key is not known any more.
    if v.attempt() == Attempt::Replay {
        return store::of_account(v.conn, account)?.map(|row| Made::of(row, None)).ok_or_else(gone);
    }
    let (epoch, disabled) = proof::lock(v.conn, account)?;
    if disabled {
        return Err(Problem::say(
            Kind::Conflict,
            "Tài khoản đang bị khóa: hãy mở khóa trước.",
            "The account is disabled: let it in again first.",
        ));
    }
    take_back(v, &grant, account)?;
    let row = Row { id: Uuid::now_v7(), account_id: account, epoch, ends_at: v.now + GOOD_FOR, mailed: mail.is_some() };
    let new = NewLink { id: row.id, purpose: PURPOSE, subject: account, ends_at: row.ends_at, once: true };
    let token = links::make(v.conn, v.vault, &grant, v.now, &new).map_err(|error| match error {
        LinkError::Db(error) => error.into(),
        other => Problem::internal(other),
    })?;
    store::insert(v.conn, &row)?;
    let url = public.page(&token.path());
    if let Some(to) = mail {
        let name = accounts::login_of(v.conn, v.vault, account)?.user_name;
        let message = NewMessage { id: row.id, to: to.clone(), text: letter(&name, &url), purpose: "PASSWORD_LINK", about: None };
        let sent = outbox::send_in_confidence(v.conn, v.vault, ways, &grant, v.now, &message);
        if !sent.map_err(send_problem)? {
            return Err(no_mail());
        }
    }
    v.note(&grant, "PASSWORD_LINK_MADE", account)?;
    Ok(Made::of(row, Some(url).filter(|_| mail.is_none())))
}

fn send_problem(error: SendError) -> Problem {
    match error {
        SendError::Db(error) => error.into(),
        other => Problem::internal(other),
    }
}

fn no_mail() -> Problem {
    Problem::field(
        "/mail",
        "NO_MAIL",
        "Máy chủ này không gửi thư: hãy bỏ địa chỉ thư, rồi đưa tận tay liên kết hoặc mã QR.",
        "This server sends no mail: leave the address out, and hand over the link or the QR code.",
    )
}

fn gone() -> Problem {
    Problem::say(
        Kind::Conflict,
        "Liên kết này đã bị thu hồi: hãy tạo liên kết mới với khóa khác.",
        "This link was taken back: make a new one under another key.",
    )
}

/// Takes the link of an account back, if there is one; says whether there was.
pub(super) fn revoke(v: &mut Visit<'_>, account: Uuid) -> Result<bool, Problem> {
    manage::lock_administrators(v.conn)?;
    let grant = manage::may_reset(v, account)?;
    let was_there = take_back(v, &grant, account)?;
    if was_there {
        v.note(&grant, "PASSWORD_LINK_TAKEN_BACK", account)?;
    }
    Ok(was_there)
}

fn take_back(v: &mut Visit<'_>, grant: &Granted<Appoint>, account: Uuid) -> Result<bool, Problem> {
    let old = store::remove(v.conn, account)?;
    links::revoke_of(v.conn, grant, v.now, PURPOSE, account)?;
    outbox::cancel(v.conn, &old, v.now)?;
    Ok(!old.is_empty())
}

fn letter(user_name: &str, url: &str) -> Text {
    Text {
        subject: "Sổ Nhân Ái: đặt mật khẩu / choose your password".to_owned(),
        body: format!(
            "Người quản trị của Hội mời bạn đặt mật khẩu cho tài khoản {user_name}.\n\
             Mở liên kết sau trong 24 giờ, nhập mật khẩu và bấm nút (dùng được một lần):\n\n{url}\n\n\
             Nếu bạn không chờ thư này, xin bỏ qua và báo cho Hội.\n\n--\n\
             The administrator of your chapter invites you to choose the password of the account {user_name}.\n\
             Open the link above within 24 hours, type a password and press the button (good once).\n\
             If you do not expect this, leave it and tell your chapter.\n"
        ),
    }
}
