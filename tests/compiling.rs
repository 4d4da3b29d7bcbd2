//! Guests that somebody brings are compiled in a child, which gives what compiling here would give, and can be killed.

use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::time::Duration;

use cmp_host::guest::contract::{self, Output, Request};
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
        files: vec![contract::File {
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

/// The kernel counts the processor's time, and says by its signal that it is over: SIGKILL would tell nothing.
#[test]
fn a_child_whose_processor_time_is_over_ends_by_the_signal_that_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("guest.wasm");
    std::fs::write(&path, slow_to_compile()).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_cmp-host"));
    child.args(["compile-worker", "1", "2147483648"]).stdin(File::open(&path).unwrap());
    let output = child.env_clear().output().unwrap();
    const SIGXCPU: i32 = 24;
    assert_eq!(output.status.signal(), Some(SIGXCPU), "{output:?}");
}

/// Some seconds: one function of many values that all live long.
fn slow_to_compile() -> Vec<u8> {
    let locals = 2_000;
    let statement = |it: usize| {
        let [a, b, c] = [it * 7, it * 11 + 3, it * 13 + 1].map(|it| it % locals);
        format!("(local.set {c} (i32.mul (local.get {a}) (local.get {b})))")
    };
    let first = |it: usize| format!("(local.set {it} (i32.add (local.get {}) (local.get 0)))", it - 1);
    let firsts: String = (1..locals).map(first).collect();
    let statements: String = (0..40_000).map(statement).collect();
    let results: String = (1..locals).map(|it| format!("local.get {it} i32.xor ")).collect();
    let body = format!("{firsts}{statements}local.get 0 {results}");
    let declared = "i32 ".repeat(locals - 1);
    let function = format!("(func (param i32) (result i32) (local {declared}) {body})");
    wat::parse_str(format!("(component (core module {function}))")).expect("the text is a component's")
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
