//! The generated model is read without a fault, at every size.

use demonstration::Size;

#[test]
fn the_model_parses_at_every_size() {
    for size in Size::ALL {
        let files = demonstration::model_files(size);
        match rules::Model::parse(files) {
            Ok((model, findings)) => {
                assert_eq!(model.years.len(), 2);
                let told: Vec<String> = findings.iter().map(|it| format!("{it:?}")).collect();
                println!("{size}: {told:#?}");
            }
            Err(findings) => {
                let told: Vec<String> = findings
                    .iter()
                    .map(|it| {
                        format!(
                            "{} {}:{} {} {}",
                            it.code, it.place.file, it.place.line, it.place.column, it.message
                        )
                    })
                    .collect();
                panic!("{size}: {} faults: {:#?}", told.len(), &told[..told.len().min(40)]);
            }
        }
    }
}
