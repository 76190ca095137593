//! Runs other programs, says which, and stops with a sentence when one fails.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The folder of the repository.
pub(crate) fn repository() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap_or(root)
}

/// The folder that cargo builds into, found from where we were built to.
pub(crate) fn target() -> PathBuf {
    let here = std::env::current_exe().unwrap_or_default();
    let built = here.parent().and_then(Path::parent).map(Path::to_owned);
    built.unwrap_or_else(|| repository().join("target"))
}

/// A program to be run in the folder of the repository.
pub(crate) fn program(name: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(repository());
    command
}

/// Cargo itself, the one that runs us.
#[expect(clippy::disallowed_methods, reason = "cargo says where it is through the environment")]
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    program(cargo, arguments)
}

/// Builds `concord`, the printer of reference pages and that of sample pages below `debug/`.
///
/// One build of the whole workspace, so that both share what the tests have built already.
pub(crate) fn build_programs() -> Result<()> {
    let arguments =
        ["build", "--workspace", "--bins", "--example", "samples", "--example", "openapi"];
    let features = ["--features", "xtask/reference", "--quiet"];
    run(&mut cargo(&[&arguments[..], &features].concat()))
}

/// The command line as a person would type it.
pub(crate) fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut line = name.to_string_lossy().into_owned();
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        let quote = if argument.contains(' ') { "\"" } else { "" };
        let _ = write!(line, " {quote}{argument}{quote}");
    }
    line
}

/// Runs to the end; what it prints is seen as it comes.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs to the end without showing what it prints, and gives its standard output.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = shown(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {line}"))?;
    if !output.status.success() {
        bail!("`{line}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` printed other than text"))
}

/// Runs to the end, showing each line of standard output and handing it on.
pub(crate) fn watch(command: &mut Command, mut each_line: impl FnMut(&str)) -> Result<()> {
    let shown = shown(command);
    println!("$ {shown}");
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("cannot start {shown}"))?;
    let stdout = child.stdout.take().context("the pipe was asked for above")?;
    for line in BufReader::new(stdout).lines() {
        let line = line.with_context(|| format!("`{shown}` printed other than text"))?;
        println!("{line}");
        each_line(&line);
    }
    let status = child.wait().with_context(|| format!("lost sight of {shown}"))?;
    if !status.success() {
        bail!("`{shown}` failed ({status})");
    }
    Ok(())
}

/// Whether a program can be started and says that all is well.
pub(crate) fn works(command: &[&str]) -> bool {
    let Some((name, arguments)) = command.split_first() else { return false };
    let status = program(name, arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .status();
    status.is_ok_and(|it| it.success())
}
