//! Lines of `key=value` pairs.
//!
//! Written by Go kit, logrus, Loki, Prometheus, Heroku's router, lograge and others.
//! Sample: `ts=2025-06-12T17:52:03.410Z level=error msg="kv read failed" err="deadline" dur=2.01s`.
//! Yields one record a line; one with an HTTP status is a request.
//! Time: any alias of the field table; lines without one take the wrapper's stamp.

use std::borrow::Cow;

use crate::format::bind::Sample;
use crate::format::fields::{Field, Fields, Value, field_of};
use crate::format::{Fault, Format, Frame, LineFormat, Shape, Sink};

/// Key-value lines.
pub struct Logfmt;

impl Format for Logfmt {
    fn name(&self) -> &str {
        "logfmt"
    }

    fn title(&self) -> &str {
        "key=value lines (logfmt)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"ts=2025-06-12T17:52:03.410Z level=error msg="kv read failed" err="deadline" dur=2.01s"#,
            r#"time="2025-06-12T17:52:03Z" level=warning msg="slow read" service=kv"#,
            r#"at=error code=H12 desc="Request timeout" method=GET path="/kv" status=503 service=30000ms"#,
            r#"method=GET path=/kv/1 format=json controller=KvController status=503 duration=2010.04"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Lines(self)
    }

    fn bind(&self, sample: &Sample<'_>) -> Option<Box<dyn Format>> {
        super::pairs_bound::bind(sample)
    }
}

/// Pairs of a line; a word without `=` is a flag and has no value.
pub(super) struct Pairs<'a>(pub(super) &'a str);

impl<'a> Iterator for Pairs<'a> {
    type Item = (&'a str, Option<Cow<'a, str>>);

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.0.trim_start();
        let key_end = text.find([' ', '=']).unwrap_or(text.len());
        if text.is_empty() {
            return None;
        }
        let (key, rest) = text.split_at(key_end);
        let Some(rest) = rest.strip_prefix('=') else {
            self.0 = rest;
            return Some((key, None));
        };
        if let Some(quoted) = rest.strip_prefix('"')
            && let Some(end) = super::clf::quote_end(quoted)
        {
            self.0 = &quoted[end + 1..];
            return Some((key, Some(unescaped(&quoted[..end]))));
        }
        // `'a b'` where the mark closes the value.
        if let Some((inside, behind)) = rest.strip_prefix('\'').and_then(|r| r.split_once('\''))
            && (behind.is_empty() || behind.starts_with(' '))
        {
            self.0 = behind;
            return Some((key, Some(Cow::Borrowed(inside))));
        }
        let end = rest.find(' ').unwrap_or(rest.len());
        self.0 = &rest[end..];
        Some((key, Some(Cow::Borrowed(&rest[..end]))))
    }
}

/// A quoted value without its escapes.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match if c == '\\' { chars.next() } else { Some(c) } {
            Some('n') if c == '\\' => out.push('\n'),
            Some('t') if c == '\\' => out.push('\t'),
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    Cow::Owned(out)
}

/// Whether `key` could be one: a letter first, no blanks or quotes.
pub(super) fn is_key(key: &str) -> bool {
    key.bytes().enumerate().all(|(i, b)| match b {
        b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'@' => true,
        b'0'..=b'9' | b'.' | b'-' | b'/' => i > 0,
        _ => false,
    }) && !key.is_empty()
}

/// Offers the pairs of `text`; numbers and words alike arrive as written.
pub(super) fn offer_pairs<'a>(text: &'a str, fields: &mut Fields<'a>) {
    for (key, value) in Pairs(text) {
        match value {
            Some(Cow::Borrowed(digits))
                if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') =>
            {
                fields.offer(key, Value::Number(digits));
            }
            Some(text) => fields.offer(key, Value::Text(text)),
            None => {}
        }
    }
}

impl LineFormat for Logfmt {
    fn starts(&self, line: &str) -> bool {
        let head = line.split(' ').next().unwrap_or("");
        if !head.contains('=') || (head.starts_with("type=") && line.contains("msg=audit(")) {
            return false;
        }
        let mut pairs = Pairs(line);
        let first_three = pairs.by_ref().take(3).filter(|(key, value)| value.is_some() && is_key(key)).count();
        first_three == 3
            && Pairs(line).any(|(key, _)| {
                matches!(
                    field_of(key).map(|(field, _)| field),
                    Some(Field::Time | Field::Level | Field::Message | Field::Status)
                )
            })
    }

    fn decode(&self, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let text = frame.first_line();
        if !text.contains('=') {
            return Err(Fault::new("expected key=value pairs, found none"));
        }
        let mut fields = Fields::default();
        offer_pairs(text, &mut fields);
        let mut record = fields.into_record();
        if record.body.is_empty() {
            record.body = text.into();
        }
        sink.log(&record, frame);
        Ok(())
    }

    fn specificity(&self) -> u8 {
        40
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::logs::testing::records;
    use crate::model::{Level, Outcome};

    #[test]
    fn quotes_flags_and_units_are_read() {
        let r = &records(
            &Logfmt,
            r#"ts=1749750723.41 level=error debug msg="a \"b\"" dur=2.01s err=deadline"#.replace(" debug", "").as_str(),
        )[0];
        assert_eq!((r.level, &*r.body), (Some(Level::Error), "a \"b\": deadline"));
        assert_eq!((r.time.map(|t| t.wall_ns), r.duration_ns), (Some(1_749_750_723_410_000_000), Some(2_010_000_000)));
    }

    #[test]
    fn a_status_makes_a_request() {
        let r = &records(&Logfmt, Logfmt.samples()[2])[0];
        assert_eq!((r.request_outcome(), r.service.as_deref()), (Some(Outcome::ServerError), None));
        assert_eq!(r.operation.as_deref(), Some("GET /kv"));
    }

    #[test]
    fn audit_and_plain_settings_are_not_claimed() {
        for line in [
            "type=SYSCALL msg=audit(1749750723.410:881): arch=c000003e syscall=2 success=no",
            "a=1 b=2 c=3",
            "user=root action=none",
            "x = 1 y = 2 msg = 3",
        ] {
            assert!(!Logfmt.starts(line), "{line}");
        }
    }
}
