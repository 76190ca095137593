//! Prints the document of what programs can read, as the site serves it.
#![expect(clippy::print_stdout, reason = "its output is the document")]

fn main() {
    print!("{}", web::shell::api::document_text());
}
