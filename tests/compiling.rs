//! Guests that somebody brings are compiled in a child, which gives what compiling here would give, and can be killed.

use std::process::Command;
use std::time::Duration;

use cmp_host::guest::contract::{File, Output, Request};
use cmp_host::guest::{Binary, Budget, Cache, CompileLimits, Engine, Failure, Guest};

/// The default guest's bytes, as if somebody had brought them.
fn foreign() -> Binary {
    Binary::of(Binary::default_guest().as_ref().to_vec())
}

fn engine() -> Engine {
    let engine = Engine::new().expect("the engine starts");
    engine.with_program(env!("CARGO_BIN_EXE_cmp-host").into())
}

fn load(limits: CompileLimits, binary: &Binary) -> Result<Guest, Failure> {
    Guest::load(&engine().with_compile_limits(limits), binary, &Cache::none())
}

#[test]
fn a_child_gives_the_same_guest() {
    let request = Request {
        files: vec![File {
            path: "sglang.toml".into(),
            text: std::fs::read_to_string("../examples/llama-8b/sglang.toml").unwrap(),
        }],
        environment: Some("prod".into()),
        application: None,
        parameters: Vec::new(),
        output: Output::Manifests,
        with_origins: false,
    };
    let expand = |binary| {
        let guest = load(CompileLimits::default(), binary).unwrap();
        guest.expand(&request, &Budget::default()).unwrap()
    };
    assert_eq!(expand(&foreign()), expand(&Binary::default_guest()));
}

#[test]
fn a_child_is_killed_when_its_time_is_over() {
    let limits = CompileLimits { time: Duration::from_millis(100), ..CompileLimits::default() };
    let failure = load(limits, &foreign()).unwrap_err();
    assert_eq!(failure.code(), "GUEST_COMPILE_LIMIT");
    let message = "the guest cannot be compiled within its limits: compiling took longer than 0.1 s";
    assert_eq!(failure.to_string(), message);
}

#[test]
fn a_child_has_no_more_memory_than_it_may() {
    let limits = CompileLimits { memory: 48 << 20, ..CompileLimits::default() };
    let failure = load(limits, &foreign()).unwrap_err();
    assert_eq!(failure.code(), "GUEST_COMPILE_LIMIT");
    assert!(failure.to_string().ends_with("it may have 48 MiB of memory and 120 s"), "{failure}");
}

/// A shell or a service manager may have given less already. Who is not root cannot raise that, and the guest is not to blame.
#[test]
fn a_child_raises_no_limit_that_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("guest.wasm");
    std::fs::write(&path, Binary::default_guest().as_ref()).unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"ulimit -d 49152 && exec "$0" inspect "$1""#, env!("CARGO_BIN_EXE_cmp-host")]);
    let output = shell.arg(&path).env_clear().output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.starts_with("GUEST_COMPILE_LIMIT "), "{stderr}");
}

#[test]
fn a_child_says_what_is_invalid() {
    // A component with an export that means nothing: the walk over its sections finds no fault.
    let mut bytes = Binary::default_guest().as_ref().to_vec();
    // An export section with one export of the function 99, which is not there.
    bytes.extend([11, 7, 1, 0, 1, b'a', 1, 99, 0]);
    let failure = load(CompileLimits::default(), &Binary::of(bytes)).unwrap_err();
    assert_eq!(failure.code(), "GUEST_INVALID");
    assert!(failure.to_string().contains("function index out of bounds"), "{failure}");
}

#[test]
fn without_the_program_nothing_compiles_and_the_guest_is_not_blamed() {
    let engine = Engine::new().unwrap().with_program("/nonexistent/cmp-host".into());
    let failure = Guest::load(&engine, &foreign(), &Cache::none()).unwrap_err();
    assert_eq!(failure.code(), "HOST_ENGINE");
}
