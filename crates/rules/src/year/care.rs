//! Rules of care: resources, activities, weights, shares, sessions.

use super::Pattern;

/// How a resource reaches its activities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceMethod {
    /// By stated shares.
    Share,
    /// By the total weight of feeds.
    Feed,
}

/// A resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Name for people.
    pub name: String,
    /// Id in the national collection as configured.
    pub collection_resource: String,
    /// How it reaches its activities.
    pub method: ResourceMethod,
    /// Group in the statement.
    pub statement_group: String,
    /// Whether it is a pool of staff.
    pub staff_pool: bool,
    /// People in the pool.
    pub people: i64,
    /// Staff group of the pool.
    pub staff_group: String,
    /// Specialty of the pool; blank if it serves several.
    pub specialty: String,
    /// Directorate of the pool.
    pub directorate: String,
    /// Why it may be net negative; blank if it may not.
    pub negative_reason: String,
}

/// Unit of an activity count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountUnit {
    /// Rows, a return being −1.
    Number,
    /// Time, held in seconds.
    Minutes,
}

/// An activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Name for people.
    pub name: String,
    /// Id in the national collection as configured.
    pub collection_activity: String,
    /// Unit of its count.
    pub count_unit: CountUnit,
}

/// Says in which activity a feed row counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityRule {
    /// Pattern on the row's code.
    pub code: Pattern,
    /// Pattern on the row's band.
    pub band: Pattern,
    /// Pattern on the row's specialty.
    pub specialty: Pattern,
    /// Pattern on the row's location.
    pub location: Pattern,
    /// Pattern on the matched event's category.
    pub category: Pattern,
    /// Activity.
    pub activity: String,
}

/// What a weight set measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightDriver {
    /// Rows.
    Count,
    /// Counted seconds.
    Duration,
    /// Quantity × 10⁴.
    Quantity,
    /// Traced cost in micro-pounds.
    Cost,
}

/// Column of a row that finds its relative weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightKey {
    /// `code`.
    Code,
    /// `band`.
    Band,
    /// `specialty`.
    Specialty,
    /// `location`.
    Location,
}

/// How the rows of an activity are weighed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightSet {
    /// Activity it belongs to.
    pub activity: String,
    /// What is measured.
    pub driver: WeightDriver,
    /// Whether staff present multiply it.
    pub staff: bool,
    /// Relative weights, if any.
    pub relative: Option<RelativeWeights>,
    /// Shortest duration counted.
    pub minimum_seconds: i64,
    /// Whether traced costs are charged as they are.
    pub absolute: bool,
}

/// Where a weight set finds its relative weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelativeWeights {
    /// Table in `rwv.csv`.
    pub table: String,
    /// Column of the row.
    pub key: WeightKey,
    /// Value × 10⁴ for codes not in the table.
    pub default_e4: i64,
}

/// One (resource, activity) pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Weight set that shares the pool.
    pub weight_set: String,
    /// Share, or factor with method FEED, × 10⁴.
    pub share_e4: i64,
}

/// A kind of planned session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionKind {
    /// Name for people.
    pub name: String,
    /// Activities whose rows use the session.
    pub used_by: Vec<String>,
    /// Activity that receives what is unused.
    pub unused_to: String,
    /// Whether unused time is spread over the session's patients.
    pub spread: bool,
    /// Whether it is a theatre's: a ward stay can lose the time of its rows.
    pub theatre: bool,
}
