//! Lists: a table, one JSON object per line, or a template per line.

use std::collections::BTreeMap;
use std::io::Write;

use comfy_table::{ContentArrangement, presets};
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

/// How wide a column is at least, so that tables look like Docker's.
const NARROWEST: usize = 7;

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
            Some(rest) if rest.trim().is_empty() => Ok(self.table(self.shown.iter().copied())),
            Some(rest) => {
                let template = Template::parse(rest.trim_start())?;
                Ok(self.table(template.keys()))
            }
            None if format == "json" => self.each(|value| Ok(value.to_string())),
            None => {
                let template = Template::parse(format)?;
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

    fn table<'k>(&self, keys: impl Iterator<Item = &'k str>) -> String {
        let keys: Vec<&str> = keys.collect();
        let heading = |key: &str| {
            let text = self
                .columns
                .iter()
                .find(|column| column.key == key)
                .map_or_else(|| key.to_uppercase(), |column| column.heading.to_owned());
            format!("{text:<NARROWEST$}")
        };
        let mut table = comfy_table::Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(keys.iter().copied().map(heading));
        for row in &self.rows {
            table.add_row(
                keys.iter()
                    .map(|key| row.get(key).map_or("", String::as_str)),
            );
        }
        for column in table.column_iter_mut() {
            column.set_padding((0, 3));
        }
        let mut text = table.trim_fmt();
        text.push('\n');
        text
    }
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
