//! The order of the volumes: by one column, up or down, and by name where that says nothing.

use std::cmp::Ordering;

use gantry_view::VolumeUse;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Name,
    Size,
    Written,
}

/// A column and a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub column: Column,
    pub descending: bool,
}

impl Sort {
    /// The same column again turns it round; of figures the largest and the latest come first.
    pub fn pressed(self, column: Column) -> Self {
        Self {
            column,
            descending: if self.column == column {
                !self.descending
            } else {
                column != Column::Name
            },
        }
    }

    /// Two volumes with what is known of each.
    pub fn compare(self, a: (&str, Option<&VolumeUse>), b: (&str, Option<&VolumeUse>)) -> Ordering {
        let turned = |order: Ordering| {
            if self.descending {
                order.reverse()
            } else {
                order
            }
        };
        let (name_a, name_b) = (a.0, b.0);
        let by_name = name_a.cmp(name_b);
        let figure = |found: Option<&VolumeUse>| match self.column {
            Column::Name => None,
            Column::Size => found.map(|found| i64::try_from(found.bytes).unwrap_or(i64::MAX)),
            Column::Written => found.and_then(|found| found.written_at),
        };
        match (self.column, figure(a.1), figure(b.1)) {
            (Column::Name, ..) => turned(by_name),
            (_, Some(a), Some(b)) => turned(a.cmp(&b)).then(by_name),
            // What nothing is known of comes last both ways.
            (_, a, b) => b.is_some().cmp(&a.is_some()).then(by_name),
        }
    }

    /// As the settings keep it.
    pub fn to_setting(self) -> String {
        let name = match self.column {
            Column::Name => "name",
            Column::Size => "size",
            Column::Written => "written",
        };
        format!("{}{name}", if self.descending { "-" } else { "" })
    }

    /// The largest first, unless something else is remembered.
    pub fn from_setting(setting: &str) -> Self {
        let column = match setting.trim_start_matches('-') {
            "name" => Column::Name,
            "written" => Column::Written,
            _ => Column::Size,
        };
        Self {
            column,
            descending: setting.is_empty() || setting.starts_with('-'),
        }
    }
}

#[cfg(test)]
mod tests {
    use gantry_view::VolumeUse;

    use super::{Column, Sort};

    fn found(bytes: u64, written_at: Option<i64>) -> VolumeUse {
        VolumeUse {
            name: String::new(),
            bytes,
            files: 1,
            written_at,
        }
    }

    #[test]
    fn a_press_sorts_another_turns_it_round_and_what_is_unknown_stays_last() {
        let known = [
            ("a", Some(found(1, Some(9)))),
            ("b", None),
            ("c", Some(found(5, None))),
            ("d", Some(found(5, Some(3)))),
        ];
        let order = |sort: Sort| {
            let mut all: Vec<_> = known.iter().collect();
            all.sort_by(|a, b| sort.compare((a.0, a.1.as_ref()), (b.0, b.1.as_ref())));
            all.iter().map(|one| one.0).collect::<String>()
        };
        let first = Sort::from_setting("");
        assert_eq!(order(first), "cdab");
        let again = first.pressed(Column::Size);
        assert_eq!(order(again), "acdb");
        let by_name = again.pressed(Column::Name);
        assert_eq!(order(by_name), "abcd");
        assert_eq!(order(by_name.pressed(Column::Name)), "dcba");
        assert_eq!(order(by_name.pressed(Column::Written)), "adbc");
        for sort in [first, again, by_name] {
            assert_eq!(Sort::from_setting(&sort.to_setting()), sort);
        }
    }
}
