//! The steps of an image, and which of them are its base.

use std::collections::HashSet;

use gantry_view::{Layer, Step, StepKind};
use gantry_wire::gantry::{self, LayerStack, StackItem};

use super::instruction::readable;
use crate::time::millis;

/// Steps from the first to the last.
pub(super) fn steps(stack: &LayerStack) -> Vec<Step> {
    let base = base(stack);
    let items = stack.items.iter().enumerate();
    items
        .map(|(index, item)| {
            let instruction = readable(&item.instruction);
            Step {
                number: index as u32 + 1,
                kind: if index < base {
                    StepKind::Base
                } else {
                    kind(item, &instruction)
                },
                instruction,
                created_by: item.instruction.clone(),
                comment: item.comment.clone(),
                created_at: item.created.and_then(millis),
                layer: item.layer.as_ref().map(layer),
            }
        })
        .collect()
}

/// How many of the first steps are the base: up to the last layer that another image has too.
///
/// Images that have all of these layers were made from this one; what they share says nothing.
fn base(stack: &LayerStack) -> usize {
    let layers = || {
        let items = stack.items.iter().enumerate();
        items.filter_map(|(index, item)| Some((index, item.layer.as_ref()?)))
    };
    let made_from_this: HashSet<&String> = layers()
        .next_back()
        .map(|(_, top)| top.shared_with.iter().collect())
        .unwrap_or_default();
    let last = layers().rfind(|(_, layer)| {
        let mut others = layer.shared_with.iter();
        others.any(|image| !made_from_this.contains(image))
    });
    last.map_or(0, |(index, _)| index + 1)
}

fn kind(item: &StackItem, instruction: &str) -> StepKind {
    let word = instruction.split_whitespace().next().unwrap_or_default();
    match (&item.layer, word) {
        (None, _) => StepKind::Metadata,
        (Some(_), "COPY" | "ADD") => StepKind::Copy,
        (Some(_), _) => StepKind::Command,
    }
}

fn layer(layer: &gantry::Layer) -> Layer {
    Layer {
        index: layer.index,
        diff_id: layer.diff_id.clone(),
        digest: layer.blob.clone().unwrap_or_default(),
        size: layer.size,
        blob_size: layer.blob_size.unwrap_or_default(),
        files: layer.files,
        shared_by: layer.shared_with.len() as u32 + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(instruction: &str, shared_with: Option<&[&str]>) -> StackItem {
        StackItem {
            instruction: instruction.into(),
            layer: shared_with.map(|images| gantry::Layer {
                shared_with: images.iter().map(|image| (*image).to_owned()).collect(),
                ..gantry::Layer::default()
            }),
            ..StackItem::default()
        }
    }

    fn kinds(items: Vec<StackItem>) -> Vec<StepKind> {
        let stack = LayerStack {
            items,
            ..LayerStack::default()
        };
        steps(&stack).into_iter().map(|step| step.kind).collect()
    }

    #[test]
    fn what_another_image_has_too_is_the_base_with_all_below() {
        let kinds = kinds(vec![
            item("ADD rootfs /", Some(&["other"])),
            item("CMD [\"sh\"]", None),
            item("RUN apt-get update", Some(&["other"])),
            item("COPY . .", Some(&[])),
            item("/bin/sh -c make", Some(&[])),
            item("CMD [\"app\"]", None),
        ]);
        use StepKind::{Base, Command, Copy, Metadata};
        assert_eq!(kinds, [Base, Base, Base, Copy, Command, Metadata]);
    }

    #[test]
    fn an_image_made_from_this_one_does_not_turn_it_into_a_base() {
        let kinds = kinds(vec![
            item("ADD rootfs /", Some(&["child", "sibling"])),
            item("COPY . .", Some(&["child"])),
        ]);
        assert_eq!(kinds, [StepKind::Base, StepKind::Copy]);
    }
}
