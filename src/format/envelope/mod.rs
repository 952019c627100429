//! Wrappers around lines of another format.

mod compose;
mod cri;
mod docker_json;
mod iso_wrapper;
mod logcli;

use super::Format;
pub use compose::Compose;
pub use cri::Cri;
pub use docker_json::DockerJson;
pub use iso_wrapper::IsoWrapper;
pub use logcli::Logcli;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[&Cri, &DockerJson, &Compose, &Logcli, &IsoWrapper];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Envelope, Peeled, Shape};

    fn peel<'a>(name: &str, line: &'a str) -> Option<Peeled<'a>> {
        let format = FORMATS.iter().find(|f| f.name() == name).unwrap();
        match format.shape() {
            Shape::Envelope(envelope) => envelope.peel(line),
            _ => None,
        }
    }

    #[test]
    fn every_sample_is_peeled_by_its_owner_first() {
        for format in FORMATS {
            for line in format.samples() {
                let first = FORMATS.iter().find(|f| peel(f.name(), line).is_some()).map(|f| f.name());
                assert_eq!(first, Some(format.name()), "{line}");
            }
        }
    }

    #[test]
    fn a_partial_line_of_a_container_is_marked() {
        let p = peel("cri", "2025-06-12T17:52:03.410003121Z stdout P the first half").unwrap();
        assert!(p.partial && p.inner == "the first half" && p.stream.as_deref() == Some("stdout"));
        let p = peel("cri", "2025-06-12T17:52:03.410003121Z stdout F").unwrap();
        assert!(!p.partial && p.inner.is_empty());
        assert!(peel("cri", "2025-06-12T17:52:03.410003121Z stdout X y").is_none());
    }

    #[test]
    fn the_line_end_inside_a_docker_object_is_taken_off() {
        let line = r#"{"log":"a \"b\"\n","stream":"stderr","time":"2025-06-12T17:52:03.410003121Z"}"#;
        let p = peel("docker_json", line).unwrap();
        assert!(!p.partial && p.inner == "a \"b\"");
        assert_eq!(p.observed.map(|t| t.wall_ns), Some(1_749_750_723_410_003_121));
        assert!(
            peel("docker_json", r#"{"log":"cut","stream":"stdout","time":"2025-06-12T17:52:03Z"}"#).unwrap().partial
        );
        assert!(peel("docker_json", r#"{"log":"x\n","stream":"tape","time":"2025-06-12T17:52:03Z"}"#).is_none());
    }

    #[test]
    fn a_runtime_stamp_is_taken_off_only_around_a_known_line() {
        for line in [
            "2025-06-12T17:52:03.410003121Z accepted connection",
            "2025-06-12T17:52:03.410211Z ERROR kv: lease lost",
            "2025-06-12T17:52:03Z {\"level\":\"error\",\"msg\":\"x\"}",
        ] {
            assert!(IsoWrapper.peel(line).is_none(), "{line}");
        }
    }

    #[test]
    fn tables_and_prose_have_no_service_prefix() {
        for line in ["| a | b |", "name | value", "17:52 | detected", "a-b | c", "5-1 | x", "[pod] x", "kv-1| x"] {
            assert!(Compose.peel(line).is_none(), "{line}");
        }
        let p = Compose.peel("project_kv_2 | x").unwrap();
        assert_eq!((p.service.as_deref(), &*p.inner), (Some("project_kv"), "x"));
    }
}
