//! Who calls whom, as service catalogues and call graphs are exported.
//!
//! Written by service catalogues and tracing back ends: nodes with what they depend on, or a list of edges.
//! Sample: `{"services":[{"name":"kv","depends_on":["store"]}]}`.
//! Yields one dependency claim per edge; nothing in it is dated.
//! Known shapes: `name` with `depends_on`, `dependsOn`, `dependencies`, `callees`, `calls` or `upstreams`; edges
//! with `source`/`target`, `from`/`to`, `caller`/`callee` or `parent`/`child` (Jaeger's dependencies).

use crate::format::json_elements::{Part, cut_fault, documents, read_one, root};
use crate::format::json_value::{first_text, text};
use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Frame, FrameClass, Head, Shape, Sink};
use crate::model::{Claim, Measure};

/// Keys under which the list stands.
const LISTS: &[&str] = &["services", "nodes", "components", "edges", "links", "dependencies", "data"];
/// Keys that name a node.
const NAMES: &[&str] = &["name", "service", "id"];
/// Keys of what a node needs.
const NEEDS: &[&str] = &["depends_on", "dependsOn", "dependencies", "callees", "calls", "upstreams"];
/// Keys of the two ends of an edge: who needs, and what.
const ENDS: &[(&str, &str)] = &[("source", "target"), ("from", "to"), ("caller", "callee"), ("parent", "child")];

/// A graph of services.
pub struct ServiceGraph;

impl Format for ServiceGraph {
    fn name(&self) -> &str {
        "service_graph"
    }

    fn title(&self) -> &str {
        "service catalogues and call graphs: nodes with what they depend on, or edges"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"services":[{"name":"kv","depends_on":["store"]},{"name":"store","depends_on":[]}]}"#,
            r#"{"edges":[{"source":"gateway","target":"kv"},{"source":"kv","target":"store"}]}"#,
            r#"{"data":[{"parent":"gateway","child":"kv","callCount":17}]}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for ServiceGraph {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let list = elements(root(head.text)?);
        let first = list.first()?;
        let whole = list.iter().filter(|part| part.complete).take(20);
        let all = |is: &dyn Fn(&Part<'_>) -> bool| whole.clone().all(is) && first.complete;
        let node =
            |part: &Part<'_>| is_named(part) && NEEDS.iter().any(|key| part.get(key).is_some_and(Part::is_array));
        let edge =
            |part: &Part<'_>| ends(part).is_some() && part.get("timestamp").is_none() && part.get("time").is_none();
        if all(&node) {
            return Claimed::new(92, "every node has a name and a list of what it depends on");
        }
        if all(&edge) { Claimed::new(90, "every element has the two ends of an edge") } else { None }
    }

    fn read(&self, document: &Document<'_>, sink: &mut dyn Sink) -> Result<(), Fault> {
        for part in documents(document.text) {
            for list in lists(part) {
                for element in list.items() {
                    read_one(element, document, sink, &mut read_element);
                }
            }
            if !part.complete {
                return Err(cut_fault());
            }
        }
        Ok(())
    }
}

fn is_named(part: &Part<'_>) -> bool {
    NAMES.iter().any(|key| part.get(key).and_then(Part::string).is_some())
}

/// The keys of the two ends, when an element is an edge.
fn ends(part: &Part<'_>) -> Option<(&'static str, &'static str)> {
    let has = |key: &str| part.get(key).and_then(Part::string).is_some();
    ENDS.iter().copied().find(|(from, to)| has(from) && has(to))
}

/// Every list of nodes or edges of a document.
fn lists(root: Part<'_>) -> Vec<Part<'_>> {
    if root.is_array() {
        return vec![root];
    }
    LISTS.iter().filter_map(|key| root.get(key)).filter(|part| part.is_array()).collect()
}

/// The elements of the first list.
fn elements(root: Part<'_>) -> Vec<Part<'_>> {
    lists(root).first().map(|list| list.items().filter(|part| part.is_object()).collect()).unwrap_or_default()
}

/// One node with its callees, or one edge.
fn read_element(value: &serde_json::Value, frame: &Frame<'_>, sink: &mut dyn Sink) -> Result<FrameClass, Fault> {
    let mut claim = |from: &str, to: &str| {
        let mut claim =
            Claim::new(Measure::Dependency, vec![from.to_string()], format!("{from} -> {to}"), frame.exemplar());
        claim.object = Some(to.to_string());
        sink.claim(claim);
    };
    let edge = ENDS.iter().find_map(|(from, to)| Some((text(value, from)?, text(value, to)?)));
    if let Some((from, to)) = edge {
        claim(from, to);
        return Ok(FrameClass::Record);
    }
    let name = first_text(value, NAMES).ok_or(Fault::new("expected a node with a name or an edge, found neither"))?;
    let needs = NEEDS.iter().filter_map(|key| value.get(*key)?.as_array()).flatten();
    for need in needs {
        if let Some(to) = need.as_str().or_else(|| first_text(need, NAMES)) {
            claim(name, to);
        }
    }
    Ok(FrameClass::Record)
}
