//! `X-Registry-Auth`: who the client is to a registry.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};
use gantry_engine::Credentials;
use gantry_wire::AuthConfig;
use hyper::HeaderMap;

const HEADER: &str = "X-Registry-Auth";

/// The credentials that came with a request. As with Docker what cannot be read is nobody.
pub(crate) fn from_header(headers: &HeaderMap) -> Option<Credentials> {
    let config = serde_json::from_slice(&decode(headers.get(HEADER)?.as_bytes())?);
    of(config.ok()?)
}

/// The credentials in Docker's form, the strongest of them.
pub(crate) fn of(config: AuthConfig) -> Option<Credentials> {
    if !config.registry_token.is_empty() {
        return Some(Credentials::RegistryToken(config.registry_token));
    }
    if !config.identity_token.is_empty() {
        return Some(Credentials::IdentityToken(config.identity_token));
    }
    let both = decode(config.auth.as_bytes()).and_then(|text| String::from_utf8(text).ok());
    match both.as_deref().and_then(|text| text.split_once(':')) {
        Some((username, password)) if config.username.is_empty() => {
            Credentials::password(username, password)
        }
        _ => Credentials::password(&config.username, &config.password),
    }
}

/// Either alphabet, with and without the signs that fill it up.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let [url, standard] = [alphabet::URL_SAFE, alphabet::STANDARD]
        .map(|alphabet| GeneralPurpose::new(&alphabet, INDIFFERENT));
    url.decode(text).or_else(|_| standard.decode(text)).ok()
}

const INDIFFERENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE;

    use super::*;

    fn read(json: &str) -> Option<Credentials> {
        header(&URL_SAFE.encode(json))
    }

    fn header(text: &str) -> Option<Credentials> {
        let name = hyper::header::HeaderName::from_static("x-registry-auth");
        from_header(&HeaderMap::from_iter([(name, text.parse().unwrap())]))
    }

    #[test]
    fn every_kind_is_read() {
        assert_eq!(read("{}"), None);
        assert_eq!(
            read(r#"{"username":"u","password":"p?","serveraddress":"x"}"#),
            Credentials::password("u", "p?")
        );
        assert_eq!(
            read(r#"{"username":"u","identitytoken":"t"}"#),
            Some(Credentials::IdentityToken("t".to_owned()))
        );
        assert_eq!(
            read(r#"{"registrytoken":"r"}"#),
            Some(Credentials::RegistryToken("r".to_owned()))
        );
        let both = format!(r#"{{"auth":"{}"}}"#, URL_SAFE.encode("u:p:q"));
        assert_eq!(read(&both), Credentials::password("u", "p:q"));
    }

    #[test]
    fn what_cannot_be_read_is_nobody() {
        for text in ["", "%%%", "bm8=", "e30", "bnVsbA=="] {
            assert_eq!(header(text), None, "{text}");
        }
    }
}
