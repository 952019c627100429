//! Log formats with a hand-written reader.

mod cloudflare_http;
mod json_log;
pub(crate) mod object;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use super::Format;
pub use cloudflare_http::CloudflareHttp;
pub use json_log::JsonLog;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[&CloudflareHttp, &JsonLog];
