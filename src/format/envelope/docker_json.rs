//! Docker's json-file logging driver.
//!
//! Sample: `{"log":"text\n","stream":"stderr","time":"2025-06-12T17:52:03.410003121Z"}`. A `log`
//! without its final line end was split at 16 KiB and goes on in the next line.

use std::borrow::Cow;

use crate::format::fields::Value;
use crate::format::logs::object;
use crate::format::{Envelope, Format, Peeled, Shape, timestamp};

/// The object around every line of a Docker log file.
pub struct DockerJson;

impl Format for DockerJson {
    fn name(&self) -> &str {
        "docker_json"
    }

    fn title(&self) -> &str {
        "Docker container log files (json-file driver)"
    }

    fn samples(&self) -> Vec<&str> {
        vec![
            r#"{"log":"2025-06-12 17:52:03,408 ERROR [p] c.ex.Kv - read failed\n","stream":"stderr","time":"2025-06-12T17:52:03.410003121Z"}"#,
            r#"{"log":"{\"level\":\"error\",\"msg\":\"x\"}\n","stream":"stdout","attrs":{"tag":"kv"},"time":"2025-06-12T17:52:03.4Z"}"#,
        ]
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Envelope(self)
    }
}

fn wanted(key: &str) -> bool {
    matches!(key, "log" | "stream" | "time")
}

impl Envelope for DockerJson {
    fn peel<'a>(&self, line: &'a str) -> Option<Peeled<'a>> {
        if !line.starts_with('{') || !line.contains("\"log\":\"") {
            return None;
        }
        let (mut log, mut stream, mut time) = (None, None, None);
        object::read(line.trim_end(), wanted, &mut |key, value| match (key, value) {
            ("log", Value::Text(text)) => log = Some(text),
            ("stream", Value::Text(text)) => stream = Some(text),
            ("time", Value::Text(text)) => time = timestamp::whole(&text),
            _ => {}
        })
        .ok()?;
        let (log, stream) = (log?, stream.filter(|s| matches!(&**s, "stdout" | "stderr"))?);
        let partial = !log.ends_with('\n');
        let inner = match log {
            Cow::Owned(mut text) => {
                let len = text.trim_end_matches(['\n', '\r']).len();
                text.truncate(len);
                Cow::Owned(text)
            }
            borrowed => borrowed,
        };
        Some(Peeled { inner, observed: Some(time?), service: None, stream: Some(stream), partial })
    }
}
