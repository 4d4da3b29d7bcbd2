//! Compiling in a process that can be killed: this program, started once more with nothing of ours.
//!
//! The child gets the component on stdin and gives its code on stdout. It has no environment, and sets itself limits
//! before it reads the first byte. What it gives is trusted as much as if it had been compiled here: it is the same program
//! and the same bytes.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use shared_child::SharedChild;

use crate::guest::cache::CODE_LIMIT;
use crate::guest::compile::{self, CompileLimits};
use crate::guest::engine::Engine;
use crate::guest::failure::Failure;
use crate::limits::Limit;
use crate::printable;

/// What this program is started with to compile; it is no verb for people, and `--help` does not know it.
const VERB: &str = "compile-worker";
/// How the child ends when the component is not valid; what is wrong then stands on stderr.
const INVALID: u8 = 1;
/// How it ends when the component is not to blame: it cannot limit itself, say, or has no memory to map.
const UNABLE: u8 = 2;
/// Bytes of an explanation that are read.
const EXPLANATION: u64 = 4 << 10;
/// Files that the child may have open: its three, and some that the runtime looks into.
const FILES: u64 = 16;

/// This program. The kernel's name for it stays right while an upgrade replaces the file.
pub(crate) fn this_program() -> PathBuf {
    let kernels = PathBuf::from("/proc/self/exe");
    if kernels.exists() { kernels } else { std::env::current_exe().unwrap_or(kernels) }
}

/// How the child ended, and what it said.
struct End {
    status: ExitStatus,
    late: bool,
    code: Vec<u8>,
    explanation: String,
}

/// Compiles a component in a child.
pub(crate) fn compile(engine: &Engine, component: &[u8]) -> Result<Vec<u8>, Failure> {
    let limits = engine.compile_limits();
    let end = run(&mut command(engine, limits), component, limits.time)
        .map_err(|error| Failure::Engine(format!("the compiler does not start: {error}")))?;
    end.into_code(limits)
}

fn command(engine: &Engine, limits: &CompileLimits) -> Command {
    let mut command = Command::new(engine.program());
    command
        .arg(VERB)
        .arg(processor_seconds(limits).to_string())
        .arg(limits.memory.to_string())
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// What the kernel counts; it knows whole seconds alone.
fn processor_seconds(limits: &CompileLimits) -> u64 {
    limits.time.as_secs().max(1)
}

fn run(command: &mut Command, component: &[u8], time: Duration) -> io::Result<End> {
    let child = SharedChild::spawn(command)?;
    let (stdin, stdout, stderr) = (child.take_stdin(), child.take_stdout(), child.take_stderr());
    let (ended, end) = channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            // A child that has ended takes no more, and says why by its end.
            drop(stdin.map(|mut it| it.write_all(component)));
        });
        let explanation = scope.spawn(move || read(stderr, EXPLANATION));
        let child = &child;
        let watch = scope.spawn(move || {
            let late = matches!(end.recv_timeout(time), Err(RecvTimeoutError::Timeout));
            if late {
                // It may have ended in this moment.
                drop(child.kill());
            }
            late
        });
        // Megabytes, so in this thread: what another one allocates and frees stays with its arena.
        let code = read(stdout, CODE_LIMIT);
        let status = child.wait();
        drop(ended);
        Ok(End {
            status: status?,
            late: watch.join().unwrap_or(true),
            code,
            explanation: String::from_utf8_lossy(&explanation.join().unwrap_or_default()).into_owned(),
        })
    })
}

/// What a pipe gives, and no more than `limit`; the child meets a closed pipe then.
fn read(pipe: Option<impl Read>, limit: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    drop(pipe.map(|it| it.take(limit).read_to_end(&mut bytes)));
    bytes
}

impl End {
    fn into_code(self, limits: &CompileLimits) -> Result<Vec<u8>, Failure> {
        if self.status.success() && !self.code.is_empty() {
            return Ok(self.code);
        }
        let explanation = printable::line(self.explanation.trim_end());
        if self.status.code() == Some(INVALID.into()) {
            return Err(Failure::Invalid(explanation.into_owned()));
        }
        if self.status.code() == Some(UNABLE.into()) {
            return Err(Failure::Engine(format!("the compiler does not start: {explanation}")));
        }
        let seconds = limits.time.as_secs_f64();
        let memory = limits.memory >> 20;
        Err(Failure::CompileLimit(match (self.late, signal(self.status)) {
            (true, _) => format!("compiling took longer than {seconds} s"),
            (_, Some(SIGXCPU)) => {
                format!("compiling took longer than {} s of the processor", processor_seconds(limits))
            }
            _ => format!("the compiler gave up; it may have {memory} MiB of memory and {seconds} s"),
        }))
    }
}

/// The signal that a process gets whose time is up: 24 on Linux (but MIPS) and macOS.
const SIGXCPU: i32 = 24;

fn signal(status: ExitStatus) -> Option<i32> {
    use std::os::unix::process::ExitStatusExt;
    status.signal()
}

/// What the child is told.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    seconds: u64,
    memory: u64,
}

/// Whether this process is such a child.
pub fn asked_for(mut arguments: impl Iterator<Item = OsString>) -> Option<Limits> {
    if arguments.nth(1)? != VERB {
        return None;
    }
    let mut number = || arguments.next()?.to_str()?.parse().ok();
    Some(Limits { seconds: number()?, memory: number()? })
}

/// The child's side: limits itself, compiles what stdin gives, and writes the code to stdout. Returns the exit code.
pub fn serve(limits: Limits) -> u8 {
    let (code, explanation) = match limit(limits).map_err(unable).and_then(|()| answer()) {
        Ok(()) => return 0,
        Err(Failure::Invalid(reason)) => (INVALID, reason),
        Err(Failure::Engine(reason)) => (UNABLE, reason),
        Err(other) => (UNABLE, other.to_string()),
    };
    drop(io::stderr().write_all(explanation.as_bytes()));
    code
}

fn answer() -> Result<(), Failure> {
    let mut component = Vec::new();
    let most = Limit::Component.row().largest;
    io::stdin().take(most).read_to_end(&mut component).map_err(unable)?;
    let code = compile::here(&component)?;
    io::stdout().write_all(&code).map_err(unable)
}

fn unable(error: io::Error) -> Failure {
    Failure::Engine(error.to_string())
}

/// Address space is not limited: wasmtime reserves gigabytes of it for one memory and uses none of them.
fn limit(Limits { seconds, memory }: Limits) -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let set = |resource, current: u64, maximum: u64| {
        // Only root may raise what this process has been given, and even root does not mean to.
        let given = getrlimit(resource).maximum.unwrap_or(u64::MAX);
        let limit = Rlimit { current: Some(current.min(given)), maximum: Some(maximum.min(given)) };
        setrlimit(resource, limit)
    };
    set(Resource::Core, 0, 0)?;
    set(Resource::Fsize, 0, 0)?;
    set(Resource::Nofile, FILES, FILES)?;
    // SIGXCPU, which says why, comes with the first limit, and SIGKILL with the second.
    set(Resource::Cpu, seconds, seconds.saturating_add(1))?;
    set(Resource::Data, memory, memory)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;

    use super::*;

    #[test]
    fn the_kernels_signal_says_that_the_time_was_over() {
        let status = ExitStatus::from_raw(SIGXCPU);
        let end = End { status, late: false, code: Vec::new(), explanation: String::new() };
        let limits = CompileLimits { time: Duration::from_millis(2500), ..CompileLimits::default() };
        let failure = end.into_code(&limits).unwrap_err().to_string();
        assert!(failure.ends_with(": compiling took longer than 2 s of the processor"), "{failure}");
    }
}
