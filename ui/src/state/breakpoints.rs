//! Keeps the layout's breakpoints true to the interface size.
//!
//! Media queries count pixels of the window and know nothing of the root's font size. At 125 % a
//! window of 1280 pixels has room for what 1024 hold at 100 %, so every width and height in the
//! queries is multiplied by the interface size.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{CssMediaRule, CssRuleList, CssStyleSheet};

/// The queries as the style sheets wrote them, in the order they are found.
#[derive(Clone, Copy)]
pub(super) struct Breakpoints(StoredValue<Vec<String>>);

impl Breakpoints {
    pub fn new() -> Self {
        Self(StoredValue::new(Vec::new()))
    }

    /// Rewrites every query for an interface size in percent.
    pub fn scale(self, percent: u16) {
        let rules = media_rules();
        if self.0.with_value(Vec::is_empty) {
            if percent == 100 {
                return;
            }
            let written = rules.iter().map(|rule| rule.media().media_text()).collect();
            self.0.set_value(written);
        }
        self.0.with_value(|written| {
            for (rule, query) in rules.iter().zip(written) {
                rule.media().set_media_text(&scaled(query, percent));
            }
        });
    }
}

fn media_rules() -> Vec<CssMediaRule> {
    let sheets = document().style_sheets();
    (0..sheets.length())
        .filter_map(|index| sheets.item(index)?.dyn_into::<CssStyleSheet>().ok())
        .filter_map(|sheet| sheet.css_rules().ok())
        .flat_map(|rules: CssRuleList| {
            (0..rules.length())
                .filter_map(|index| rules.item(index)?.dyn_into::<CssMediaRule>().ok())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The query with every number of pixels multiplied.
fn scaled(query: &str, percent: u16) -> String {
    let mut out = String::with_capacity(query.len());
    let mut rest = query;
    while let Some(at) = rest.find("px") {
        let digits = rest[..at]
            .rfind(|letter: char| !letter.is_ascii_digit() && letter != '.')
            .map_or(0, |before| before + 1);
        out.push_str(&rest[..digits]);
        match rest[digits..at].parse::<f64>() {
            Ok(pixels) => out.push_str(&(pixels * f64::from(percent) / 100.0).to_string()),
            Err(_) => out.push_str(&rest[digits..at]),
        }
        out.push_str("px");
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn pixels_are_multiplied_and_nothing_else() {
        assert_eq!(scaled("(max-width: 1039px)", 100), "(max-width: 1039px)");
        assert_eq!(
            scaled("(min-width: 1000px) and (max-height: 680px)", 125),
            "(min-width: 1250px) and (max-height: 850px)"
        );
        assert_eq!(
            scaled("(prefers-color-scheme: dark)", 150),
            "(prefers-color-scheme: dark)"
        );
    }
}
