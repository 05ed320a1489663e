//! Image names: the repository, and its tag as a chip.

use leptos::prelude::*;

/// A tag chip.
#[component]
pub fn Tag(#[prop(into)] name: String) -> impl IntoView {
    view! { <span class="tag chip">{name}</span> }
}

/// `northquay/shopfront:2.14.1` with the tag set apart; the whole name on hover.
#[component]
pub fn ImageName(#[prop(into)] reference: String) -> impl IntoView {
    let (repository, tag) = split_reference(&reference);
    let (repository, tag) = (repository.to_owned(), tag.map(str::to_owned));
    view! {
        <span class="row row--tight">
            <span class="cut" title=reference>
                {repository}
            </span>
            {tag.map(|name| view! { <Tag name /> })}
        </span>
    }
}

/// The repository and the tag. An id has no tag and is shown short; the colon of a port is none.
pub fn split_reference(reference: &str) -> (&str, Option<&str>) {
    if let Some(digest) = reference.strip_prefix("sha256:") {
        return (digest.get(..12).unwrap_or(digest), None);
    }
    let name = reference.split('@').next().unwrap_or(reference);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::split_reference;

    #[test]
    fn the_tag_is_what_follows_the_last_colon_of_the_name() {
        assert_eq!(split_reference("nginx:1.27"), ("nginx", Some("1.27")));
        assert_eq!(
            split_reference("localhost:5000/web"),
            ("localhost:5000/web", None)
        );
        assert_eq!(
            split_reference("localhost:5000/web:2"),
            ("localhost:5000/web", Some("2"))
        );
        assert_eq!(
            split_reference("sha256:0123456789abcdef"),
            ("0123456789ab", None)
        );
    }
}
