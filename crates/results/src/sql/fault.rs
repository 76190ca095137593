//! What went wrong while rows were read, without a value from any of them.

use std::collections::BTreeSet;

use arrow::error::ArrowError;
use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, LogicalPlan, Operator};

use crate::ResultsError;

/// Expressions named at most.
const NAMED: usize = 3;

/// What kind of work failed; the text of each is all that is told of the error itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Conversion,
    DivisionByZero,
    TooLarge,
    Function,
    File,
    Memory,
}

/// The kind of an error, and the expressions of the query that can have caused it.
///
/// The libraries put the cell that they stumbled over into their text, so none of it is used. What
/// the query itself says is the asker's own.
pub(super) fn without_values(error: &DataFusionError, plan: &LogicalPlan) -> ResultsError {
    let kind = Kind::of(error);
    let suspects = suspects(kind, plan);
    let place = match suspects.len() {
        0 => String::new(),
        _ => format!(" in {}", suspects.into_iter().take(NAMED).collect::<Vec<_>>().join(" or ")),
    };
    ResultsError::Query(format!("{}{place}. {}", kind.words(), kind.remedy()))
}

/// A value that cannot be written as text.
pub(super) fn unwritable() -> ResultsError {
    ResultsError::Query("a column of the answer cannot be written as text".to_owned())
}

impl Kind {
    fn of(error: &DataFusionError) -> Self {
        match error.find_root() {
            DataFusionError::ArrowError(error, _) => Self::of_arrow(error),
            DataFusionError::ParquetError(_)
            | DataFusionError::ObjectStore(_)
            | DataFusionError::IoError(_) => Self::File,
            DataFusionError::ResourcesExhausted(_) => Self::Memory,
            _ => Self::Function,
        }
    }

    fn of_arrow(error: &ArrowError) -> Self {
        match error {
            ArrowError::CastError(_) | ArrowError::ParseError(_) => Self::Conversion,
            ArrowError::DivideByZero => Self::DivisionByZero,
            ArrowError::ArithmeticOverflow(_) => Self::TooLarge,
            ArrowError::ParquetError(_) | ArrowError::IoError(..) => Self::File,
            ArrowError::MemoryError(_) => Self::Memory,
            _ => Self::Function,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Conversion => "a value cannot be converted",
            Self::DivisionByZero => "a value is divided by zero",
            Self::TooLarge => "a result is too large for its type",
            Self::Function => "a function cannot work with a value that it met",
            Self::File => "a file of the run cannot be read",
            Self::Memory => "it needs more memory than there is",
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Conversion => "`try_cast` gives null where a value does not fit",
            Self::DivisionByZero => "`nullif(x, 0)` as the divisor gives null instead",
            Self::TooLarge => "Cast to a wider type first, such as `decimal(38, 6)`",
            Self::Function => "No value is told here; ask for fewer columns to find which it is",
            Self::File => "`concord verify RUN` says whether it was changed",
            Self::Memory => "Ask for fewer columns or groups",
        }
    }

    /// Whether an expression can fail in this way.
    fn fits(self, expression: &Expr) -> bool {
        let is = |operators: &[Operator]| match expression {
            Expr::BinaryExpr(it) => operators.contains(&it.op),
            _ => false,
        };
        match self {
            Self::Conversion => {
                matches!(expression, Expr::Cast(_) | Expr::ScalarFunction(_))
            }
            Self::DivisionByZero => is(&[Operator::Divide, Operator::Modulo]),
            Self::TooLarge => {
                let sums = [Operator::Plus, Operator::Minus, Operator::Multiply, Operator::Divide];
                is(&sums) || matches!(expression, Expr::AggregateFunction(_) | Expr::Cast(_))
            }
            Self::Function => {
                matches!(expression, Expr::ScalarFunction(_) | Expr::AggregateFunction(_))
            }
            Self::File | Self::Memory => false,
        }
    }
}

/// Expressions over columns that can have failed in this way, in the order of their text.
fn suspects(kind: Kind, plan: &LogicalPlan) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut look = |expression: &Expr| {
        if kind.fits(expression) && !expression.column_refs().is_empty() {
            found.insert(expression.to_string());
        }
        Ok(TreeNodeRecursion::Continue)
    };
    let walked = plan.apply_with_subqueries(|plan| {
        plan.apply_expressions(|expression| expression.apply(&mut look))
    });
    debug_assert!(walked.is_ok(), "looking at a plan cannot fail");
    found
}
