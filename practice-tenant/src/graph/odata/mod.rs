//! The part of OData 4 that Graph's directory speaks: addresses, query options, filters and pages.

mod address;
mod filter;
mod page;
mod query;

pub(crate) use address::{Address, Key};
pub(crate) use page::{EntitySet, count, entity, page};
pub(crate) use query::Query;
