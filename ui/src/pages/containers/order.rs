//! The order of the list: by one column, up or down, and by name where that column says nothing.

use gantry_view::{Container, ContainerState};

use crate::state::Standing;

/// A column to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Status,
    Name,
    Image,
    Ports,
    Cpu,
    Memory,
    Uptime,
}

impl Column {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Status, "status"),
        (Self::Name, "name"),
        (Self::Image, "image"),
        (Self::Ports, "ports"),
        (Self::Cpu, "cpu"),
        (Self::Memory, "memory"),
        (Self::Uptime, "uptime"),
    ];

    /// Whether it tells what a container uses.
    pub fn is_measured(self) -> bool {
        matches!(self, Self::Cpu | Self::Memory)
    }

    /// What the column says of a container, in a form that compares quickly. What looks the same is
    /// the same: tenths of a per cent and of a mebibyte.
    fn rank(self, container: &Container, used: Standing) -> Rank {
        let port = || container.ports.iter().filter_map(|port| port.host).min();
        match self {
            Self::Status => (i64::from(urgency(container)), 0, String::new()),
            Self::Name => (0, 0, String::new()),
            Self::Image => (0, 0, container.image.clone()),
            Self::Ports => (i64::from(port().unwrap_or(u16::MAX)), 0, String::new()),
            Self::Cpu => ((used.cpu * 10.0).round() as i64, 0, String::new()),
            Self::Memory => ((used.memory / 104_857.6).round() as i64, 0, String::new()),
            // The longest running first, then what ended last.
            Self::Uptime => match (container.state.is_up(), container.started_at) {
                (true, Some(started)) => (0, started, String::new()),
                _ => (1, -container.finished_at.unwrap_or(0), String::new()),
            },
        }
    }
}

type Rank = (i64, i64, String);

/// Where a container stands in a list, made once for each and not for each comparison.
pub struct Place {
    id: String,
    /// The column says nothing of it, so that it comes last both ways.
    unknown: bool,
    rank: Rank,
    name: String,
}

/// Trouble first, then what runs.
fn urgency(container: &Container) -> u8 {
    match container.state {
        _ if container.has_problem() => 0,
        ContainerState::Restarting => 1,
        ContainerState::Running => 2,
        ContainerState::Paused => 3,
        ContainerState::Created => 4,
        _ => 5,
    }
}

/// A column and a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    pub column: Column,
    pub descending: bool,
}

impl Sort {
    /// `used` is what it used lately, as far as that is known.
    pub fn place(self, container: &Container, used: Option<&Standing>) -> Place {
        let used = used.filter(|_| container.state.is_up());
        Place {
            id: container.id.clone(),
            unknown: self.column.is_measured() && used.is_none(),
            rank: self
                .column
                .rank(container, used.copied().unwrap_or_default()),
            name: natural(&container.name),
        }
    }

    /// The ids of what was placed by this sort, in its order.
    pub fn in_order(self, mut places: Vec<Place>) -> Vec<String> {
        places.sort_by(|a, b| {
            let (order, by_name) = (a.rank.cmp(&b.rank), a.name.cmp(&b.name));
            // Equal ones stay in the order of their names, whichever way the column goes.
            let known = match (self.column, self.descending) {
                (Column::Name, true) => by_name.reverse(),
                (_, true) => order.reverse().then(by_name),
                (_, false) => order.then(by_name),
            };
            a.unknown.cmp(&b.unknown).then(known)
        });
        places.into_iter().map(|place| place.id).collect()
    }

    /// As the settings keep it.
    pub fn to_setting(self) -> String {
        let name = Column::ALL
            .iter()
            .find(|(column, _)| *column == self.column)
            .map_or("name", |(_, name)| name);
        format!("{}{name}", if self.descending { "-" } else { "" })
    }

    pub fn from_setting(setting: &str) -> Self {
        let name = setting.trim_start_matches('-');
        Self {
            column: Column::ALL
                .iter()
                .find(|(_, known)| *known == name)
                .map_or(Column::Name, |(column, _)| *column),
            descending: setting.starts_with('-'),
        }
    }
}

/// A form of a name that puts `web-2` before `web-10` when compared letter by letter: a number is
/// led by how many digits it has.
fn natural(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        if !first.is_ascii_digit() {
            out.extend(first.to_lowercase());
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let end = rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = rest[..end].trim_start_matches('0');
        out.push('0');
        // No name is so long that its numbers would not fit below the surrogates.
        out.push(char::from_u32(digits.len() as u32).unwrap_or('\u{d7ff}'));
        out.push_str(digits);
        rest = &rest[end..];
    }
    out
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::{Column, Place, Sort, natural};

    #[test]
    fn numbers_in_names_count() {
        let order = |a: &str, b: &str| natural(a).cmp(&natural(b));
        assert_eq!(order("web-2", "web-10"), Ordering::Less);
        assert_eq!(order("web-02b", "web-2a"), Ordering::Greater);
        assert_eq!(order("web", "web-1"), Ordering::Less);
        assert_eq!(order("Web", "web"), Ordering::Equal);
    }

    fn place(name: &str, rank: i64) -> Place {
        Place {
            id: name.to_owned(),
            unknown: false,
            rank: (rank, 0, String::new()),
            name: natural(name),
        }
    }

    #[test]
    fn equal_ones_stay_in_the_order_of_their_names_both_ways() {
        let ids = |descending| {
            let sort = Sort {
                column: Column::Status,
                descending,
            };
            let places = [("2", 5), ("10", 5), ("1", 2)];
            sort.in_order(places.map(|(name, rank)| place(name, rank)).into())
        };
        assert_eq!(ids(false), ["1", "2", "10"]);
        assert_eq!(ids(true), ["2", "10", "1"]);
    }

    #[test]
    fn what_is_not_measured_comes_last_both_ways() {
        let ids = |descending| {
            let sort = Sort {
                column: Column::Cpu,
                descending,
            };
            let mut places = ["1", "2", "3"].map(|name| place(name, 1));
            places[0].unknown = true;
            places[1].rank.0 = 7;
            sort.in_order(places.into())
        };
        assert_eq!(ids(false), ["3", "2", "1"]);
        assert_eq!(ids(true), ["2", "3", "1"]);
    }

    #[test]
    fn a_sort_survives_the_settings() {
        let sort = Sort {
            column: Column::Uptime,
            descending: true,
        };
        assert_eq!(Sort::from_setting(&sort.to_setting()), sort);
        assert_eq!(Sort::from_setting("").column, Column::Name);
    }
}
