//! Reads the files of a demonstration trust as text.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

/// The rows of a file, by column name.
pub(crate) type Rows = Vec<BTreeMap<String, String>>;

/// The bytes of a file, unpacked if its name ends in `.gz`.
pub(crate) fn bytes(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut file = File::open(path).unwrap_or_else(|_| panic!("{} is there", path.display()));
    if path.extension().is_some_and(|it| it == "gz") {
        GzDecoder::new(file).read_to_end(&mut bytes).expect("a packed file");
    } else {
        file.read_to_end(&mut bytes).expect("a file");
    }
    bytes
}

/// The rows of a file. Bytes of the Windows code page become question marks.
pub(crate) fn rows(path: &Path) -> Rows {
    let bytes = bytes(path);
    let text = String::from_utf8_lossy(&bytes);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names: Vec<String> =
        reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| {
        names.iter().cloned().zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|it| row(it.expect("rows of one length"))).collect()
}

/// All files below a folder by name, with `/` between folders.
pub(crate) fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(folder, "", &mut files);
    files
}

fn collect(folder: &Path, below: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().into_string().expect("plain names");
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{below}{name}/"), files);
        } else {
            files.insert(format!("{below}{name}"), fs::read(entry.path()).expect("a file"));
        }
    }
}
