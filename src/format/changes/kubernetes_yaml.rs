//! Kubernetes events as YAML: `kubectl get events -o yaml`.
//!
//! Sample: `apiVersion: v1`, `items:`, below it one block a list item, `kind: List`.
//! Yields and time: as [`super::kubernetes_events`]. YAML: [`crate::format::yaml`].

use super::kubernetes_events::read_event;
use crate::format::yaml::{self, Line};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, FrameClass, Head, Shape, Sink};

/// Kubernetes events as YAML.
pub struct KubernetesYaml;

impl Format for KubernetesYaml {
    fn name(&self) -> &str {
        "kubernetes_yaml"
    }

    fn title(&self) -> &str {
        "Kubernetes events: kubectl get events -o yaml"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "apiVersion: v1\nitems:\n- apiVersion: v1\n  count: 17\n  firstTimestamp: \"2025-06-12T17:50:00Z\"\n  involvedObject:\n    kind: Pod\n    name: kv-1\n    namespace: prod\n  kind: Event\n  lastTimestamp: \"2025-06-12T18:10:00Z\"\n  message: Back-off restarting failed container\n  reason: BackOff\n  type: Warning\nkind: List\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for KubernetesYaml {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let has = |key: &str| head.text.lines().take(400).any(|l| l.trim_start_matches([' ', '-']).starts_with(key));
        let about = has("involvedObject:") || has("regarding:");
        (has("apiVersion:") && about && has("reason:")).then_some(())?;
        Claimed::new(95, "YAML with `apiVersion`, `involvedObject` or `regarding`, and `reason`")
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        let mut lines = Vec::new();
        for frame in document.lines() {
            match yaml::line(frame) {
                Some(line) => lines.push(line),
                None => sink.account(FrameClass::Blank, &frame),
            }
        }
        let (mut at, dash) = (0, dash_of(&lines));
        while at < lines.len() {
            // An item runs to the next one; what stands around the list states nothing.
            let more = |line: &Line<'_>| dash.is_none_or(|dash| line.indent > dash);
            let end = at + 1 + lines.iter().skip(at + 1).take_while(|line| more(line)).count();
            let block = &lines[at..end];
            let frame = yaml::whole(document, block);
            if dash.is_some_and(|dash| block[0].indent != dash || !block[0].text.starts_with("- ")) {
                sink.account(FrameClass::Blank, &frame);
            } else {
                let value = yaml::value(block);
                let item = value.as_array().and_then(|items| items.first()).unwrap_or(&value);
                match read_event(item, &frame, sink) {
                    Ok(class) => sink.account(class, &frame),
                    Err(fault) => sink.reject(&fault.reason, &frame),
                }
            }
            at = end;
        }
        Ok(())
    }
}

/// How far in the dashes of the list of events stand; `None` for a single event.
fn dash_of(lines: &[Line<'_>]) -> Option<usize> {
    let items = lines.iter().position(|line| line.text == "items:").map(|at| at + 1);
    let from = items.or(lines.first().filter(|line| line.text.starts_with("- ")).map(|_| 0))?;
    lines.get(from).filter(|line| line.text.starts_with("- ")).map(|line| line.indent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples() {
        collect::assert_owner_wins(&KubernetesYaml);
    }

    #[test]
    fn items_are_read_one_by_one_and_folded_messages_are_joined() {
        let text = "apiVersion: v1\nitems:\n- apiVersion: v1\n  count: 2\n  firstTimestamp: \"2025-06-12T17:50:00Z\"\n  involvedObject:\n    kind: Pod\n    name: a\n  lastTimestamp: null\n  message: 'Back-off of\n    container'\n  metadata:\n    managedFields:\n    - manager: x\n      time: \"2025-06-12T17:00:00Z\"\n  reason: BackOff\n- apiVersion: v1\n  eventTime: \"2025-06-12T17:52:03.410000Z\"\n  involvedObject:\n    name: b\n  message: ok\n  reason: Pulled\nkind: List\nmetadata:\n  resourceVersion: \"\"\n";
        let got = collect::read(&KubernetesYaml, text);
        let titles: Vec<&str> = got.events.iter().map(|e| e.title.as_str()).collect();
        assert_eq!(
            titles,
            ["Kubernetes: BackOff Pod a (×2): Back-off of container", "Kubernetes: Pulled object b: ok"]
        );
        assert_eq!((got.records, got.rejected.len()), (2, 0));
        assert_eq!(got.events[1].evidence.span.line, 17);
    }

    #[test]
    fn a_single_event_is_read_too() {
        let text = "apiVersion: v1\ninvolvedObject:\n  kind: Node\n  name: n4\nfirstTimestamp: \"2025-06-12T17:50:00Z\"\nmessage: disk full\nreason: EvictionThresholdMet\n";
        assert_eq!(collect::read(&KubernetesYaml, text).events.len(), 1);
    }
}
