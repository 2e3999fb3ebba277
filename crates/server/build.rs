//! The web client is embedded: a new build of it is a new binary.

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
}
