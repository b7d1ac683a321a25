//! What libpq may be told on a command line, where everybody on the machine can read it, and what may not.
//!
//! A connection string is read the way libpq reads it (`fe-connect.c`: `conninfo_uri_parse_options`, `conninfo_parse`), so
//! that what it takes for a password is what we take out: before the `@`, as a parameter behind the `?`, in quotes, with
//! `%` signs, with blanks around its `=`.

/// A connection string without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// For the command line.
    pub open: String,
    /// For the environment.
    pub password: Option<String>,
}

/// A secret that libpq takes from a connection string only, so that no other program can be told it unseen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the connection string holds {0}, which could only be handed to PostgreSQL's programs on a command line that everybody on this \
     machine can read: put it into a service file (~/.pg_service.conf, mode 600) and say service=NAME instead"
)]
pub(super) struct NotToBeShown(String);

/// What libpq keeps secret besides the password; newer versions first.
const SECRETS: [&str; 4] = ["oauth_client_secret", "scram_client_key", "scram_server_key", "sslpassword"];

pub(super) fn target(text: &str) -> Result<Target, NotToBeShown> {
    match text.split_once("://") {
        Some((scheme @ ("postgres" | "postgresql"), rest)) => of_uri(scheme, rest),
        _ if text.contains('=') => of_words(text),
        // The name of a database.
        _ => Ok(Target { open: text.to_owned(), password: None }),
    }
}

fn secret(keyword: &str) -> Result<(), NotToBeShown> {
    if SECRETS.contains(&keyword) { Err(NotToBeShown(keyword.to_owned())) } else { Ok(()) }
}

/// `[user[:password]@][hosts][/database][?keyword=value&…]`; whoever connects stands before the first `@`, unless a `/`
/// comes before it.
fn of_uri(scheme: &str, rest: &str) -> Result<Target, NotToBeShown> {
    let at = rest.find(['@', '/']).filter(|at| rest[*at..].starts_with('@'));
    let (who, place) = at.map_or((None, rest), |at| (Some(&rest[..at]), &rest[at + 1..]));
    let (user, mut password) = match who.map(|who| who.split_once(':').map_or((who, None), |(user, word)| (user, Some(word)))) {
        Some((user, word)) => (format!("{user}@"), word.map(decoded)),
        None => (String::new(), None),
    };
    let (place, parameters) = place.split_once('?').map_or((place, None), |(place, parameters)| (place, Some(parameters)));
    let mut kept = Vec::new();
    for parameter in parameters.unwrap_or_default().split('&').filter(|parameter| !parameter.is_empty()) {
        let (keyword, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let keyword = decoded(keyword);
        secret(&keyword)?;
        if keyword == "password" {
            password = Some(decoded(value));
        } else {
            kept.push(parameter);
        }
    }
    let parameters = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    Ok(Target { open: format!("{scheme}://{user}{place}{parameters}"), password })
}

/// `keyword = value` pairs, values perhaps in single quotes, a backslash before what is meant as it is.
fn of_words(text: &str) -> Result<Target, NotToBeShown> {
    let (mut open, mut password) = (Vec::new(), None);
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_ascii_whitespace()).unwrap_or(rest.len());
        let (keyword, behind) = rest.split_at(end);
        let Some(value) = behind.trim_start().strip_prefix('=') else {
            // libpq refuses this; nothing of it may be shown, so nothing is handed on.
            return Ok(Target { open: open.join(" "), password });
        };
        let (value, behind) = value_of(value.trim_start());
        secret(keyword)?;
        if keyword == "password" {
            password = Some(value);
        } else {
            open.push(format!("{keyword}='{}'", value.replace('\\', "\\\\").replace('\'', "\\'")));
        }
        rest = behind.trim_start();
    }
    Ok(Target { open: open.join(" "), password })
}

/// The value that stands first, and what stands behind it.
fn value_of(text: &str) -> (String, &str) {
    let quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut letters = text.char_indices().skip(usize::from(quoted));
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            '\'' if quoted => return (value, &text[at + 1..]),
            letter if !quoted && letter.is_ascii_whitespace() => return (value, &text[at..]),
            letter => value.push(letter),
        }
    }
    (value, "")
}

fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3).filter(|_| *byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(hex.unwrap_or(*byte));
        at += if hex.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn passwords_leave_the_string_wherever_they_stand() {
        for (text, open, password) in [
            ("postgres://u:p%40ss@h:5432/d?x=1", "postgres://u@h:5432/d?x=1", Some("p@ss")),
            ("postgresql://u@h/d", "postgresql://u@h/d", None),
            ("postgres:///d?host=/tmp", "postgres:///d?host=/tmp", None),
            ("postgres://u:a:b@h", "postgres://u@h", Some("a:b")),
            ("postgres://u:a@b@h/d", "postgres://u@b@h/d", Some("a")),
            ("postgres://u:100%@h/d", "postgres://u@h/d", Some("100%")),
            ("postgres://:pw@h/d", "postgres://@h/d", Some("pw")),
            ("postgres://h/d?password=geheim", "postgres://h/d", Some("geheim")),
            ("postgres://u:x@h/d?sslmode=require&password=ge%68eim&y=2", "postgres://u@h/d?sslmode=require&y=2", Some("geheim")),
            ("postgres://h/d?pass%77ord=geheim", "postgres://h/d", Some("geheim")),
            (
                "postgres://u:p@h1:1,h2:2/d?target_session_attrs=any",
                "postgres://u@h1:1,h2:2/d?target_session_attrs=any",
                Some("p"),
            ),
            ("host=h password=geheim dbname=d", "host='h' dbname='d'", Some("geheim")),
            ("host=h password = 'ge heim' dbname=d", "host='h' dbname='d'", Some("ge heim")),
            ("password='it\\'s' user=u", "user='u'", Some("it's")),
            ("password=a\\ b\tuser='o''", "user='o'", Some("a b")),
            ("  user = u", "user='u'", None),
            ("user=u password", "user='u'", None),
            ("so_nhan_ai", "so_nhan_ai", None),
        ] {
            assert_eq!(target(text), Ok(Target { open: open.to_owned(), password: password.map(str::to_owned) }), "{text}");
        }
    }

    #[test]
    fn what_can_be_handed_over_in_no_other_way_is_refused() {
        for text in ["postgres://h/d?sslpassword=geheim", "host=h sslpassword=geheim", "postgres://h?scram_client_key=geheim"] {
            let refused = target(text).unwrap_err().to_string();
            assert!(refused.contains("service=") && !refused.contains("geheim"), "{refused}");
        }
    }

    proptest! {
        /// Whatever the password, it does not show, and it arrives.
        #[test]
        fn no_password_shows(word in "[a-z\\\\ '=&@/%é]{1,12}") {
            let secret = format!("Q{word}Q");
            let escaped: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let quoted = secret.replace('\\', "\\\\").replace('\'', "\\'");
            for text in [
                format!("postgres://u:{escaped}@h/d"),
                format!("postgres://h/d?password={escaped}"),
                format!("host=h password='{quoted}' dbname=d"),
                format!("password = '{quoted}'"),
            ] {
                let target = target(&text).unwrap();
                prop_assert!(!target.open.contains('Q') && !target.open.contains("%51"), "{}", target.open);
                prop_assert_eq!(target.password.as_deref(), Some(secret.as_str()));
            }
        }
    }
}
