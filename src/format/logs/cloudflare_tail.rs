//! What `wrangler tail --format json` prints: invocations of Cloudflare Workers, one pretty-printed object
//! after the other.
//!
//! Sample: `{"outcome":"exception","scriptName":"kv-api","eventTimestamp":1749750723410,"event":{…}}`.
//! Yields one request an object. `outcome` ok does not mean that the response was: its status counts.
//! Time: `eventTimestamp`, ms since 1970, the start.
//! Reference: cloudflare/workers-sdk `packages/wrangler/src/tail/createTail.ts`.

use super::cloudflare_workers::record;
use crate::format::json_elements::{Part, documents, root};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink};

/// Invocations as `wrangler tail` prints them.
pub struct CloudflareTail;

impl Format for CloudflareTail {
    fn name(&self) -> &str {
        "cloudflare_tail"
    }

    fn title(&self) -> &str {
        "Cloudflare Workers as wrangler tail prints them (JSON)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "{\n  \"outcome\": \"exception\",\n  \"scriptName\": \"kv-api\",\n  \"exceptions\": [],\n  \"logs\": [],\n  \"eventTimestamp\": 1749750723410,\n  \"event\": {\n    \"request\": {\"url\": \"https://kv.example/v1/ns/77\", \"method\": \"GET\"}\n  }\n}\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

fn is_event(part: Part<'_>) -> bool {
    part.has(&["outcome", "eventTimestamp"]) && part.has_any(&["scriptName", "event"])
}

impl DocumentFormat for CloudflareTail {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        is_event(root(head.text)?).then_some(())?;
        Claimed::new(97, "objects with `outcome`, `eventTimestamp` and `scriptName` or `event`")
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            let frame = document.frame(part.text);
            match record(part.text) {
                Ok(record) if is_event(part) => {
                    sink.log(&record, &frame);
                    sink.account(FrameClass::Record, &frame);
                }
                Ok(_) => sink.reject("expected `outcome` and `eventTimestamp`, found another object", &frame),
                Err(fault) => sink.reject(&fault.reason, &frame),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;
    use crate::model::Outcome;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&CloudflareTail);
    }

    #[test]
    fn objects_over_many_lines_are_one_request_each_and_a_cut_one_is_counted() {
        let one = CloudflareTail.samples()[0];
        let got = collect::read(&CloudflareTail, &format!("{one}{one}{}", &one[..60]));
        assert_eq!((got.records, got.rejected.len()), (2, 1));
        assert_eq!((got.logs[0].0.as_str(), got.logs[0].2), ("kv-api", Some(Outcome::ServerError)));
    }
}
