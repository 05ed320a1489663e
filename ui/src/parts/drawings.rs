//! Our own drawings: media keys that are never taken for checkboxes, and the status glyphs.

pub(super) const STOP: &str =
    r#"<rect x="6" y="6" width="12" height="12" rx="2" fill="currentColor"/>"#;
pub(super) const PLAY: &str = r#"<path d="M8 5.6a1 1 0 0 1 1.5-.87l10 6.4a1 1 0 0 1 0 1.74l-10 6.4A1 1 0 0 1 8 18.400Z" fill="currentColor" stroke-width="1"/>"#;
pub(super) const PAUSE: &str = r#"<rect x="6.500" y="5.500" width="3.600" height="13" rx="1" fill="currentColor" stroke-width="1"/><rect x="13.900" y="5.500" width="3.600" height="13" rx="1" fill="currentColor" stroke-width="1"/>"#;

/// Glyphs on a ground of 12 by 12.
pub(super) mod glyph {
    pub const RUNNING: &str = r#"<circle cx="6" cy="6" r="5" fill="currentColor"/>"#;
    pub const PAUSED: &str = r#"<rect x="1.5" y="1" width="3.5" height="10" rx="1" fill="currentColor"/><rect x="7" y="1" width="3.5" height="10" rx="1" fill="currentColor"/>"#;
    pub const HALF: &str = r#"<circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M6 1.7a4.3 4.3 0 0 1 0 8.6Z" fill="currentColor"/>"#;
    pub const RESTARTING: &str = r#"<path d="M10.4 4.2A4.9 4.9 0 1 0 10.9 6" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/><path d="M11.6 1.2v3.9H7.7Z" fill="currentColor"/>"#;
    pub const EXITED: &str = r#"<rect x="1.9" y="1.9" width="8.2" height="8.2" rx="1.4" fill="none" stroke="currentColor" stroke-width="1.8"/>"#;
    pub const FAILED: &str = r#"<path d="M6 .2 11.8 6 6 11.8.2 6Z" fill="currentColor"/><path d="M6 3.3v3.2M6 8.4v.1" stroke="var(--bg)" stroke-width="1.5" stroke-linecap="round"/>"#;
    pub const CREATED: &str = r#"<circle cx="6" cy="6" r="4.3" fill="none" stroke="currentColor" stroke-width="1.8" stroke-dasharray="2.6 1.9"/>"#;
}
