//! `WWW-Authenticate`: how a registry wants to be told who asks.

/// One of the ways that it offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenge {
    Basic,
    /// Tokens from another place.
    Bearer {
        realm: String,
        service: Option<String>,
        scope: Option<String>,
    },
}

/// Reads the header's values; what cannot be read is passed over. Tokens are preferred.
pub(crate) fn choose<'a>(values: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    let mut basic = None;
    for challenge in values.flat_map(parse) {
        match challenge {
            Challenge::Bearer { .. } => return Some(challenge),
            Challenge::Basic => basic = Some(challenge),
        }
    }
    basic
}

fn parse(value: &str) -> Vec<Challenge> {
    let (mut found, mut rest) = (Vec::new(), value.trim());
    while !rest.is_empty() {
        let (scheme, parameters) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let (pairs, left) = pairs(parameters);
        rest = left;
        let get = |name: &str| {
            let pair = pairs.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            pair.map(|(_, value)| value.clone())
        };
        if scheme.trim_end_matches(',').eq_ignore_ascii_case("basic") {
            found.push(Challenge::Basic);
        } else if scheme.eq_ignore_ascii_case("bearer")
            && let Some(realm) = get("realm")
        {
            found.push(Challenge::Bearer {
                realm,
                service: get("service"),
                scope: get("scope"),
            });
        }
    }
    found
}

/// Reads `name=value` and `name="value"` with commas between, and what follows them: another scheme.
fn pairs(text: &str) -> (Vec<(String, String)>, &str) {
    let (mut pairs, mut rest) = (Vec::new(), text);
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let Some((name, after)) = rest.split_once('=') else {
            return (pairs, rest);
        };
        // A space before the sign: this is a scheme and what follows is its own.
        if name.trim().contains(char::is_whitespace) {
            return (pairs, rest);
        }
        let (value, after) = if let Some(quoted) = after.trim_start().strip_prefix('"') {
            unquote(quoted)
        } else {
            let end = after.find([',', ' ']).unwrap_or(after.len());
            (after[..end].to_owned(), &after[end..])
        };
        pairs.push((name.trim().to_owned(), value));
        rest = after;
    }
}

/// The text up to the closing quote, and what is behind it.
fn unquote(text: &str) -> (String, &str) {
    let (mut value, mut escaped) = (String::new(), false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => {
                value.push(letter);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (value, &text[at + 1..]),
            _ => value.push(letter),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(value: &str) -> Option<Challenge> {
        choose([value].into_iter())
    }

    #[test]
    fn a_usual_challenge_is_read() {
        let hub = r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#;
        assert_eq!(
            chosen(hub),
            Some(Challenge::Bearer {
                realm: "https://auth.docker.io/token".to_owned(),
                service: Some("registry.docker.io".to_owned()),
                scope: Some("repository:a/b:pull,push".to_owned()),
            })
        );
        assert_eq!(
            chosen(r#"Basic realm="Registry Realm""#),
            Some(Challenge::Basic)
        );
        assert_eq!(chosen("basic"), Some(Challenge::Basic));
    }

    #[test]
    fn of_several_tokens_are_taken() {
        let both = r#"Basic realm="a b", Bearer realm="https://x/t", service=y"#;
        assert!(matches!(
            chosen(both),
            Some(Challenge::Bearer { realm, service, scope: None })
                if realm == "https://x/t" && service.as_deref() == Some("y")
        ));
        let lines = ["Negotiate", "Basic"];
        assert_eq!(choose(lines.into_iter()), Some(Challenge::Basic));
    }

    #[test]
    fn nonsense_is_no_challenge() {
        for nonsense in [
            "",
            ",,,",
            "Bearer",
            "Bearer realm",
            "Digest realm=\"x",
            "=",
            "Bearer =\"\\",
        ] {
            assert_eq!(chosen(nonsense), None, "{nonsense}");
        }
    }
}
