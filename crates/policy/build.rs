//! Reads `policy/`, refuses what does not fit (one line each), and writes it as Rust.

#[path = "build/generate.rs"]
mod generate;
#[path = "build/model.rs"]
mod model;
#[expect(
    dead_code,
    unreachable_pub,
    reason = "a module of the crate, of which the build needs the shape and the check"
)]
#[path = "src/operator.rs"]
mod operator;
#[path = "build/parameters.rs"]
mod parameters;
#[path = "build/prose.rs"]
mod prose;
#[expect(unreachable_pub, reason = "a module of the crate, of which the build needs the shape and the check")]
#[path = "src/region.rs"]
mod region;
#[path = "build/validate.rs"]
mod validate;
#[path = "build/versions.rs"]
mod versions;

use std::path::{Path, PathBuf};
use std::{env, fs};

use parameters::File;
use sha2::{Digest, Sha256};

fn main() {
    // Asked now and not when this script was compiled: the checkout may have been moved since.
    let here = env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where the crate is");
    let folder = Path::new(&here).join("../../policy");
    println!("cargo::rerun-if-changed={}", folder.display());
    match make(&folder) {
        Ok(code) => {
            let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("policy.rs");
            fs::write(&out, code)
                .unwrap_or_else(|error| println!("cargo::error=cannot write {}: {error}", out.display()));
        }
        Err(refusals) => refusals.iter().for_each(|refusal| println!("cargo::error={refusal}")),
    }
}

fn make(folder: &Path) -> Result<String, Vec<String>> {
    let one = |error: String| vec![error];
    let fideslang = read(folder, "fideslang.toml").map_err(one)?;
    let promises = read(folder, "promises.toml").map_err(one)?;
    let facts = model::Facts::read(&fideslang, &promises).map_err(one)?;

    let text = read(folder, "policy.toml").map_err(one)?;
    let operator_files = read_all(folder, "operators").map_err(one)?;
    let region_files = read_all(folder, "regions").map_err(one)?;
    let policy = validate::policy(&model::table("policy.toml", &text).map_err(one)?, &facts)?;
    let operators = parameters::operators(&operator_files)?;
    let regions = parameters::regions(&region_files)?;

    let words = read(folder, "words.toml").map_err(one)?;
    let sentences = prose::sentences(&words)?;
    let values = prose::of_policy(&policy);
    if !values.is_empty() {
        return Err(values);
    }
    let versions = versions::versions(&read_all(folder, "versions").map_err(one)?)?;

    // The same is worked out from the files by crates/server/tests/policy.rs: one that changes, changes the other.
    let texts = [("policy.toml".to_owned(), text), ("words.toml".to_owned(), words)];
    let digest = digest(texts.iter().chain(&operator_files).chain(&region_files));
    let mut code = generate::policy(&policy, &digest) + &parameters::code(&operators, &regions);
    code += &prose::code(&sentences);
    // What is included is named from the root of the file system, which may not be the folder that cargo was called in.
    let folder = folder.canonicalize().map_err(|error| vec![format!("policy: {error}")])?;
    Ok(code + &versions::code(&versions, &folder))
}

fn read(folder: &Path, name: &str) -> Result<String, String> {
    fs::read_to_string(folder.join(name)).map_err(|error| format!("policy/{name}: cannot be read: {error}"))
}

/// To be copied and filled in by operators; no part of any policy.
const EXAMPLE: &str = "example.toml";

/// The TOML files of a folder, by name.
fn read_all(folder: &Path, name: &str) -> Result<Vec<File>, String> {
    let unreadable = |error: std::io::Error| format!("policy/{name}: cannot be read: {error}");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder.join(name)).map_err(unreadable)? {
        let file = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if file.ends_with(".toml") && file != EXAMPLE {
            let text = read(folder, &format!("{name}/{file}"))?;
            files.push((file, text));
        }
    }
    files.sort();
    Ok(files)
}

/// SHA-256 over name, length and text of each file, so that no two sets of files share one.
fn digest<'a>(files: impl Iterator<Item = &'a File>) -> String {
    let mut hash = Sha256::new();
    for (name, text) in files {
        hash.update(format!("{name}\n{}\n{text}", text.len()));
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
