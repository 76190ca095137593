//! Embeds the files of the design system where `cargo xtask setup` has fetched them, else a plain
//! style sheet of our own, so that a build never needs Node or a network.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// Fetched by npm, below the repository.
const PACKAGE: &str = "../../node_modules/nhsuk-frontend";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={PACKAGE}/package.json");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder"));
    let package = Path::new(PACKAGE);
    let list = if package.join("package.json").exists() {
        design_system(package, &out)
    } else {
        println!("cargo::warning=the design system is not here: `cargo xtask setup` fetches it");
        plain(&out)
    };
    fs::write(out.join("design_system.rs"), list).expect("the list is written");
}

/// Style sheet without its remote fonts, script and images.
fn design_system(package: &Path, out: &Path) -> String {
    let dist = package.join("dist/nhsuk");
    let css = read(&dist.join("nhsuk-frontend.min.css"));
    let css = without_fonts(&css);
    assert!(!css.contains("https://"), "the style sheet asks for files of another site");
    fs::write(out.join("nhsuk.css"), css).expect("the style sheet is written");
    let js = read(&dist.join("nhsuk-frontend.min.js"));
    let js = js.lines().filter(|it| !it.starts_with("//# sourceMappingURL")).collect::<Vec<_>>();
    fs::write(out.join("nhsuk.js"), js.join("\n")).expect("the script is written");
    let mut list = String::from("/// Whether these are the files of the design system.\n");
    list += "pub(super) const IS_DESIGN_SYSTEM: bool = true;\n";
    list += "pub(super) const FILES: &[(&str, &str, &[u8])] = &[\n";
    let folder = out.display();
    list += &format!("(\"nhsuk.css\", \"text/css\", include_bytes!(r\"{folder}/nhsuk.css\")),\n");
    list +=
        &format!("(\"nhsuk.js\", \"text/javascript\", include_bytes!(r\"{folder}/nhsuk.js\")),\n");
    for path in images(&dist.join("assets/images")) {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let kind = match name.rsplit('.').next() {
            Some("svg") => "image/svg+xml",
            Some("png") => "image/png",
            _ => "image/x-icon",
        };
        let path = path.canonicalize().expect("it is there");
        let path = path.display();
        list += &format!("(\"images/{name}\", \"{kind}\", include_bytes!(r\"{path}\")),\n");
    }
    list + "];\n"
}

fn plain(out: &Path) -> String {
    fs::write(out.join("nhsuk.css"), include_str!("assets/plain.css")).expect("it is written");
    let folder = out.display();
    format!(
        "/// Whether these are the files of the design system.\n\
         pub(super) const IS_DESIGN_SYSTEM: bool = false;\n\
         pub(super) const FILES: &[(&str, &str, &[u8])] = &[\n\
         (\"nhsuk.css\", \"text/css\", include_bytes!(r\"{folder}/nhsuk.css\")),\n];\n"
    )
}

/// Icons of controls; not the marks of the NHS, which are off unless a trust adds its own.
fn images(folder: &Path) -> Vec<PathBuf> {
    let is_control = |it: &PathBuf| {
        let name = it.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let kinds = ["arrow", "chevron", "cross", "minus", "plus", "search", "tick", "user"];
        kinds.iter().any(|kind| name.starts_with(&format!("nhsuk-icon-{kind}")))
    };
    let found = fs::read_dir(folder).expect("the package has images");
    let mut found: Vec<PathBuf> = found.flatten().map(|it| it.path()).filter(is_control).collect();
    found.sort();
    found
}

fn without_fonts(css: &str) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some(start) = rest.find("@font-face{") {
        kept += &rest[..start];
        let end = rest[start..].find('}').expect("a rule ends") + start + 1;
        rest = &rest[end..];
    }
    kept + rest
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
