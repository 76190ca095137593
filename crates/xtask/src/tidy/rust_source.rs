//! What the rules need to know of a Rust file: functions, test code, types, numbers, banned calls.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use anyhow::{Context as _, Result};
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::visit::{self, Visit};

use super::repository::Repository;

/// One Rust file.
#[derive(Debug)]
pub(super) struct RustSource {
    /// Path relative to the repository.
    pub(super) path: String,
    /// Its text by lines.
    pub(super) lines: Vec<String>,
    /// Whether the whole file is test code.
    pub(super) is_test: bool,
    /// Functions with a body.
    pub(super) functions: Vec<Function>,
    /// Public structs, enums and tables.
    pub(super) types: Vec<PublicType>,
    /// Tokens in order, those of attributes left out.
    pub(super) tokens: Vec<Token>,
    /// Attributes: line and first word.
    pub(super) attributes: Vec<(usize, String)>,
    /// Lines of items that are compiled for tests only.
    test_lines: Vec<RangeInclusive<usize>>,
}

/// A function and where it stands.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) lines: RangeInclusive<usize>,
}

/// A type that other crates can name.
#[derive(Debug)]
pub(super) struct PublicType {
    pub(super) name: String,
    pub(super) line: usize,
    /// Errors speak for themselves; they are no nouns of the field.
    pub(super) is_error: bool,
}

/// One token of code, brackets and attributes left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) line: usize,
    pub(super) text: String,
    /// Whether it opens a group of arguments, as the name before it is called.
    pub(super) opens: bool,
}

impl RustSource {
    /// Whether this line is compiled for tests only.
    pub(super) fn is_test_line(&self, line: usize) -> bool {
        self.is_test || self.test_lines.iter().any(|it| it.contains(&line))
    }

    /// The package that the file belongs to.
    pub(super) fn package(&self) -> &str {
        let below = self.path.strip_prefix("crates/").unwrap_or(&self.path);
        below.split('/').next().unwrap_or_default()
    }
}

/// Folders of a package whose code is not part of the library or program.
const APART: [&str; 2] = ["/tests/", "/examples/"];

/// Parses all Rust files.
pub(super) fn parse_all(repository: &Repository) -> Result<Vec<RustSource>> {
    let mut sources = Vec::new();
    let mut test_modules = BTreeSet::new();
    for (path, text) in repository.ending(".rs") {
        let (source, modules) = parse(path, text)?;
        sources.push(source);
        test_modules.extend(modules);
    }
    for source in &mut sources {
        let module = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
        let is_inside = |it: &String| module.strip_prefix(it).is_some_and(is_end_or_folder);
        source.is_test =
            APART.iter().any(|it| source.path.contains(it)) || test_modules.iter().any(is_inside);
    }
    Ok(sources)
}

/// What may follow the path of a module in the paths of its files.
fn is_end_or_folder(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with('/')
}

/// Parses one file; the second value names the modules that it declares for tests only.
fn parse(path: &str, text: &str) -> Result<(RustSource, Vec<String>)> {
    let file = syn::parse_file(text).with_context(|| format!("{path} is not Rust"))?;
    let mut items = Items::default();
    items.visit_file(&file);
    let mut source = RustSource {
        path: path.to_owned(),
        lines: text.lines().map(str::to_owned).collect(),
        is_test: false,
        functions: items.functions,
        types: items.types,
        tokens: Vec::new(),
        attributes: Vec::new(),
        test_lines: items.test_lines,
    };
    let tokens: TokenStream = text.parse().map_err(|_| anyhow::anyhow!("{path} is not Rust"))?;
    flatten(tokens, &mut source);
    let folder = match path.rsplit_once('/') {
        Some((folder, "mod.rs" | "lib.rs" | "main.rs")) => folder.to_owned(),
        _ => path.trim_end_matches(".rs").to_owned(),
    };
    let modules = items.test_modules.iter().map(|it| format!("{folder}/{it}")).collect();
    Ok((source, modules))
}

fn flatten(tokens: TokenStream, into: &mut RustSource) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        if is_punct(&token, '#') {
            if tokens.peek().is_some_and(|it| is_punct(it, '!')) {
                tokens.next();
            }
            if let Some(TokenTree::Group(group)) = tokens.peek()
                && group.delimiter() == Delimiter::Bracket
            {
                let word = group.stream().into_iter().next().map(|it| it.to_string());
                into.attributes.push((token.span().start().line, word.unwrap_or_default()));
                tokens.next();
                continue;
            }
        }
        let line = token.span().start().line;
        match token {
            TokenTree::Group(group) if is_repetition(&group) => {}
            TokenTree::Group(group) => {
                let opens = group.delimiter() == Delimiter::Parenthesis;
                into.tokens.push(Token { line, text: String::new(), opens });
                flatten(group.stream(), into);
            }
            // Two colons or two dots are one token to a reader.
            TokenTree::Punct(punct) if punct.spacing() == Spacing::Joint => {
                let mut text = punct.as_char().to_string();
                while let Some(TokenTree::Punct(next)) = tokens.peek() {
                    text.push(next.as_char());
                    let joint = next.spacing() == Spacing::Joint;
                    tokens.next();
                    if !joint {
                        break;
                    }
                }
                into.tokens.push(Token { line, text, opens: false });
            }
            other => into.tokens.push(Token { line, text: other.to_string(), opens: false }),
        }
    }
}

/// `[text; 5]`: the length of an array says nothing that its type does not say.
fn is_repetition(group: &proc_macro2::Group) -> bool {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let is_length = matches!(tokens.as_slice(), [.., semicolon, TokenTree::Literal(_)] if is_punct(semicolon, ';'));
    group.delimiter() == Delimiter::Bracket && is_length
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

#[derive(Default)]
struct Items {
    functions: Vec<Function>,
    types: Vec<PublicType>,
    test_lines: Vec<RangeInclusive<usize>>,
    test_modules: Vec<String>,
}

impl Items {
    fn function(
        &mut self,
        signature: &syn::Signature,
        block: &syn::Block,
    ) -> RangeInclusive<usize> {
        let first = signature.fn_token.span.start().line;
        let last = block.brace_token.span.close().end().line;
        self.functions.push(Function { name: signature.ident.to_string(), lines: first..=last });
        first..=last
    }

    fn public_type(
        &mut self,
        visibility: &syn::Visibility,
        name: &syn::Ident,
        attributes: &[syn::Attribute],
    ) {
        if matches!(visibility, syn::Visibility::Public(_)) {
            self.types.push(PublicType {
                name: name.to_string(),
                line: name.span().start().line,
                is_error: attributes.iter().any(derives_error),
            });
        }
    }
}

impl<'ast> Visit<'ast> for Items {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.attrs.iter().any(is_for_tests) {
            let first = item.mod_token.span.start().line;
            match &item.content {
                Some((brace, _)) => {
                    self.test_lines.push(first..=brace.span.close().end().line);
                }
                None => self.test_modules.push(item.ident.to_string()),
            }
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let lines = self.function(&item.sig, &item.block);
        if item.attrs.iter().any(is_for_tests) {
            self.test_lines.push(lines);
        }
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let lines = self.function(&item.sig, &item.block);
        if item.attrs.iter().any(is_for_tests) {
            self.test_lines.push(lines);
        }
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.public_type(&item.vis, &item.ident, &item.attrs);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.public_type(&item.vis, &item.ident, &item.attrs);
    }

    /// A table of `tables` is a public struct: `Name = "name", key […] {…}`.
    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if !item.mac.path.is_ident("table") {
            return;
        }
        let mut tokens = item.mac.tokens.clone().into_iter().peekable();
        while let Some(token) = tokens.next() {
            if let TokenTree::Ident(name) = &token
                && tokens.peek().is_some_and(|it| is_punct(it, '='))
            {
                let line = name.span().start().line;
                self.types.push(PublicType { name: name.to_string(), line, is_error: false });
                return;
            }
        }
    }
}

/// `#[cfg(test)]`.
fn is_for_tests(attribute: &syn::Attribute) -> bool {
    match &attribute.meta {
        syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    }
}

/// `#[derive(…, thiserror::Error)]`.
fn derives_error(attribute: &syn::Attribute) -> bool {
    match &attribute.meta {
        syn::Meta::List(list) => {
            list.path.is_ident("derive") && list.tokens.to_string().contains("Error")
        }
        _ => false,
    }
}

/// Parses one text, for the tests of each rule.
#[cfg(test)]
pub(super) fn parsed(path: &str, text: &str) -> RustSource {
    let (source, _) = parse(path, text).expect("the test writes Rust");
    source
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_code_is_known_by_its_attribute_and_by_its_declaration() {
        let repository = Repository::of(&[
            (
                "crates/a/src/lib.rs",
                "mod one;\n#[cfg(test)]\nmod two;\n#[cfg(test)]\nmod three {\n}\n",
            ),
            ("crates/a/src/one.rs", "fn one() {}\n"),
            ("crates/a/src/two/mod.rs", "fn two() {}\n"),
            ("crates/a/src/two/below.rs", "fn below() {}\n"),
            ("crates/a/src/twofold.rs", "fn twofold() {}\n"),
            ("crates/a/tests/four.rs", "fn four() {}\n"),
        ]);
        let sources = parse_all(&repository).expect("the test writes Rust");
        let shown: Vec<(&str, bool)> =
            sources.iter().map(|it| (it.path.as_str(), it.is_test)).collect();
        assert_eq!(
            shown,
            [
                ("crates/a/src/lib.rs", false),
                ("crates/a/src/one.rs", false),
                ("crates/a/src/two/below.rs", true),
                ("crates/a/src/two/mod.rs", true),
                ("crates/a/src/twofold.rs", false),
                ("crates/a/tests/four.rs", true),
            ]
        );
        let lines: Vec<bool> = (1..=6).map(|it| sources[0].is_test_line(it)).collect();
        assert_eq!(lines, [false, false, false, false, true, true]);
    }
}
