//! The desktop around the window: language, home, title bar, button order.

use std::{env, time::Duration};

use gantry_view::{Failure, GetHost, Host, HostKind};
use tokio::process::Command;

use crate::Desk;

/// Where the desktop does not say: minimise, maximise and close on the right.
const BUTTONS: &str = "appmenu:minimize,maximize,close";

/// A desktop that does not answer in this time is not asked again.
const PATIENCE: Duration = Duration::from_millis(500);

pub(crate) async fn get(desk: &Desk, _: GetHost) -> Result<Host, Failure> {
    let kind = desk.kind();
    // Elsewhere dconf may hold GNOME's default, which nobody chose.
    let button_layout = if kind == HostKind::Desktop && is_gnome(&current_desktop()) {
        let kept = desk.button_layout().get_or_init(button_layout).await;
        kept.clone()
    } else {
        BUTTONS.to_owned()
    };
    Ok(Host {
        kind,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        locale: locale(|name| env::var(name).ok()),
        home: env::var("HOME").unwrap_or_default(),
        own_title_bar: kind == HostKind::Desktop && own_title_bar_by_default(),
        button_layout,
    })
}

/// Whether the window draws its title bar when the setting is `auto`: on GNOME, whose windows all
/// do, and where no desktop would draw one.
pub fn own_title_bar_by_default() -> bool {
    let desktop = current_desktop();
    desktop.is_empty() || is_gnome(&desktop)
}

/// Names of the desktop, joined by colons.
fn current_desktop() -> String {
    env::var("XDG_CURRENT_DESKTOP").unwrap_or_default()
}

fn is_gnome(desktop: &str) -> bool {
    desktop
        .split(':')
        .any(|name| name.eq_ignore_ascii_case("gnome") || name.eq_ignore_ascii_case("unity"))
}

/// The language of messages as BCP 47, from the variables that gettext reads, in its order.
fn locale(variable: impl Fn(&str) -> Option<String>) -> String {
    ["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .filter_map(variable)
        .filter_map(|value| {
            let first = value.split(':').next()?;
            let name = first.split(['.', '@']).next()?;
            (!name.is_empty()).then(|| name.replace('_', "-"))
        })
        .map(|name| match name.as_str() {
            "C" | "POSIX" => "en".to_owned(),
            _ => name,
        })
        .next()
        .unwrap_or_else(|| "en".to_owned())
}

/// What GNOME and its relatives keep in dconf; the default where nobody answers.
async fn button_layout() -> String {
    let mut ask = Command::new("gsettings");
    ask.args(["get", "org.gnome.desktop.wm.preferences", "button-layout"])
        .kill_on_drop(true);
    match tokio::time::timeout(PATIENCE, ask.output()).await {
        Ok(Ok(output)) if output.status.success() => {
            let text = String::from_utf8_lossy(&output.stdout);
            let layout = text.trim().trim_matches('\'');
            if layout.is_empty() { BUTTONS } else { layout }.to_owned()
        }
        _ => BUTTONS.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn locale_of(values: &[(&str, &str)]) -> String {
        locale(|name| {
            let found = values.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_language_is_the_one_gettext_would_take() {
        assert_eq!(locale_of(&[("LANG", "ko_KR.UTF-8")]), "ko-KR");
        assert_eq!(
            locale_of(&[("LANG", "de_DE.UTF-8"), ("LANGUAGE", "ko:en")]),
            "ko"
        );
        assert_eq!(locale_of(&[("LC_ALL", "C.UTF-8")]), "en");
        assert_eq!(locale_of(&[("LC_ALL", ""), ("LANG", "en_GB")]), "en-GB");
        assert_eq!(locale_of(&[]), "en");
    }

    #[test]
    fn gnome_is_known_by_any_of_its_names() {
        assert!(is_gnome("ubuntu:GNOME"));
        assert!(is_gnome("GNOME-Classic:GNOME"));
        assert!(!is_gnome("KDE"));
        assert!(!is_gnome(""));
    }
}
