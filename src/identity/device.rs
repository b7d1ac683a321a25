//! What a session is called in the list of sessions: the name its owner gave the device, or what the browser says.

/// Longest name of a device, in characters.
pub const MAX_NAME: usize = 100;

/// A browser's `User-Agent` as people call it: `Chrome · Android`. What is not known is shown by its first word.
pub fn summary(user_agent: &str) -> String {
    let has = |sign: &str| user_agent.contains(sign);
    // Most browsers claim to be several others: the one that says most about itself comes first.
    let browser = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("coc_coc_browser", "Cốc Cốc"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]
    .iter()
    .find(|(sign, _)| has(sign))
    .map(|(_, name)| *name);
    let system = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]
    .iter()
    .find(|(sign, _)| has(sign))
    .map(|(_, name)| *name);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => {
            let word = user_agent.split([' ', '/']).next().unwrap_or_default();
            word.chars().filter(|c| c.is_ascii_graphic()).take(40).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn browsers_are_called_by_their_names() {
        for (header, name) in [
            (
                "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
                "Chrome · Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                "Safari · iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0",
                "Edge · Windows",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox · Linux"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
                "Safari · macOS",
            ),
            ("curl/8.5.0", "curl"),
            ("ureq/3.1", "ureq"),
            ("", ""),
            ("\u{7f}ạ\u{202e}x", "x"),
        ] {
            assert_eq!(summary(header), name);
        }
        assert!(summary(&"x".repeat(5_000)).len() <= 40);
    }
}
