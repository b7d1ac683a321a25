//! What the page of a link shows and does.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel::pg::PgConnection;
use serde_json::json;

use super::make::PURPOSE;
use super::store;
use crate::authz::{self, AuditEvent};
use crate::http::{Problem, Say};
use crate::identity::accounts::{self, Login};
use crate::identity::password::Passwords;
use crate::identity::{password_rules, proof};
use crate::links::{Acted, Field, Form, Link, LinkPage, Shown};
use crate::vault::Vault;

/// The page on which a password is chosen.
pub fn page(vault: Arc<Vault>, passwords: Passwords) -> LinkPage {
    let reader = Arc::clone(&vault);
    LinkPage::new(
        PURPOSE,
        move |conn, link| shown(conn, &reader, link),
        move |conn, link, form, now| act(conn, &vault, &passwords, link, form, now),
    )
}

/// `None` where the account is not what it was when the link was made.
fn shown(conn: &mut PgConnection, vault: &Vault, link: &Link) -> Result<Option<Shown>, Problem> {
    let Some(row) = store::find(conn, link.id)? else { return Ok(None) };
    if accounts::epoch(conn, row.account_id)? != Some(row.epoch) {
        return Ok(None);
    }
    let Login { user_name, .. } = accounts::login_of(conn, vault, row.account_id)?;
    Ok(Some(Shown {
        title: Say::fixed("Đặt mật khẩu", "Choose your password"),
        text: Say::new(
            format!(
                "Tài khoản: {user_name}. Mật khẩu có ít nhất 10 ký tự; vài từ của riêng bạn là tốt nhất. Sau khi đặt, mọi nơi đang đăng nhập sẽ bị đăng xuất."
            ),
            format!(
                "Account: {user_name}. A password has at least 10 characters; a few words of your own are best. Wherever you are logged in, you will be logged out."
            ),
        ),
        button: Say::fixed("Đặt mật khẩu", "Set the password"),
        fields: vec![
            Field { name: "password", label: Say::fixed("Mật khẩu mới", "New password") },
            Field { name: "again", label: Say::fixed("Nhập lại mật khẩu", "The password again") },
        ],
    }))
}

/// Sets the password that was typed twice. Hashing holds the transaction for a moment: only whoever has a good link comes so far.
fn act(
    conn: &mut PgConnection,
    vault: &Vault,
    passwords: &Passwords,
    link: &Link,
    form: &Form,
    now: DateTime<Utc>,
) -> Result<Acted, Problem> {
    let Some(row) = store::find(conn, link.id)? else { return Ok(Acted::Over) };
    // Locked before it is compared: whoever changes the account meanwhile waits, or was first.
    let (epoch, disabled) = proof::lock(conn, row.account_id)?;
    if disabled || epoch != row.epoch {
        return Ok(Acted::Over);
    }
    let login = accounts::login_of(conn, vault, row.account_id)?;
    let password = form.text("password");
    if password != form.text("again") {
        return Ok(Acted::Refused(Say::fixed("Hai lần nhập không giống nhau.", "The two are not the same.")));
    }
    if let Err(error) = password_rules::check(password, &login.user_name, login.phone.as_deref()) {
        return Ok(Acted::Refused(error.detail));
    }
    let hash = passwords.hash(password).map_err(Problem::internal)?;
    accounts::choose_password(conn, row.account_id, &hash, now)?;
    let event = AuditEvent {
        account: Some(row.account_id),
        action: "PASSWORD_CHOSEN_BY_LINK",
        subject: Some(row.account_id),
        chapter: Some(link.chapter.0),
    };
    let detail = json!({"account": row.account_id, "was_one_time": login.one_time_until.is_some()});
    authz::audit_detailed(conn, now, &event, &detail)?;
    store::remove(conn, row.account_id)?;
    Ok(Acted::Done(Say::new(
        format!("Mật khẩu của tài khoản {} đã được đặt. Bạn có thể đăng nhập.", login.user_name),
        format!("The password of the account {} is set. You can log in.", login.user_name),
    )))
}
