//! Log formats with a hand-written reader.

mod clf;
mod clf_tail;
mod cloudflare_http;
mod json_log;
mod logfmt;
pub(crate) mod object;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use super::Format;
pub use clf::Clf;
pub use cloudflare_http::CloudflareHttp;
pub use json_log::JsonLog;
pub use logfmt::Logfmt;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[&CloudflareHttp, &Clf, &JsonLog, &Logfmt];
