//! Counts the events and rows of a demonstration trust without writing them: size, seed, year.

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let size = args[1].parse().expect("size");
    let seed = args.get(2).map_or(1, |it| it.parse().expect("seed"));
    let year = args.get(3).map_or(2025, |it| it.parse().expect("year"));
    let summary = demonstration::count(size, seed, year, &|_, _| {}).expect("nothing is written");
    let events: u64 = summary.events.values().sum();
    let feeds = summary.rows.iter().filter(|(feed, _)| *feed != "INCOME");
    let rows: u64 = feeds.map(|it| it.1).sum();
    eprintln!("{size} {year}: {events} events, {rows} feed rows");
    eprintln!("{:?}\n{:?}", summary.events, summary.rows);
}
