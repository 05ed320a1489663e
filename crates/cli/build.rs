//! Builds the program again when the bundle that it carries has changed.

fn main() {
    println!("cargo:rerun-if-changed=../../ui/dist");
}
