//! Tools that are not ours. A test that asks for one installs it or fails; it never skips.

use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use super::project;

/// Installs a tool of `tests/tools/install.sh`; that costs nothing the second time.
pub(crate) fn install(name: &str) -> anyhow::Result<()> {
    let script = project::path("tests/tools/install.sh");
    let status = Command::new(&script).arg(name).status().with_context(|| script.display().to_string())?;
    ensure!(status.success(), "tests/tools/install.sh {name} failed; its own words are above");
    Ok(())
}

/// The path of an installed tool.
pub(crate) fn path(name: &str) -> PathBuf {
    project::path(".tools").join(name)
}

/// What a tool said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Said {
    /// The lines of stdout, if the tool did not fail.
    pub(crate) fn lines(&self) -> anyhow::Result<Vec<&str>> {
        ensure!(self.code == Some(0), "exit {:?}: {}{}", self.code, self.stdout, self.stderr);
        Ok(self.stdout.lines().collect())
    }
}

/// Runs a tool with a text on its stdin.
pub(crate) fn ask<A: AsRef<OsStr>>(
    program: &str,
    args: impl IntoIterator<Item = A>,
    stdin: &str,
) -> anyhow::Result<Said> {
    let mut command = Command::new(path(program));
    command
        .args(args)
        .current_dir(project::path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {program}"))?;
    let mut pipe = child.stdin.take().expect("it is piped");
    let text = stdin.to_owned();
    // A thread of its own, since the tool may answer before it has read everything.
    let writer = std::thread::spawn(move || pipe.write_all(text.as_bytes()));
    let output = child.wait_with_output()?;
    // A tool that ends early breaks the pipe; its exit code says why.
    let _ = writer.join().expect("writing does not panic");
    Ok(Said {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout)?,
        stderr: String::from_utf8(output.stderr)?,
    })
}
