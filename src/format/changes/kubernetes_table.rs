//! Kubernetes events as the table that `kubectl get events` prints: named, and refused.
//!
//! Sample: `NAMESPACE  LAST SEEN  TYPE  REASON  OBJECT  MESSAGE` above `prod  5m12s  Warning  BackOff …`.
//! Yields nothing. The table tells how long ago something happened and not when the table was printed:
//! the time of a copied file is not that moment.

use crate::format::{Claimed, Document, DocumentFormat, Fault, Format, Head, Shape, Sink};

/// The printed table of events.
pub struct KubernetesTable;

impl Format for KubernetesTable {
    fn name(&self) -> &str {
        "kubernetes_table"
    }

    fn title(&self) -> &str {
        "Kubernetes events as a printed table (ages only; refused)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            "LAST SEEN   TYPE      REASON    OBJECT       MESSAGE\n5m12s       Warning   BackOff   pod/kv-7f    Back-off restarting failed container\n",
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Document(self)
    }
}

impl DocumentFormat for KubernetesTable {
    fn detect(&self, head: &Head<'_>) -> Option<Claimed> {
        let mut lines = head.text.lines().filter(|line| !line.trim().is_empty());
        let titles: Vec<&str> = lines.next()?.split_whitespace().collect();
        let own = |words: &[&str]| titles.ends_with(words);
        let events = own(&["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"])
            || titles.starts_with(&["LAST", "SEEN", "TYPE", "REASON", "OBJECT"]);
        events.then(|| Claimed::new(95, "the titles of `kubectl get events`"))?
    }

    fn read(&self, _document: &Document<'_>, _sink: &mut dyn Sink) -> Result<(), Fault> {
        Err(Fault::new("expected moments, found ages that nothing anchors; export with `kubectl get events -o json`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::collect;

    #[test]
    fn the_owner_wins_its_samples_and_says_what_to_do() {
        collect::assert_owner_wins(&KubernetesTable);
        let fault = collect::read(&KubernetesTable, KubernetesTable.samples()[0]).fault;
        assert!(fault.is_some_and(|fault| fault.reason.contains("-o json")));
    }
}
