//! Trial.
use intake::Request;
use rules::Model;
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let from = std::path::Path::new(&a[1]);
    let to = std::path::Path::new(&a[2]);
    let files = Model::load(&from.join("model")).unwrap();
    let model = match Model::parse(files) { Ok(m) => m.0, Err(f) => { for it in f { println!("{} {} {}:{} [{}] {}\n   {}", it.severity.word(), it.code, it.place.file, it.place.line, it.place.column, it.message, it.remedy) } return } };
    let mut vault = vault::Vault::create_with_key(&to.join("vault"), *b"a fixed key that everyone knows!").unwrap();
    let out = intake::run(Request { year: a[3].parse().unwrap(), model: &model, from, to: &to.join("dataset"), vault: &mut vault, threads: 2, progress: &() });
    let (f, i) = match &out { Ok(r) => { println!("OK"); (r.findings.clone(), r.manifest.inputs.clone()) }, Err(intake::IntakeError::Refused(r)) => { println!("REFUSED"); (r.findings.clone(), r.inputs.clone()) }, Err(e) => { println!("ERROR {e}"); return } };
    let mut n = std::collections::BTreeMap::new();
    for it in f { let c = n.entry((it.code, it.place.file.clone(), it.place.column.clone())).or_insert(0); *c += 1; if *c <= 2 { println!("{} {} {}:{} [{}] ({}) {} rows: {}\n   {}", it.severity.word(), it.code, it.place.file, it.place.line, it.place.column, it.subject, it.rows, it.message, it.remedy) } }
    for it in i { println!("{} {} {} = {} + {} + {} made {}", it.feed, it.name, it.rows_read, it.rows_used, it.rows_quarantined, it.rows_rejected, it.rows_made) }
}
