//! Where slabs and rows stand: heights to scale, each slab joined to its row.
//!
//! All lengths are in sixteenths of a rem, which are pixels at 100 % interface size.

use gantry_view::{Step, StepKind};

/// A row of the list of steps.
pub const ROW: f64 = 40.0;
/// The line that parts the base image from the rest.
pub const BASE_LINE: f64 = 30.0;
/// What is thinner could not be seen or pressed.
const FLOOR: f64 = 3.0;
const GAP: f64 = 2.0;
/// A stack of few rows is still tall enough to compare its slabs.
const SHORTEST: f64 = 176.0;

/// A layer as a slab.
#[derive(Debug, Clone, PartialEq)]
pub struct Slab {
    /// The number of its step.
    pub number: u32,
    pub top: f64,
    pub height: f64,
    /// The middle of the step's row.
    pub row_middle: f64,
}

/// A stack and its rows, the last step on top.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub height: f64,
    pub slabs: Vec<Slab>,
    /// The number of the topmost step of the base image, where there is one below other steps.
    pub base: Option<u32>,
}

/// Lays the steps out. `steps` begin at the bottom.
pub fn plan(steps: &[Step]) -> Plan {
    let base = base_top(steps);
    let line = if base.is_some() { BASE_LINE } else { 0.0 };
    let height = (steps.len() as f64 * ROW + line).max(SHORTEST);
    let mut middles = Vec::new();
    let mut sizes = Vec::new();
    let mut row_top = 0.0;
    for step in steps.iter().rev() {
        if base == Some(step.number) {
            row_top += BASE_LINE;
        }
        if let Some(layer) = &step.layer {
            middles.push((step.number, row_top + ROW / 2.0));
            sizes.push(layer.size);
        }
        row_top += ROW;
    }
    let gaps = GAP * sizes.len().saturating_sub(1) as f64;
    let mut top = 0.0;
    let slabs = middles
        .into_iter()
        .zip(heights(&sizes, height - gaps))
        .map(|((number, row_middle), height)| {
            let slab = Slab {
                number,
                top,
                height,
                row_middle,
            };
            top += height + GAP;
            slab
        })
        .collect();
    Plan {
        height,
        slabs,
        base,
    }
}

/// The topmost step that came with the base image, if something was built on it.
fn base_top(steps: &[Step]) -> Option<u32> {
    let top = steps.iter().rposition(|step| step.kind == StepKind::Base)?;
    (top + 1 < steps.len()).then(|| steps[top].number)
}

/// Shares a length out by size; nothing gets less than the floor, the rest shrinks for it.
fn heights(sizes: &[u64], length: f64) -> Vec<f64> {
    let mut floored = vec![false; sizes.len()];
    loop {
        let rest: u64 = sum(sizes, &floored);
        let taken = FLOOR * floored.iter().filter(|&&floored| floored).count() as f64;
        let scale = if rest == 0 {
            0.0
        } else {
            (length - taken).max(0.0) / rest as f64
        };
        let mut changed = false;
        for (size, floored) in sizes.iter().zip(&mut floored) {
            if !*floored && *size as f64 * scale < FLOOR {
                *floored = true;
                changed = true;
            }
        }
        if !changed {
            let height = |(size, floored): (&u64, &bool)| {
                if *floored {
                    FLOOR
                } else {
                    *size as f64 * scale
                }
            };
            return sizes.iter().zip(&floored).map(height).collect();
        }
    }
}

fn sum(sizes: &[u64], without: &[bool]) -> u64 {
    let kept = sizes
        .iter()
        .zip(without)
        .filter(|(_, left_out)| !**left_out);
    kept.map(|(size, _)| size).sum()
}

#[cfg(test)]
mod tests {
    use super::{FLOOR, GAP, ROW, heights, plan};
    use gantry_view::{Layer, Step, StepKind};

    fn step(number: u32, kind: StepKind, size: Option<u64>) -> Step {
        Step {
            number,
            instruction: String::new(),
            created_by: String::new(),
            comment: String::new(),
            created_at: None,
            kind,
            layer: size.map(|size| Layer {
                index: number - 1,
                diff_id: String::new(),
                digest: String::new(),
                size,
                blob_size: size,
                files: 1,
                shared_by: 1,
            }),
        }
    }

    #[test]
    fn heights_are_to_scale_above_a_floor() {
        let heights = heights(&[1, 300, 600], 303.0);
        assert!((heights[0] - FLOOR).abs() < 1e-9);
        assert!((heights[1] - 100.0).abs() < 1e-9);
        assert!((heights[2] - 200.0).abs() < 1e-9);
    }

    #[test]
    fn a_stack_of_empty_layers_is_all_floor() {
        assert_eq!(super::heights(&[0, 0], 100.0), [FLOOR, FLOOR]);
    }

    #[test]
    fn the_last_step_is_on_top_and_steps_without_files_have_no_slab() {
        let steps = [
            step(1, StepKind::Base, Some(100)),
            step(2, StepKind::Metadata, None),
            step(3, StepKind::Copy, Some(100)),
        ];
        let plan = plan(&steps);
        assert_eq!(plan.base, Some(1));
        let numbers: Vec<u32> = plan.slabs.iter().map(|slab| slab.number).collect();
        assert_eq!(numbers, [3, 1]);
        assert!((plan.slabs[0].row_middle - ROW / 2.0).abs() < 1e-9);
        let last = &plan.slabs[1];
        assert!((last.top + last.height - plan.height).abs() < 1e-9);
        assert!((plan.slabs[0].height - (plan.height - GAP) / 2.0).abs() < 1e-9);
    }

    #[test]
    fn an_image_that_is_all_base_has_no_line() {
        assert_eq!(plan(&[step(1, StepKind::Base, Some(1))]).base, None);
    }
}
