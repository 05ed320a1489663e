//! The order of the list: by one column, up or down, and by name where that column says nothing.

use std::cmp::Ordering;

use gantry_view::{Container, ContainerState};

/// A column to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Status,
    Name,
    Image,
    Ports,
    Uptime,
}

impl Column {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Status, "status"),
        (Self::Name, "name"),
        (Self::Image, "image"),
        (Self::Ports, "ports"),
        (Self::Uptime, "uptime"),
    ];

    fn compare(self, a: &Container, b: &Container) -> Ordering {
        let port = |container: &Container| {
            container
                .ports
                .iter()
                .filter_map(|port| port.host)
                .min()
                .unwrap_or(u16::MAX)
        };
        // The longest running first, then what ended last.
        let age = |container: &Container| match (container.state.is_up(), container.started_at) {
            (true, Some(started)) => (0, started),
            _ => (1, -container.finished_at.unwrap_or(0)),
        };
        match self {
            Self::Status => rank(a).cmp(&rank(b)),
            Self::Name => Ordering::Equal,
            Self::Image => a.image.cmp(&b.image),
            Self::Ports => port(a).cmp(&port(b)),
            Self::Uptime => age(a).cmp(&age(b)),
        }
    }
}

/// Trouble first, then what runs.
fn rank(container: &Container) -> u8 {
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
    pub fn apply(self, containers: &mut [Container]) {
        containers.sort_by(|a, b| {
            let order = self.column.compare(a, b);
            // Equal ones stay in the order of their names, whichever way the column goes.
            let by_name = || natural(&a.name, &b.name);
            match (self.column, self.descending) {
                (Column::Name, true) => by_name().reverse(),
                (_, true) => order.reverse().then_with(by_name),
                (_, false) => order.then_with(by_name),
            }
        });
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

/// `web-2` before `web-10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.chars().peekable(), b.chars().peekable());
    loop {
        let (Some(x), Some(y)) = (left.peek().copied(), right.peek().copied()) else {
            return left.count().cmp(&right.count());
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            number(&mut left).cmp(&number(&mut right))
        } else {
            left.next();
            right.next();
            x.to_ascii_lowercase().cmp(&y.to_ascii_lowercase())
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> u64 {
    let mut value = 0_u64;
    while let Some(digit) = chars.peek().and_then(|digit| digit.to_digit(10)) {
        value = value.saturating_mul(10).saturating_add(u64::from(digit));
        chars.next();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::{Column, Ordering, Sort, natural};

    #[test]
    fn numbers_in_names_count() {
        assert_eq!(natural("web-2", "web-10"), Ordering::Less);
        assert_eq!(natural("web", "web-1"), Ordering::Less);
        assert_eq!(natural("Web", "web"), Ordering::Equal);
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
