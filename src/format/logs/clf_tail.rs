//! What access logs append behind the byte count: referrer, agent, timings, backend.

use super::clf::quote_end;
use crate::format::fields;

/// The known parts of a tail.
#[derive(Default)]
pub(super) struct Tail<'a> {
    pub(super) agent: Option<&'a str>,
    pub(super) duration_ns: Option<u64>,
    pub(super) backend: Option<&'a str>,
    pub(super) upstream: Option<&'a str>,
    pub(super) request_id: Option<&'a str>,
    /// The writer stamps the arrival (Traefik).
    pub(super) starts: bool,
    /// The third quoted word: Traefik's router.
    router: Option<&'a str>,
}

/// One word of a tail; lists such as `10.2.0.4:80, 10.2.0.9:80` are one word.
struct Words<'a>(&'a str);

impl<'a> Iterator for Words<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = match self.0.strip_prefix(' ') {
            Some(rest) if rest.starts_with('"') => rest,
            _ => self.0.trim_start(),
        };
        if text.is_empty() {
            return None;
        }
        let end = match text.as_bytes()[0] {
            b'"' => quote_end(&text[1..]).map_or(text.len(), |at| at + 2),
            b'[' => text.find(']').map_or(text.len(), |at| at + 1),
            _ => list_end(text),
        };
        let (word, rest) = text.split_at(end);
        self.0 = rest;
        Some(word)
    }
}

/// End of a word that may go on after a comma and a blank, or hold a quoted value behind `=`.
fn list_end(text: &str) -> usize {
    let mut from = 0;
    loop {
        let bytes = text.as_bytes();
        let Some(blank) = memchr::memchr(b' ', &bytes[from..]).map(|at| from + at) else { return text.len() };
        let quoted = bytes[from..blank].windows(2).position(|pair| pair == b"=\"");
        if let Some(open) = quoted.map(|at| from + at + 2) {
            return quote_end(&text[open..]).map_or(text.len(), |at| open + at + 1);
        }
        if !text[..blank].ends_with(',') && !text[blank..].starts_with(" : ") {
            return blank;
        }
        from = blank + if text[blank..].starts_with(" : ") { 3 } else { 1 };
    }
}

impl<'a> Tail<'a> {
    /// Reads a tail; what is not recognised is passed over.
    pub(super) fn read(rest: &'a str) -> Tail<'a> {
        match combined(rest) {
            Some(agent) => Tail { agent: Some(agent), ..Tail::default() },
            None => Tail::read_words(rest),
        }
    }

    fn read_words(rest: &'a str) -> Tail<'a> {
        let mut tail = Tail::default();
        let mut quoted = 0;
        let mut ingress = 0;
        for word in Words(rest) {
            if let Some(text) = word.strip_prefix('"') {
                quoted += 1;
                if quoted == 2 {
                    tail.agent = Some(text.trim_end_matches('"'));
                } else if quoted == 3 {
                    tail.router = Some(text.trim_end_matches('"'));
                }
            } else if word == "-" && ingress == 0 {
                // An empty field, quoted or not, keeps its place.
                quoted += 1;
            } else if let Some((key, value)) = word.split_once('=') {
                tail.pair(key, value.trim_matches('"'));
            } else if ingress > 0 {
                ingress += 1;
                tail.ingress(ingress, word);
            } else if let Some(name) = word.strip_prefix('[').and_then(|w| w.strip_suffix(']')) {
                ingress = 1;
                tail.backend = backend(name);
            } else {
                tail.bare(word);
            }
        }
        tail
    }

    /// Whether the tail shows a writer that stamps the end of a request.
    pub(super) fn is_end(&self) -> bool {
        self.duration_ns.is_some()
    }

    fn pair(&mut self, key: &str, value: &'a str) {
        match key {
            "rt" | "request_time" | "reqtime" => self.duration_ns = seconds(value),
            "upstream" | "uaddr" | "upstream_addr" | "upstream_name" | "ua_name" => self.upstream = Some(value),
            "request_id" | "req_id" | "rid" | "requestid" | "x_request_id" => self.request_id = Some(value),
            _ => {}
        }
    }

    /// Columns behind the backend's bracket: alternative, address, length, time, status, request id.
    fn ingress(&mut self, column: u32, word: &'a str) {
        let id = word.len() >= 4 && word.bytes().all(|b| b.is_ascii_hexdigit()) && !word.contains(',');
        if column >= 6 && id {
            self.request_id = Some(word);
        }
    }

    /// A word without a name: seconds with three decimals, milliseconds with their unit (which only
    /// Traefik writes, last), or a request id.
    fn bare(&mut self, word: &'a str) {
        let decimals = word.split_once('.').is_some_and(|(_, f)| f.len() == 3);
        let uuid = word.len() == 36 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        if let Some(ms) = word.strip_suffix("ms") {
            self.duration_ns = fields::scaled(ms, 1_000_000);
            self.starts = self.duration_ns.is_some();
            self.backend = self.router.map(|r| r.split('@').next().unwrap_or(r)).filter(|r| !matches!(*r, "-" | ""));
        } else if uuid {
            self.request_id = Some(word);
        } else if decimals && self.duration_ns.is_none() {
            self.duration_ns = seconds(word);
        }
    }
}

/// The agent of a tail that is a referrer and an agent in quotation marks, as most are.
fn combined(rest: &str) -> Option<&str> {
    let referrer = rest.strip_prefix('"')?;
    let agent = referrer.get(quote_end(referrer)?..)?.strip_prefix("\" \"")?;
    let end = quote_end(agent)?;
    (end + 1 == agent.len()).then(|| agent[..end].trim_end_matches('"'))
}

fn seconds(text: &str) -> Option<u64> {
    fields::scaled(text, 1_000_000_000)
}

/// Namespace and service of an ingress backend, without the port.
fn backend(name: &str) -> Option<&str> {
    let name = match name.rsplit_once('-') {
        Some((service, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !port.is_empty() => service,
        _ => name,
    };
    (!name.is_empty() && name != "upstream-default-backend").then_some(name)
}
