//! Writes a demonstration trust: folder, size, seed.

use std::path::Path;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let size = args[2].parse().expect("size");
    let seed = args.get(3).map_or(1, |it| it.parse().expect("seed"));
    let summary = demonstration::write(Path::new(&args[1]), size, seed, &|_, _, _| {}).expect("io");
    eprintln!("{summary:#?}");
}
