//! What every suite of the built program needs: to run it, and to copy a folder that it may change.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What a command printed and how it ended.
#[derive(Debug)]
pub(crate) struct Printed {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Printed {
    /// What it printed, when it ended as it should.
    #[track_caller]
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        self.stdout
    }
}

/// Runs the program in a folder, with none of the settings of whoever tests.
pub(crate) fn concord(folder: &Path, arguments: &[&str]) -> Printed {
    run(command(folder).args(arguments))
}

/// The program in a folder, before it has arguments.
pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_concord"));
    command.current_dir(folder);
    for setting in ["MODEL", "FROM", "DATASETS", "RUNS", "VAULT", "THREADS", "OPERATOR", "LOG"] {
        command.env_remove(format!("CONCORD_{setting}"));
    }
    command.env_remove("CONCORD_CONFIG");
    command
}

/// Runs it to its end.
pub(crate) fn run(command: &mut Command) -> Printed {
    let output = command.output().expect("the program starts");
    Printed {
        code: output.status.code().expect("it is not killed"),
        stdout: String::from_utf8(output.stdout).expect("it prints text"),
        stderr: String::from_utf8(output.stderr).expect("it prints text"),
    }
}

/// Copies what is below a folder over what is there.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("it is there") {
        let path = entry.expect("it is there").path();
        let target = to.join(path.file_name().expect("it has a name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copies");
        }
    }
}
