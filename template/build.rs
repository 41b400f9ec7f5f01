//! Compiles the crate again when a compiled-in pack changes.

fn main() {
    println!("cargo:rerun-if-changed=../templates");
}
