//! Draws rows: what stays is left alone, what is new is made in one go.
//!
//! A log that is followed changes all its rows twenty times a second. One piece of HTML for all of
//! them costs a browser a few milliseconds; a component for each would cost a hundred.

use std::{fmt::Write, mem};

use web_sys::Element;

use super::pages::Line;
use crate::i18n::{Text, clock, utc};

/// How rows are drawn.
#[derive(Clone, Copy)]
pub struct Look {
    /// The row that the sheet begins with: positions are counted from there.
    pub base: u64,
    pub row_height: f64,
    pub text: Text,
}

/// A row ready to be drawn. Two that are equal look the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowView {
    /// Text rows above it.
    at: u64,
    height: u32,
    number: u64,
    content: Content,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Quiet(i64),
    /// The line is on its way.
    Unread,
    Line {
        continued: bool,
        time: i64,
        stderr: bool,
        html: String,
    },
}

impl RowView {
    pub fn quiet(at: u64, number: u64, pause: i64) -> Self {
        Self {
            at,
            height: 1,
            number,
            content: Content::Quiet(pause),
        }
    }

    pub fn unread(at: u64, number: u64) -> Self {
        Self {
            at,
            height: 1,
            number,
            content: Content::Unread,
        }
    }

    /// `html` is the text of the line.
    pub fn line(at: u64, height: u32, line: &Line, html: String) -> Self {
        Self {
            at,
            height,
            number: line.number,
            content: Content::Line {
                continued: line.continued,
                time: line.time,
                stderr: line.stderr,
                html,
            },
        }
    }

    fn write(&self, out: &mut String, look: Look) {
        let words = look.text.log;
        let top = (self.at as f64 - look.base as f64) * look.row_height;
        let height = f64::from(self.height) * look.row_height;
        let style = format!("style=\"top:{top}px;height:{height}px\"");
        let number = self.number;
        // Writing to a string cannot fail.
        let _ = match &self.content {
            Content::Quiet(pause) => {
                let quiet = words.quiet(&look.text.span(*pause));
                write!(
                    out,
                    "<div class=\"log-mark\" {style}><span>{quiet}</span></div>"
                )
            }
            Content::Unread => write!(
                out,
                "<div class=\"log-l\" {style} aria-busy=\"true\"><span class=\"no\">{number}</span></div>"
            ),
            Content::Line {
                continued,
                time,
                stderr,
                html,
            } => {
                let number = if *continued {
                    String::new()
                } else {
                    number.to_string()
                };
                let (mark, word) = if *stderr {
                    (" data-e title=\"stderr\"", words.err())
                } else {
                    ("", "")
                };
                let (utc, clock) = (words.utc(&utc(*time)), clock(*time));
                write!(
                    out,
                    "<div class=\"log-l\" {style}{mark}><span class=\"no\">{number}</span>\
                     <span class=\"ts\" title=\"{utc}\">{clock}</span>\
                     <span class=\"er\">{word}</span><span class=\"tx\">{html}</span></div>"
                )
            }
        };
    }
}

/// The rows that are drawn, with their elements, from the top down.
#[derive(Default)]
pub struct Sheet {
    base: u64,
    row_height: f64,
    rows: Vec<(RowView, Element)>,
}

impl Sheet {
    /// Makes `sheet` show these rows, which stand below each other.
    pub fn draw(&mut self, sheet: &Element, look: Look, rows: Vec<RowView>) {
        if (self.base, self.row_height) != (look.base, look.row_height) {
            (self.base, self.row_height) = (look.base, look.row_height);
            self.rows.clear();
        }
        let mut old: Vec<Option<Element>> = Vec::with_capacity(self.rows.len());
        let mut views = Vec::with_capacity(self.rows.len());
        for (view, element) in mem::take(&mut self.rows) {
            views.push(view);
            old.push(Some(element));
        }
        let kept = kept(&views, &rows);
        if kept.iter().all(Option::is_none) {
            sheet.set_inner_html("");
            old.clear();
        }
        let kept: Vec<Option<Element>> = kept
            .into_iter()
            .map(|index| old.get_mut(index?)?.take())
            .collect();
        old.into_iter().flatten().for_each(|gone| gone.remove());
        self.rows = fill(sheet, look, rows, kept);
    }
}

/// Which of the old rows each new one is; both stand in the order of their tops.
fn kept(old: &[RowView], new: &[RowView]) -> Vec<Option<usize>> {
    let mut next = 0;
    let find = |view: &RowView| {
        while old.get(next).is_some_and(|old| old.at < view.at) {
            next += 1;
        }
        (old.get(next) == Some(view)).then_some(next)
    };
    new.iter().map(find).collect()
}

/// Puts what is missing between the rows that are there.
fn fill(
    sheet: &Element,
    look: Look,
    rows: Vec<RowView>,
    kept: Vec<Option<Element>>,
) -> Vec<(RowView, Element)> {
    let mut done = Vec::with_capacity(rows.len());
    let mut missing = Vec::new();
    let mut html = String::new();
    for (view, element) in rows.into_iter().zip(kept) {
        let Some(element) = element else {
            view.write(&mut html, look);
            missing.push(view);
            continue;
        };
        insert(sheet, Some(&element), &mem::take(&mut html));
        let before = element.previous_element_sibling();
        done.extend(upwards(before, mem::take(&mut missing)));
        done.push((view, element));
    }
    insert(sheet, None, &html);
    done.extend(upwards(sheet.last_element_child(), missing));
    done
}

fn insert(sheet: &Element, before: Option<&Element>, html: &str) {
    if html.is_empty() {
        return;
    }
    // Only an unknown position or a lone element would be refused.
    let _ = match before {
        Some(element) => element.insert_adjacent_html("beforebegin", html),
        None => sheet.insert_adjacent_html("beforeend", html),
    };
}

/// Rows with the elements that were made for them, of which `last` is the last.
fn upwards(last: Option<Element>, rows: Vec<RowView>) -> Vec<(RowView, Element)> {
    let mut element = last;
    let mut found: Vec<(RowView, Element)> = rows
        .into_iter()
        .rev()
        .map_while(|view| {
            let this = element.take()?;
            element = this.previous_element_sibling();
            Some((view, this))
        })
        .collect();
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::{Look, RowView, kept};
    use crate::i18n::{Lang, Text};

    #[test]
    fn rows_stay_that_look_the_same() {
        let rows = |from: u64| (from..from + 4).map(|at| RowView::unread(at, at + 1));
        let old: Vec<RowView> = rows(10).collect();
        let mut new: Vec<RowView> = rows(12).collect();
        assert_eq!(kept(&old, &new), [Some(2), Some(3), None, None]);
        new[0] = RowView::quiet(12, 13, 60_000);
        assert_eq!(kept(&old, &new), [None, Some(3), None, None]);
        assert_eq!(kept(&new, &old), [None, None, None, Some(1)]);
        assert_eq!(kept(&[], &new), [None; 4]);
    }

    #[test]
    fn rows_are_placed_from_the_base_of_the_sheet() {
        let look = Look {
            base: 4096,
            row_height: 18.6,
            text: Text::new(Lang::En),
        };
        let mut html = String::new();
        RowView::unread(4101, 7).write(&mut html, look);
        assert_eq!(
            html,
            "<div class=\"log-l\" style=\"top:93px;height:18.6px\" aria-busy=\"true\">\
             <span class=\"no\">7</span></div>"
        );
    }
}
