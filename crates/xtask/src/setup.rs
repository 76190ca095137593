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

/// What to set up for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Building and the demonstration.
    Demonstration,
    /// All that is checked before a change is accepted.
    Tests,
}

/// What the demonstration needs; the tests need it too.
const FOR_ALL: &[Prerequisite] = &[
    Prerequisite {
        name: "a C compiler",
        needed_for: "the compression of Parquet files and the identity store",
        probe: &["cc", "--version"],
        debian: "build-essential",
        elsewhere: "install gcc or clang with your system's package manager",
    },
    Prerequisite {
        name: "Node.js",
        needed_for: "the files of the design system, fetched by npm",
        probe: &["node", "--version"],
        debian: "nodejs",
        elsewhere: "install Node.js 20 or later with your system's package manager",
    },
    Prerequisite {
        name: "npm",
        needed_for: "the files of the design system",
        probe: &["npm", "--version"],
        debian: "npm",
        elsewhere: "install npm; it comes with Node.js",
    },
];

/// What only the tests need.
const FOR_TESTS: &[Prerequisite] = &[
    Prerequisite {
        name: "Chromium",
        needed_for: "tests of pages in a browser",
        probe: &["chromium", "--version"],
        debian: "chromium",
        elsewhere: "install Chromium so that `chromium` starts it",
    },
    Prerequisite {
        name: "a typeface as wide as Arial",
        needed_for: "pages in a browser that measure as they do where people read them",
        probe: &["sh", "-c", "fc-list | grep --quiet --ignore-case 'liberation sans\\|arial'"],
        debian: "fonts-liberation",
        elsewhere: "install Liberation Sans or Arial",
    },
    Prerequisite {
        name: "PostgreSQL",
        needed_for: "tests of the application's database",
        probe: &["sh", "-c", "ls /usr/lib/postgresql/*/bin/initdb || command -v initdb"],
        debian: "postgresql",
        elsewhere: "install the server of PostgreSQL 15 or later, with initdb and pg_ctl",
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

/// Checks every prerequisite; on Debian as root, installs what is missing. Then fetches what npm
/// fetches.
pub(crate) fn run(purpose: Purpose) -> Result<()> {
    let tests = if purpose == Purpose::Tests { FOR_TESTS } else { &[] };
    let prerequisites: Vec<&Prerequisite> = FOR_ALL.iter().chain(tests).collect();
    let missing: Vec<&Prerequisite> =
        prerequisites.into_iter().filter(|it| !process::works(it.probe)).collect();
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
    fetch_packages()?;
    println!("all that is needed is here");
    Ok(())
}

/// What `package-lock.json` lists, fetched where it is not there in these versions.
fn fetch_packages() -> Result<()> {
    let time =
        |it: &str| std::fs::metadata(process::repository().join(it)).and_then(|it| it.modified());
    let wanted = time("package-lock.json")?;
    if time("node_modules/.package-lock.json").is_ok_and(|it| it >= wanted) {
        return Ok(());
    }
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    process::run(&mut process::program("npm", &arguments))
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
