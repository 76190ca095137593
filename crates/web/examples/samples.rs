//! Writes every template with its sample values, and the files they need, to a folder.

use std::fs;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| PathBuf::from("target/samples"));
    for sample in web::samples::all() {
        for (index, page) in sample.pages.iter().enumerate() {
            let name = sample.template.replace('/', "--").replace(".html", "");
            write(&folder.join(format!("{name}--{index}.html")), page.as_bytes())?;
        }
    }
    for (name, bytes) in web::shell::assets::all() {
        write(&folder.join("assets").join(name), bytes)?;
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}
