//! The function that a query calls for each row: it does an item of work and gives the answer.

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};

use crate::error::ClusterError;
use crate::worker::Worker;

/// Its name, by which scheduler, executors and clients know it.
pub(super) const NAME: &str = "concord_work";

/// The function of an executor. It is volatile, or a planner would do the work of a constant item.
pub(super) fn of_worker(worker: Arc<Worker>) -> ScalarUDF {
    let answer = move |item: &str| worker.answer(item);
    function(Arc::new(answer))
}

/// The function where no work is done: at the scheduler, and with whoever asks.
pub(super) fn without_worker() -> ScalarUDF {
    function(Arc::new(|_: &str| {
        Err(ClusterError::NotReady("work is done by executors alone".to_owned()))
    }))
}

type Answering = Arc<dyn Fn(&str) -> Result<String, ClusterError> + Send + Sync>;

fn function(answering: Answering) -> ScalarUDF {
    let call = move |arguments: &[ColumnarValue]| {
        let [items] = arguments else {
            return Err(DataFusionError::Plan(format!("{NAME} takes one item")));
        };
        match items {
            ColumnarValue::Scalar(ScalarValue::Utf8(Some(item))) => {
                let answer = answering(item).map_err(told)?;
                Ok(ColumnarValue::Scalar(ScalarValue::Utf8(Some(answer))))
            }
            _ => Err(DataFusionError::Plan(format!("{NAME} takes an item that is written out"))),
        }
    };
    create_udf(NAME, vec![DataType::Utf8], DataType::Utf8, Volatility::Volatile, Arc::new(call))
}

/// The error as Ballista hands it on; one that it would not get on a second try.
fn told(error: ClusterError) -> DataFusionError {
    DataFusionError::Execution(error.to_string())
}
