//! Reading stamps of any of the usual shapes into [`RawTime`](crate::model::RawTime).
