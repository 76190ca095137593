//! A PostgreSQL server for tests: one for each test program, a database for each test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

const INSTALLED: &str = "/usr/lib/postgresql";
/// Who the server runs as if the tests run as root, which it refuses.
const OWNER: &str = "postgres";

/// The server of this test program.
struct Server {
    folder: PathBuf,
    binaries: PathBuf,
    /// Waits for the end of this program, then stops the server; kept so that its input stays open.
    _watch: Child,
}

static SERVER: OnceLock<Server> = OnceLock::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);
static CREATING: Mutex<()> = Mutex::new(());

/// The address of a new empty database, on a server that ends with this program.
///
/// # Panics
/// If PostgreSQL is not installed, with the command that installs it, or does not start.
pub fn postgres() -> String {
    let server = SERVER.get_or_init(Server::start);
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    // Two copies of the template at a time disturb each other.
    let _one = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = server.folder.display().to_string();
    run(as_owner(&server.binaries.join("createdb")).args(["-h", &folder, "-U", OWNER, &name]));
    format!("postgres://{OWNER}@localhost/{name}?host={folder}")
}

impl Server {
    fn start() -> Self {
        let binaries = binaries();
        let folder = std::env::temp_dir().join(format!("concord-postgres-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("the temporary folder can be written");
        if is_root() {
            run(Command::new("chown").arg(OWNER).arg(&folder));
        }
        let data = folder.join("data");
        run(as_owner(&binaries.join("initdb"))
            .args(["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C"])
            .args(["-U", OWNER, "-D"])
            .arg(&data));
        let watch = watch(&binaries, &folder);
        // No port, only a socket in the folder: nothing else can be in the way.
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c max_connections=200 \
             -c shared_buffers=32MB -c fsync=off",
            folder.display()
        );
        run(as_owner(&binaries.join("pg_ctl"))
            .args(["start", "--wait", "--silent", "-o", &options, "-l"])
            .arg(folder.join("log"))
            .arg("-D")
            .arg(&data));
        Self { folder, binaries, _watch: watch }
    }
}

fn binaries() -> PathBuf {
    latest(Path::new(INSTALLED)).expect(
        "PostgreSQL is not installed, and the tests of the store need it: apt-get install --yes \
         postgresql",
    )
}

/// The latest PostgreSQL in a folder of versions.
fn latest(installed: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(installed).into_iter().flatten().flatten();
    versions
        .map(|it| it.path().join("bin"))
        .filter(|it| it.join("initdb").exists())
        .max_by_key(|it| version(it))
}

fn version(binaries: &Path) -> u32 {
    let name = binaries.parent().and_then(Path::file_name).and_then(|it| it.to_str());
    name.and_then(|it| it.parse().ok()).unwrap_or(0)
}

/// A process whose input ends with this program, however that ends; then it stops the server.
fn watch(binaries: &Path, folder: &Path) -> Child {
    let script = "read -r _; \"$1\" stop -m immediate -D \"$2/data\"; rm -rf \"$2\"";
    as_owner(Path::new("/bin/sh"))
        .args(["-c", script, "watch"])
        .arg(binaries.join("pg_ctl"))
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the shell can be started")
}

/// A program run by somebody who is not root.
fn as_owner(program: &Path) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", OWNER, "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("`id` is there");
    output.stdout.trim_ascii() == b"0"
}

fn run(command: &mut Command) {
    let Output { status, stderr, .. } = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .output()
        .expect("the program can be started");
    let program = command.get_program().to_string_lossy().into_owned();
    let arguments: Vec<_> = command.get_args().map(|it| it.to_string_lossy()).collect();
    assert!(
        status.success(),
        "{program} {} failed ({status}): {}",
        arguments.join(" "),
        String::from_utf8_lossy(&stderr)
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_whole_installation_is_taken() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        assert_eq!(latest(&folder.path().join("none")), None);
        for (version, program) in [("9", "initdb"), ("15", "initdb"), ("17", "psql")] {
            let binaries = folder.path().join(version).join("bin");
            fs::create_dir_all(&binaries).expect("it can be written");
            fs::write(binaries.join(program), "").expect("it can be written");
        }
        assert_eq!(latest(folder.path()), Some(folder.path().join("15").join("bin")));
    }

    #[test]
    fn each_test_has_an_empty_database_of_its_own() {
        let (one, other) = (postgres(), postgres());
        assert_ne!(one, other);
        let psql = |url: &str, sql: &str| {
            let psql = SERVER.get().expect("it was started").binaries.join("psql");
            let output = Command::new(psql).args([url, "-qAtc", sql]).output();
            let output = output.expect("psql can be started");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        psql(&one, "CREATE TABLE there (id BIGINT)");
        let tables = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public'";
        assert_eq!((psql(&one, tables), psql(&other, tables)), ("1".to_owned(), "0".to_owned()));
    }
}
