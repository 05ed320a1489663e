//! The order of the list: by one column, up or down, and by name where that column says nothing.

use std::collections::HashMap;

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
struct Place {
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
    fn place(self, container: &Container, used: Option<&Standing>) -> Place {
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

    /// Whether a container still has this place.
    fn stands(self, place: &Place, container: &Container, used: Option<&Standing>) -> bool {
        let used = used.filter(|_| container.state.is_up());
        place.unknown == (self.column.is_measured() && used.is_none())
            && place.rank
                == self
                    .column
                    .rank(container, used.copied().unwrap_or_default())
    }

    /// The ids of what was placed by this sort, in its order.
    fn in_order(self, mut places: Vec<&Place>) -> Vec<String> {
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
        places.into_iter().map(|place| place.id.clone()).collect()
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

/// The places of a list from one change to the next: most changes of hundreds of containers move
/// none of them, and then nothing is made anew.
#[derive(Default)]
pub struct Places {
    sort: Option<Sort>,
    known: HashMap<String, Known>,
    /// Which look at the list this is.
    look: u32,
    seen: usize,
    moved: bool,
    ids: Vec<String>,
}

struct Known {
    place: Place,
    /// As it is written.
    name: String,
    look: u32,
}

impl Places {
    /// Begins another look at the list. Each container of it is shown to [`Places::see`].
    pub fn begin(&mut self, sort: Sort) {
        self.moved = self.sort != Some(sort);
        if self.moved {
            self.known.clear();
            self.sort = Some(sort);
        }
        self.look = self.look.wrapping_add(1);
        self.seen = 0;
    }

    pub fn see(&mut self, container: &Container, used: Option<&Standing>) {
        let Some(sort) = self.sort else { return };
        self.seen += 1;
        if let Some(known) = self.known.get_mut(&container.id) {
            known.look = self.look;
            if known.name == container.name && sort.stands(&known.place, container, used) {
                return;
            }
        }
        self.moved = true;
        let known = Known {
            place: sort.place(container, used),
            name: container.name.clone(),
            look: self.look,
        };
        self.known.insert(container.id.clone(), known);
    }

    /// Ends the look; whether anything stands elsewhere than before.
    pub fn end(&mut self) -> bool {
        if self.known.len() != self.seen {
            let look = self.look;
            self.known.retain(|_, known| known.look == look);
            self.moved = true;
        }
        if let Some(sort) = self.sort.filter(|_| self.moved) {
            let places = self.known.values().map(|known| &known.place);
            self.ids = sort.in_order(places.collect());
        }
        self.moved
    }

    /// All of them in their order.
    pub fn ids(&self) -> &[String] {
        &self.ids
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

    use gantry_view::{Container, ContainerState};

    use super::{Column, Place, Places, Sort, natural};

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
            let places = places.map(|(name, rank)| place(name, rank));
            sort.in_order(places.iter().collect())
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
            sort.in_order(places.iter().collect())
        };
        assert_eq!(ids(false), ["3", "2", "1"]);
        assert_eq!(ids(true), ["2", "3", "1"]);
    }

    fn container(id: &str, name: &str, state: ContainerState) -> Container {
        Container {
            id: id.to_owned(),
            name: name.to_owned(),
            image: String::new(),
            image_id: String::new(),
            state,
            exit_code: None,
            oom_killed: false,
            health: None,
            ending: None,
            error: String::new(),
            command: String::new(),
            created_at: 0,
            started_at: None,
            finished_at: None,
            ports: Vec::new(),
            mounts: Vec::new(),
            project: None,
            network: String::new(),
            networks: Vec::new(),
            tty: false,
            auto_remove: false,
            cpu_limit_millis: 0,
        }
    }

    #[test]
    fn what_moves_nothing_orders_nothing_anew() {
        use ContainerState::{Created, Exited, Running};
        let mut places = Places::default();
        let mut look = |column, list: &[(&str, &str, ContainerState)]| {
            places.begin(Sort {
                column,
                descending: false,
            });
            for (id, name, state) in list {
                places.see(&container(id, name, *state), None);
            }
            (places.end(), places.ids().join(" "))
        };
        let told = |moved, ids: &str| (moved, ids.to_owned());
        let both = [("1", "web-10", Created), ("2", "web-2", Created)];
        assert_eq!(look(Column::Name, &both), told(true, "2 1"));
        let runs = [("1", "web-10", Running), ("2", "web-2", Exited)];
        assert_eq!(look(Column::Name, &runs), told(false, "2 1"));
        assert_eq!(look(Column::Status, &runs), told(true, "1 2"));
        assert_eq!(look(Column::Status, &both), told(true, "2 1"));
        let renamed = [("1", "a", Created), ("2", "web-2", Created)];
        assert_eq!(look(Column::Status, &renamed), told(true, "1 2"));
        assert_eq!(look(Column::Status, &renamed[1..]), told(true, "2"));
        assert_eq!(look(Column::Status, &renamed[1..]), told(false, "2"));
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
