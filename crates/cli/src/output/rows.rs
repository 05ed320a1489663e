//! Lists: a table, one JSON object per line, or a template per line.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::Value;

use super::Template;

/// One row: every key that a format may name.
pub(crate) type Row = BTreeMap<&'static str, String>;

/// A column: its heading and the key it shows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) heading: &'static str,
    pub(crate) key: &'static str,
}

/// How wide a column of a list is at least, what is between two included.
const NARROWEST: usize = 10;
/// Blanks between two columns.
const BETWEEN: usize = 3;

/// A list on its way out.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    /// Every column there is.
    pub(crate) columns: &'a [Column],
    /// The keys of those that are shown unless a format says otherwise.
    pub(crate) shown: &'a [&'static str],
    pub(crate) rows: Vec<Row>,
}

impl Table<'_> {
    /// Prints the list: `table`, `json`, a template, or `table` and a template.
    pub(crate) fn print(&self, format: Option<&str>) -> anyhow::Result<()> {
        let text = self.render(format)?;
        std::io::stdout().lock().write_all(text.as_bytes())?;
        Ok(())
    }

    fn render(&self, format: Option<&str>) -> anyhow::Result<String> {
        let format = format.map_or("table", str::trim);
        match format.strip_prefix("table") {
            Some(rest) if rest.trim().is_empty() => Ok(self.table()),
            Some(rest) => self.table_of(rest.trim_start()),
            None if format == "json" => self.each(|value| Ok(value.to_string())),
            None => {
                let template = Template::of_list(format)?;
                self.each(|value| template.render(value))
            }
        }
    }

    fn each(&self, line: impl Fn(&Value) -> anyhow::Result<String>) -> anyhow::Result<String> {
        let mut text = String::new();
        for row in &self.rows {
            text.push_str(&line(&serde_json::to_value(row)?)?);
            text.push('\n');
        }
        Ok(text)
    }

    fn table(&self) -> String {
        let headings = self
            .columns
            .iter()
            .map(|column| (column.key, column.heading));
        let headings: BTreeMap<_, _> = headings.collect();
        let heading = |key: &&str| {
            headings
                .get(key)
                .map_or_else(String::new, |it| (*it).to_owned())
        };
        let cell = |row: &Row, key: &&str| row.get(key).cloned().unwrap_or_default();
        let rows = self.rows.iter();
        aligned(
            self.shown.iter().map(heading).collect(),
            rows.map(|row| self.shown.iter().map(|key| cell(row, key)).collect()),
            NARROWEST,
        )
    }

    /// A table whose lines, and the line of headings, are what a template makes of them.
    fn table_of(&self, template: &str) -> anyhow::Result<String> {
        let cells = |line: String| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
        let headings = self.columns.iter();
        let headings = headings.map(|column| (column.key.to_owned(), column.heading.into()));
        let headings =
            Template::of_headings(template)?.render(&Value::Object(headings.collect()))?;
        let template = Template::of_list(template)?;
        let mut rows = Vec::new();
        for row in &self.rows {
            rows.push(cells(template.render(&serde_json::to_value(row)?)?));
        }
        Ok(aligned(cells(headings), rows.into_iter(), NARROWEST))
    }
}

/// Cells below each other, in columns of at least this width. As in Docker's tables the last of a
/// line is not filled up.
pub(crate) fn aligned(
    headings: Vec<String>,
    rows: impl Iterator<Item = Vec<String>>,
    narrowest: usize,
) -> String {
    let lines: Vec<Vec<String>> = std::iter::once(headings).chain(rows).collect();
    let width = |column: usize| {
        let cells = lines.iter().filter_map(|line| line.get(column));
        let widest = cells.map(|cell| cell.chars().count()).max();
        (widest.unwrap_or_default() + BETWEEN).max(narrowest)
    };
    let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let last = line.len().saturating_sub(1);
        for (at, cell) in line.iter().enumerate() {
            text.push_str(cell);
            if at < last {
                let blanks = widths[at].saturating_sub(cell.chars().count());
                text.extend(std::iter::repeat_n(' ', blanks));
            }
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(format: Option<&str>) -> String {
        let columns = [
            Column {
                heading: "CONTAINER ID",
                key: "ID",
            },
            Column {
                heading: "NAMES",
                key: "Names",
            },
        ];
        let row =
            |id: &str, name: &str| Row::from([("ID", id.to_owned()), ("Names", name.to_owned())]);
        let table = Table {
            columns: &columns,
            shown: &["ID", "Names"],
            rows: vec![
                row("0123456789ab", "web"),
                row("ba9876543210", "a_longer_name"),
            ],
        };
        table.render(format).unwrap()
    }

    #[test]
    fn a_table_has_headings_and_three_blanks_between_columns() {
        insta::assert_snapshot!(render(None), @r"
        CONTAINER ID   NAMES
        0123456789ab   web
        ba9876543210   a_longer_name
        ");
    }

    #[test]
    fn a_template_may_choose_the_columns_of_a_table() {
        insta::assert_snapshot!(render(Some("table {{.Names}}")), @r"
        NAMES
        web
        a_longer_name
        ");
    }

    #[test]
    fn a_table_may_be_made_of_any_template() {
        let template = r"table {{.Names}}\tis {{truncate .ID 4}}";
        insta::assert_snapshot!(render(Some(template)), @r"
        NAMES           is CONTAINER ID
        web             is 0123
        a_longer_name   is ba98
        ");
    }

    #[test]
    fn json_is_one_object_per_line() {
        insta::assert_snapshot!(render(Some("json")), @r#"
        {"ID":"0123456789ab","Names":"web"}
        {"ID":"ba9876543210","Names":"a_longer_name"}
        "#);
    }

    #[test]
    fn a_template_is_filled_in_per_row() {
        insta::assert_snapshot!(render(Some("{{.ID}} is {{.Names}}")), @r"
        0123456789ab is web
        ba9876543210 is a_longer_name
        ");
    }
}
