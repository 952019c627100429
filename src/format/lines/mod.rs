//! Plain text formats defined as data: a pattern, a field table and samples in one TOML file.
//!
//! ```toml
//! name = "my_app"                      # lower case, digits, underscores
//! title = "the application's own log"
//! pattern = '(?P<time>\S+ \S+) \[(?P<level>\w+)\] (?P<service>\w+): (?P<message>.*)'
//! find = ['took (?P<duration>[\d.]+ ms)']   # searched in all lines of the record; wins over `pattern`
//! specificity = 60                     # 90 a named writer, 60 a family, 30 generic
//! multiline = true                     # lines that match nothing belong to the record above
//! stamp = "event"                      # or "start", "end", "observed"
//! zone = "UTC"                         # zone of stamps without one; leave out if unknown
//! date_order = "day_first"             # for 12/06/2025; or "month_first", "year_first"
//! duration_unit = "ms"                 # of a bare number in the group `duration`
//! [levels]                             # words the usual loggers do not use
//! X = "FATAL"
//! [[samples]]                          # at least one; each states fields it must yield
//! text = "2025-06-12 17:52:03 [X] kv: gone"
//! level = "FATAL"
//! ```
//!
//! The pattern is a regular expression matched from the beginning of the line. Its named groups are
//! the fields: `time` (with `date` before it and `zone` behind it where they stand apart),
//! `observed` (a relay's stamp), `level`, `service`, `host`, `operation`, `method`, `path`, `status`,
//! `duration` (with `duration_2`, `duration_3` added up), `request_id`, `trace_id`, `upstream`,
//! `message`. A record with a status is a request.

mod definition;
mod file;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub use definition::Definition;

/// The files shipped with the program, specific before generic.
static FILES: &[(&str, &str)] = &[
    ("haproxy_http.toml", include_str!("haproxy_http.toml")),
    ("envoy_text.toml", include_str!("envoy_text.toml")),
    ("aws_alb.toml", include_str!("aws_alb.toml")),
    ("squid.toml", include_str!("squid.toml")),
    ("gin.toml", include_str!("gin.toml")),
    ("oslo.toml", include_str!("oslo.toml")),
    ("rails_logger.toml", include_str!("rails_logger.toml")),
    ("tomcat_juli.toml", include_str!("tomcat_juli.toml")),
    ("apache_error.toml", include_str!("apache_error.toml")),
    ("mysql_error.toml", include_str!("mysql_error.toml")),
    ("mongo_old.toml", include_str!("mongo_old.toml")),
    ("pg_stderr.toml", include_str!("pg_stderr.toml")),
    ("redis.toml", include_str!("redis.toml")),
    ("env_logger.toml", include_str!("env_logger.toml")),
    ("go_std.toml", include_str!("go_std.toml")),
];

static BUILTIN: LazyLock<Vec<Definition>> =
    LazyLock::new(|| FILES.iter().filter_map(|(origin, text)| Definition::parse(text, origin).ok()).collect());

/// The definitions shipped with the program, specific before generic.
pub fn builtin() -> &'static [Definition] {
    &BUILTIN
}
