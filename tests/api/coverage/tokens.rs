//! Tokens that let nobody in.

use chrono::Duration;
use serde_json::Value;
use so_nhan_ai::authz::Role;
use so_nhan_ai::authz::token::{Claims, Purpose, TokenKeys};
use so_nhan_ai::vault::keys::{Key, TokenKeyFile};
use uuid::Uuid;

use crate::harness::{Account, TestApp};

/// Tokens that must be as good as none, each of an account that could do everything.
pub fn bad(app: &TestApp, insider: Account) -> Vec<(&'static str, String)> {
    let minutes = Duration::minutes(15);
    let fresh = || app.token(insider.id, Purpose::Access, minutes);
    let session = || {
        app.shared
            .db
            .tx_blocking(|conn| so_nhan_ai::identity::store::open_session(conn, insider.id, Uuid::new_v4().as_bytes(), app.now()))
            .unwrap()
    };
    let forge = |keys: TokenKeyFile| {
        let claims = Claims { subject: insider.id, session: session() };
        TokenKeys::new(&keys).sign(Purpose::Access, claims, app.now(), minutes).unwrap()
    };
    // The header names the key in use, so that only the signature is wrong.
    let kid = {
        use base64::Engine;
        let header =
            fresh().split('.').next().map(|part| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        serde_json::from_slice::<Value>(&header).unwrap()["kid"].as_str().unwrap().to_owned()
    };
    let same_name = forge(TokenKeyFile { keys: vec![Key { kid, secret: [7; 32] }] });
    let other_key = forge(TokenKeyFile::generate().unwrap());
    let disabled = app.account_of(None, &[(Role::Officer, "23095"), (Role::Accountant, "23095"), (Role::ChapterChair, "23095")]);
    let of_disabled = app.token(disabled.id, Purpose::Access, minutes);
    app.database.execute(&format!("UPDATE account SET disabled_at = '{}' WHERE id = '{}'", app.now(), disabled.id));
    let gone = |set: String| {
        let session = session();
        app.database.execute(&format!("UPDATE session SET {set} WHERE id = '{session}'"));
        app.shared.tokens.sign(Purpose::Access, Claims { subject: insider.id, session }, app.now(), minutes).unwrap()
    };
    let ended = gone(format!("ended_at = '{}'", app.now()));
    let over = gone(format!("expires_at = '{}'", app.now()));
    let stolen = app
        .shared
        .tokens
        .sign(Purpose::Access, Claims { subject: insider.id, session: Uuid::now_v7() }, app.now(), minutes)
        .unwrap();
    vec![
        ("expired", app.token(insider.id, Purpose::Access, Duration::zero())),
        ("forged, other key", other_key),
        ("forged, name of our key", same_name),
        ("of another purpose", app.token(insider.id, Purpose::SecondStep, minutes)),
        ("of a disabled account", of_disabled),
        ("of an ended session", ended),
        ("of a session that ran out", over),
        ("of no session", stolen),
        ("no token at all", "abc".to_owned()),
    ]
}
