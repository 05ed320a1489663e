//! `Link`: where a list that came in part goes on.

use reqwest::Response;
use reqwest::header::LINK;

/// The address behind `rel="next"`, as it was given.
pub(crate) fn next(response: &Response) -> Option<String> {
    let values = response.headers().get_all(LINK).iter();
    let mut texts = values.filter_map(|value| value.to_str().ok());
    texts.find_map(of)
}

fn of(text: &str) -> Option<String> {
    let (mut rest, mut found) = (text, None);
    while let Some((_, behind)) = rest.split_once('<') {
        let (address, behind) = behind.split_once('>')?;
        // Addresses hold commas too: the next one begins behind its bracket.
        let parameters = behind.split('<').next().unwrap_or_default();
        let is_next = parameters.split([';', ',']).any(|parameter| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let value = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel") && value.eq_ignore_ascii_case("next")
        });
        if is_next && found.is_none() {
            found = Some(address.to_owned());
        }
        rest = behind;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_among_others() {
        let next = Some("/v2/_catalog?last=a%2Cb&n=1".to_owned());
        assert_eq!(of(r#"</v2/_catalog?last=a%2Cb&n=1>; rel="next""#), next);
        assert_eq!(
            of(r#"</x,y>; rel="prev", </v2/_catalog?last=a%2Cb&n=1>; title=z; rel=next"#),
            next
        );
        assert_eq!(of(r#"</x>; rel="prev""#), None);
        assert_eq!(of("nonsense"), None);
    }
}
