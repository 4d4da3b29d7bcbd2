//! Builds the default guest, or takes the component that `CMP_GUEST_WASM` names, and puts it into the host together with its
//! compiled code. And says how the program is laid out.
//!
//! The guest gets a target folder of its own: the outer cargo holds the lock on `target/`. Debug and release builds of
//! the host share that folder, so the guest is built once.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wit_component::ComponentEncoder;

#[path = "src/guest/settings.rs"]
#[expect(unreachable_pub, reason = "it is the host's, where benchmarks reach it")]
mod settings;

const TARGET: &str = "wasm32-unknown-unknown";

/// What the guest is compiled and linked with, beside its profile.
const FLAGS: [&str; 5] = [
    // What an expansion needs is there from the beginning: to grow a memory takes a call of the host, and one of the kernel.
    "-Clink-arg=--initial-heap=1048576",
    // Of 1 MiB, which is usual, nobody has seen a sixteenth in use; all of it is written anew for each instance (`guest/pool.rs`).
    "-Clink-arg=-zstack-size=262144",
    // The profile strips names. Stripping would take the tools that made the guest as well, which the host reads of any guest.
    "-Clink-arg=--keep-section=producers",
    // Structures are moved all the time: sixteen bytes at once, as on any processor, instead of eight.
    "-Ctarget-feature=+simd128",
    // Of LLVM's own 225, a tenth more code would come for a start to touch; an expansion takes as long with either.
    "-Cllvm-args=-inline-threshold=100",
];

fn main() {
    lay_out();
    println!("cargo::rerun-if-env-changed=CMP_GUEST_WASM");
    let component = match env::var_os("CMP_GUEST_WASM").filter(|it| !it.is_empty()) {
        Some(path) => given(Path::new(&path)),
        None => built(),
    };
    fs::write(out_dir().join("guest.wasm"), &component).expect("OUT_DIR can be written");
    fs::write(out_dir().join("guest.code"), ahead_of_time(&component)).expect("OUT_DIR can be written");
    // As a constant, so that no start of the host hashes a megabyte.
    println!(
        "cargo::rustc-env=CMP_GUEST_SHA256={}",
        base16ct::lower::encode_string(&Sha256::digest(&component))
    );
}

/// Lays side by side what a start runs (`startup.sh`), where Rust brings lld, which takes the script as an addition to its own.
fn lay_out() {
    println!("cargo::rerun-if-changed=startup.ld");
    if variable("TARGET") == "x86_64-unknown-linux-gnu" && variable("PROFILE") == "release" {
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}/startup.ld", variable("CARGO_MANIFEST_DIR"));
    }
}

/// The default guest, made elsewhere: a release carries the same bytes on every platform, and an offline build needs no target.
fn given(path: &Path) -> Vec<u8> {
    println!("cargo::rerun-if-changed={}", path.display());
    fs::read(path).unwrap_or_else(|error| panic!("CMP_GUEST_WASM: cannot read {}: {error}", path.display()))
}

fn built() -> Vec<u8> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("..");
    for input in ["guest", "wit", "Cargo.toml", "Cargo.lock"] {
        println!("cargo::rerun-if-changed={}", root.join(input).display());
    }
    let module = fs::read(compile(&root)).expect("cargo has written the guest");
    encode(&module)
}

fn compile(root: &Path) -> PathBuf {
    let target_dir = target_dir();
    let status = Command::new(env::var_os("CARGO").expect("cargo sets it"))
        .args(["rustc", "--profile", "guest", "--locked", "-p", "cmp-guest", "--lib"])
        .args(["--crate-type", "cdylib", "--target", TARGET])
        .arg("--target-dir")
        .arg(&target_dir)
        .current_dir(root)
        // Flags and wrappers that are meant for the host: clippy and coverage would leak into the guest.
        .env_remove("RUSTFLAGS")
        .env("CARGO_ENCODED_RUSTFLAGS", flags())
        .env_remove("RUSTC_WORKSPACE_WRAPPER")
        .env_remove("RUSTC_WRAPPER")
        .status()
        .expect("cargo starts");
    assert!(
        status.success(),
        "the default guest does not build; if its target is missing: rustup target add {TARGET}"
    );
    target_dir.join(TARGET).join("guest").join("cmp_guest.wasm")
}

/// The places of panics in other crates name files below cargo's folder: if it kept its name, the guest's bytes would tell
/// whose machine built them, and differ on the next.
fn flags() -> String {
    let home = env::var("HOME").map(|it| format!("{it}/.cargo"));
    let cargo = env::var("CARGO_HOME").or(home).unwrap_or_default();
    let mut flags = FLAGS.map(String::from).to_vec();
    if !cargo.is_empty() {
        flags.push(format!("--remap-path-prefix={cargo}=cargo"));
    }
    flags.join("\u{1f}")
}

/// Beside the profiles' folders, in `target/`, from `target/PROFILE/build/cmp-host-HASH/out`.
fn target_dir() -> PathBuf {
    let out_dir = out_dir();
    let profile = out_dir.ancestors().find(|it| it.ends_with("build")).and_then(Path::parent);
    profile.and_then(Path::parent).unwrap_or(&out_dir).join("default-guest")
}

fn encode(module: &[u8]) -> Vec<u8> {
    ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|mut it| it.encode())
        .expect("wit-component reads what wit-bindgen writes; raise the two together")
}

/// What the host runs, where it can bring that: no start of it compiles the default guest then, or reads it from a cache. Empty
/// elsewhere, where the host compiles for itself. ARM is left out because nobody has run it there.
fn ahead_of_time(component: &[u8]) -> Vec<u8> {
    let target = variable("TARGET");
    let is_known = target.starts_with("x86_64-") && target.contains("-linux-");
    if !is_known || !variable("HOST").starts_with("x86_64-") {
        return Vec::new();
    }
    let mut config = settings::config();
    // Named, so that it runs on any processor of this kind, and not on this machine's alone.
    config.target(&target).expect("the compiler knows this machine");
    let compiled = Engine::new(&config).and_then(|it| it.precompile_component(component));
    compiled.unwrap_or_else(|error| panic!("the default guest is no component that can be run: {error:#}"))
}

fn variable(name: &str) -> String {
    env::var(name).expect("cargo sets it")
}

fn out_dir() -> PathBuf {
    PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"))
}
