//! Words that open a telephone with everything filled in.

/// An address that opens a telephone's own messages with everything filled in; blanks are `%20`, for a `+` would be shown.
pub fn sms(phone: &str, body: &str) -> String {
    let body: String = form_urlencoded::byte_serialize(body.as_bytes()).collect::<String>().replace('+', "%20");
    format!("sms:{phone}?body={body}")
}
