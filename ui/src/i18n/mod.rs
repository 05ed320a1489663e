//! Every string of the window, in English and Korean.
//!
//! A section of the window has a file here that declares its words with [`words!`]: both languages
//! side by side, so that a missing translation does not compile. A component takes them from
//! [`use_text`]: `text.containers.title()`. The language never changes under a mounted component;
//! the app mounts itself anew when the person chooses another one.
//!
//! Numbers, sizes and times are written by [`Text`] as well, because they too differ by language.

mod commit;
mod common;
mod container_network;
mod containers;
mod copy_from;
mod detail;
mod dialogs;
mod ending;
mod export;
mod failures;
mod files;
mod find;
mod image_removal;
mod images;
mod limits;
mod log;
mod networks;
mod number;
mod particle;
mod registries;
mod run;
mod self_check;
mod settings;
mod shell;
mod size;
mod stats;
mod terminal;
mod time;
mod transfers;
mod verbs;
mod volumes;

use leptos::prelude::*;

pub use commit::Commit;
pub use failures::{begun, ended};
pub use find::Find;
pub use images::Images;
pub use number::{compact, grouped};
pub use particle::{Particle, with_particle};
pub use run::Run;
pub use time::{Clock, LocalTime, clock, utc};
pub use volumes::Volumes;

/// A language of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    En,
    Ko,
}

impl Lang {
    /// The language that a setting means (`system`, `en`, `ko`) on a desktop with this locale.
    pub fn choose(setting: &str, locale: &str) -> Self {
        let wanted = if setting == "system" { locale } else { setting };
        if wanted.starts_with("ko") {
            Self::Ko
        } else {
            Self::En
        }
    }

    /// As the `lang` attribute wants it.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ko => "ko",
        }
    }
}

/// Declares a section of the window's words: each entry in English, then in Korean. An entry
/// with arguments is a `String`, one without a `&'static str`.
macro_rules! words {
    ($(#[$doc:meta])* $section:ident { $( $name:ident $(( $($arg:ident : $type:ty),+ ))? => $en:expr, $ko:expr; )* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $section(pub(in crate::i18n) $crate::i18n::Lang);

        impl $section {
            $( $crate::i18n::words!(@entry $name $(( $($arg: $type),+ ))? => $en, $ko); )*
        }
    };
    (@entry $name:ident => $en:expr, $ko:expr) => {
        pub fn $name(self) -> &'static str {
            match self.0 {
                $crate::i18n::Lang::En => $en,
                $crate::i18n::Lang::Ko => $ko,
            }
        }
    };
    (@entry $name:ident ( $($arg:ident : $type:ty),+ ) => $en:expr, $ko:expr) => {
        pub fn $name(self $(, $arg: $type)+) -> String {
            match self.0 {
                $crate::i18n::Lang::En => $en.into(),
                $crate::i18n::Lang::Ko => $ko.into(),
            }
        }
    };
}
pub(crate) use words;

macro_rules! text {
    ($( $field:ident : $module:ident :: $section:ident, )*) => {
        /// All words of one language, by section.
        #[derive(Debug, Clone, Copy)]
        pub struct Text {
            pub lang: Lang,
            $( pub $field: $module::$section, )*
        }

        impl Text {
            pub fn new(lang: Lang) -> Self {
                Self { lang, $( $field: $module::$section(lang), )* }
            }
        }
    };
}

text! {
    common: common::Common,
    shell: shell::Shell,
    containers: containers::Containers,
    container_network: container_network::ContainerNetwork,
    detail: detail::Detail,
    endings: ending::Endings,
    files: files::Files,
    log: log::Log,
    terminal: terminal::Terminal,
    stats: stats::Stats,
    volumes: volumes::Volumes,
    networks: networks::Networks,
    verbs: verbs::Verbs,
    dialogs: dialogs::Dialogs,
    self_check: self_check::SelfCheck,
    settings: settings::Settings,
    failures: failures::Failures,
    find: find::Find,
    images: images::Images,
    image_removal: image_removal::ImageRemoval,
    transfers: transfers::Transfers,
    export: export::Export,
    copy_from: copy_from::CopyFrom,
    registries: registries::Registries,
    run: run::Run,
    limits: limits::Limits,
    commit: commit::Commit,
}

/// The words of the language that the window is mounted in.
pub fn use_text() -> Text {
    use_context::<Text>().unwrap_or_else(|| Text::new(Lang::En))
}

/// `one` for 1 and `many` otherwise, with the number in front: English plurals.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        grouped(count as u64),
        if count == 1 { one } else { many }
    )
}
