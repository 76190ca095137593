//! Long tables, a page at a time.

/// One page of a long table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paging {
    /// First row, from 0.
    pub from: usize,
    /// Behind the last row.
    pub to: usize,
    /// All rows.
    pub total: usize,
    /// Number of this page, from 1.
    pub page: usize,
    /// Address without the number of a page; ends in `page=`.
    pub address: String,
}

/// Rows of a page.
const ROWS: usize = 50;

impl Paging {
    /// The page with this number, or the last there is. `question` is what else stands in the
    /// address, by name.
    pub fn new(total: usize, page: usize, path: &str, question: &[(&str, &str)]) -> Self {
        let last = total.div_ceil(ROWS).max(1);
        let page = page.clamp(1, last);
        let from = (page - 1) * ROWS;
        let kept: Vec<_> = question.iter().filter(|it| !it.1.is_empty()).collect();
        let mut text = serde_urlencoded::to_string(kept).unwrap_or_default();
        if !text.is_empty() {
            text.push('&');
        }
        let address = format!("{path}?{text}page=");
        Self { from, to: (from + ROWS).min(total), total, page, address }
    }

    /// Whether there is more than one page.
    pub fn is_needed(&self) -> bool {
        self.total > ROWS
    }

    /// Whether there is a page before this one.
    pub fn has_previous(&self) -> bool {
        self.page > 1
    }

    /// Whether there is a page behind this one.
    pub fn has_next(&self) -> bool {
        self.to < self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_all_rows_once() {
        let page = |number| Paging::new(101, number, "/rules", &[("q", "a b"), ("x", "")]);
        assert_eq!((page(1).from, page(1).to), (0, 50));
        assert_eq!((page(2).from, page(2).to), (50, 100));
        assert_eq!((page(9).from, page(9).to, page(9).page), (100, 101, 3));
        assert_eq!(page(1).address, "/rules?q=a+b&page=");
        assert!(page(2).has_previous() && page(2).has_next() && !page(3).has_next());
        assert!(!Paging::new(0, 0, "/", &[]).is_needed());
    }
}
