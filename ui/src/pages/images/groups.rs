//! Images grouped by repository, filtered and in order.

use gantry_view::Image;

use crate::parts::split_reference;

/// What the list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    #[default]
    Name,
    Size,
    Age,
}

impl Order {
    /// As the settings keep it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Size => "size",
            Self::Age => "age",
        }
    }

    pub fn from_word(word: &str) -> Self {
        match word {
            "size" => Self::Size,
            "age" => Self::Age,
            _ => Self::Name,
        }
    }
}

/// One image within a repository, with the tags it has there. Left-over images have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: String,
    pub repository: String,
    pub tags: Vec<String>,
}

impl Entry {
    /// Tells entries apart: an image with names in two repositories has two, and one whose tags
    /// change is drawn anew.
    pub fn key(&self) -> String {
        format!("{}\n{}\n{}", self.repository, self.id, self.tags.join(" "))
    }

    /// The name to act on: the first here, or the id of an image without one.
    pub fn reference(&self) -> String {
        match self.tags.first() {
            Some(tag) => format!("{}:{tag}", self.repository),
            None => self.id.clone(),
        }
    }
}

/// A repository with its images. The last one of a list has no name: what is left over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub repository: String,
    pub entries: Vec<Entry>,
}

/// Groups what fits the query: a part of a name or the beginning of an id.
pub fn group(images: &[Image], query: &str, order: Order) -> Vec<Group> {
    let query = query.trim().to_lowercase();
    let mut groups: Vec<(Group, Rank)> = Vec::new();
    let mut sorted: Vec<&Image> = images.iter().collect();
    sorted.sort_by_cached_key(|image| Rank::of(image, order));
    for image in sorted {
        for entry in entries(image, &query) {
            let known = groups
                .iter_mut()
                .find(|(group, _)| group.repository == entry.repository);
            match known {
                Some((group, _)) => group.entries.push(entry),
                None => groups.push((
                    Group {
                        repository: entry.repository.clone(),
                        entries: vec![entry],
                    },
                    Rank::of(image, order),
                )),
            }
        }
    }
    groups.sort_by(|(a, a_rank), (b, b_rank)| {
        let by_rank = if order == Order::Name {
            a.repository.cmp(&b.repository)
        } else {
            a_rank.cmp(b_rank)
        };
        a.repository
            .is_empty()
            .cmp(&b.repository.is_empty())
            .then(by_rank)
    });
    groups.into_iter().map(|(group, _)| group).collect()
}

/// Where an image stands among those of its repository; smaller is higher.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rank(i64, String);

impl Rank {
    fn of(image: &Image, order: Order) -> Self {
        let newest_first = -image.created_at.unwrap_or(0);
        match order {
            Order::Name | Order::Age => Self(newest_first, image.id.clone()),
            Order::Size => Self(-(image.size as i64), image.id.clone()),
        }
    }
}

/// The image once per repository that it has fitting names in.
fn entries(image: &Image, query: &str) -> Vec<Entry> {
    let bare_id = image.id.trim_start_matches("sha256:");
    let by_id = !query.is_empty() && bare_id.starts_with(query.trim_start_matches("sha256:"));
    if image.tags.is_empty() {
        return if query.is_empty() || by_id {
            vec![Entry {
                id: image.id.clone(),
                repository: String::new(),
                tags: Vec::new(),
            }]
        } else {
            Vec::new()
        };
    }
    let mut found: Vec<Entry> = Vec::new();
    for name in &image.tags {
        if !(by_id || name.to_lowercase().contains(query)) {
            continue;
        }
        let (repository, tag) = split_reference(name);
        let tag = tag.unwrap_or("latest").to_owned();
        match found
            .iter_mut()
            .find(|entry| entry.repository == repository)
        {
            Some(entry) => entry.tags.push(tag),
            None => found.push(Entry {
                id: image.id.clone(),
                repository: repository.to_owned(),
                tags: vec![tag],
            }),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Order, group};
    use gantry_view::Image;

    fn image(id: &str, tags: &[&str], size: u64, created_at: i64) -> Image {
        Image {
            id: format!("sha256:{id}"),
            tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
            size,
            download_size: size / 2,
            unique_size: size,
            created_at: Some(created_at),
            platform: "linux/amd64".to_owned(),
            runnable: true,
            layers: 1,
            used_by: Vec::new(),
        }
    }

    fn shape(images: &[Image], query: &str, order: Order) -> Vec<(String, Vec<String>)> {
        group(images, query, order)
            .into_iter()
            .map(|group| {
                let tags = group.entries.iter().map(|entry| entry.tags.join("+"));
                (group.repository, tags.collect())
            })
            .collect()
    }

    #[test]
    fn images_stand_under_their_repository_and_the_nameless_ones_last() {
        let images = [
            image("aa", &[], 9, 9),
            image("bb", &["web:1", "web:latest", "shop/web:1"], 1, 1),
            image("cc", &["web:2"], 2, 2),
        ];
        assert_eq!(
            shape(&images, "", Order::Name),
            [
                ("shop/web".to_owned(), vec!["1".to_owned()]),
                (
                    "web".to_owned(),
                    vec!["2".to_owned(), "1+latest".to_owned()]
                ),
                (String::new(), vec![String::new()]),
            ]
        );
    }

    #[test]
    fn a_query_finds_names_and_ids() {
        let images = [
            image("aabb", &["web:1"], 1, 1),
            image("ccdd", &["db:1"], 5, 1),
        ];
        assert_eq!(shape(&images, "WE", Order::Name)[0].0, "web");
        assert_eq!(shape(&images, "ccd", Order::Name)[0].0, "db");
        assert!(shape(&images, "mail", Order::Name).is_empty());
    }

    #[test]
    fn the_largest_come_first_with_their_repository() {
        let images = [
            image("aa", &["a:1"], 1, 1),
            image("bb", &["b:1"], 5, 1),
            image("cc", &["b:2"], 7, 1),
        ];
        let found = shape(&images, "", Order::Size);
        assert_eq!(
            found[0],
            ("b".to_owned(), vec!["2".to_owned(), "1".to_owned()])
        );
    }
}
