//! What must be on the machine before anything can be built, and how to get it.

use std::process::Stdio;

use anyhow::{Result, bail};

use crate::process;

/// Something that must be on the machine.
struct Prerequisite {
    name: &'static str,
    needed_for: &'static str,
    /// Exits 0 where it is there.
    probe: &'static [&'static str],
    /// Packages of Debian and its relatives; empty where the system has none that fits.
    debian: &'static str,
    /// What a person types elsewhere.
    elsewhere: &'static str,
}

/// What `demo` and `test` need. Whatever they come to need is added here.
const PREREQUISITES: &[Prerequisite] = &[
    Prerequisite {
        name: "a C compiler",
        needed_for: "the compression of Parquet files and the identity store",
        probe: &["cc", "--version"],
        debian: "build-essential",
        elsewhere: "install gcc or clang with your system's package manager",
    },
    Prerequisite {
        name: "rustfmt",
        needed_for: "`cargo xtask test`",
        probe: &["cargo", "fmt", "--version"],
        debian: "",
        elsewhere: "rustup component add rustfmt",
    },
    Prerequisite {
        name: "clippy",
        needed_for: "`cargo xtask test`",
        probe: &["cargo", "clippy", "--version"],
        debian: "",
        elsewhere: "rustup component add clippy",
    },
];

/// Checks every prerequisite; on Debian as root, installs what is missing.
pub(crate) fn run() -> Result<()> {
    let missing: Vec<&Prerequisite> =
        PREREQUISITES.iter().filter(|it| !process::works(it.probe)).collect();
    let packages: Vec<&str> =
        missing.iter().map(|it| it.debian).filter(|it| !it.is_empty()).collect();
    if !packages.is_empty() && is_debian() && is_root() {
        install(&packages)?;
    }
    let still_missing: Vec<String> = missing
        .iter()
        .filter(|it| !process::works(it.probe))
        .map(|it| format!("{} is missing, needed for {}: {}", it.name, it.needed_for, advice(it)))
        .collect();
    if !still_missing.is_empty() {
        bail!("{}", still_missing.join("\n"));
    }
    println!("all that is needed to build is here");
    Ok(())
}

fn advice(missing: &Prerequisite) -> String {
    if is_debian() && !missing.debian.is_empty() {
        return format!("sudo apt-get install --yes {}", missing.debian);
    }
    missing.elsewhere.to_owned()
}

fn install(packages: &[&str]) -> Result<()> {
    println!("installing {}, which are missing", packages.join(", "));
    process::run(&mut process::program("apt-get", &["update", "--quiet"]))?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    let mut command = process::program("apt-get", &arguments);
    process::run(command.env("DEBIAN_FRONTEND", "noninteractive"))
}

fn is_debian() -> bool {
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    release.lines().any(|it| {
        it.strip_prefix("ID=")
            .or(it.strip_prefix("ID_LIKE="))
            .is_some_and(|it| it.contains("debian"))
    })
}

fn is_root() -> bool {
    let output = process::program("id", &["-u"]).stderr(Stdio::null()).output();
    output.is_ok_and(|it| it.stdout.trim_ascii() == b"0")
}
