//! Zabbix: replies of `history.get` and `trend.get`.
//!
//! Sample: `{"jsonrpc":"2.0","result":[{"itemid":"23296","clock":"1749750720","value":"0.085"}]}`.
//! Yields: a sample per value, of an hourly trend one per statistic; the item stays a number, since
//! its name is not in the reply.
//! Time: seconds since 1970 as text; a trend covers the hour from its stamp.
//! Reference: Zabbix API, History and Trend.

use super::json_series::{JsonSeries, number, time};
use super::points::{Found, Points, Row, Series};
use crate::format::Claimed;
use crate::format::json_elements::Part;
use crate::model::PointStamp;

/// Zabbix history and trends.
pub static FORMAT: JsonSeries = JsonSeries {
    name: "zabbix_history",
    title: "Zabbix history and trends",
    samples: &[
        r#"{"jsonrpc":"2.0","result":[{"itemid":"23296","clock":"1749750720","value":"0.085","ns":"563157632"},{"itemid":"23296","clock":"1749750780","value":"0.16","ns":"1"}],"id":1}"#,
        r#"[{"itemid":"23296","clock":"1749747600","num":"60","value_min":"0.1","value_avg":"0.2","value_max":"0.9"}]"#,
    ],
    claim,
    read,
};

const VALUES: [(&str, Option<&str>); 4] =
    [("value", None), ("value_min", Some("min")), ("value_avg", Some("avg")), ("value_max", Some("max"))];

fn claim(root: Part<'_>) -> Option<Claimed> {
    let first = root.get("result").unwrap_or(root).first_object()?;
    (first.has(&["itemid", "clock"]) && first.has_any(&["value", "value_avg"])).then_some(())?;
    Claimed::new(97, "`itemid` with `clock` and a value")
}

fn read(root: Part<'_>, points: &mut Points<'_, '_>) {
    let mut series = Found::default();
    let mut rows = Vec::new();
    for one in root.get("result").unwrap_or(root).items().filter(|one| one.complete) {
        let item = one.get("itemid").and_then(super::json_series::scalar).unwrap_or_default();
        let mut values = Vec::new();
        for (key, statistic) in VALUES {
            let Some(value) = one.get(key) else { continue };
            let mut labels = vec![("itemid".to_string(), item.clone())];
            labels.extend(statistic.map(|s| ("statistic".to_string(), s.to_string())));
            let stamp = if statistic.is_some() { PointStamp::Start } else { PointStamp::Instant };
            let one = Series { labels, ..Series::named(format!("item {item}"), stamp) };
            values.push((series.at(one), number(value)));
        }
        rows.push(Row { at: one, time: one.get("clock").and_then(time), values });
    }
    points.rows(series.all(), &rows);
}
