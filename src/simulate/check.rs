//! Whether the parts of a scenario fit together.

use std::collections::BTreeSet;

use super::zone::Zone;
use super::{Factor, Scenario, Segment, Service, Source};

/// Most services and operations that a request id has room for.
const MAX_SERVICES: usize = 64;
const MAX_OPERATIONS: usize = 16;

impl Scenario {
    /// What is wrong with it first, as `expected X, found Y`.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.start >= self.end {
            return Err(format!("expected an end after the start {}, found {}", self.start, self.end));
        }
        ensure(self.services.len() <= MAX_SERVICES, || {
            format!("expected at most {MAX_SERVICES} services, found {}", self.services.len())
        })?;
        let mut keys = BTreeSet::new();
        for service in &self.services {
            ensure(keys.insert(service.key.as_str()), || {
                format!("expected each service key once, found \"{}\" again", service.key)
            })?;
        }
        self.services.iter().try_for_each(|s| check_service(s, &keys))?;
        for action in &self.actions {
            known(&action.services, &keys, || format!("action at {}", action.at))?;
        }
        self.sources.iter().try_for_each(|s| check_source(s, &keys))
    }
}

fn ensure(ok: bool, message: impl FnOnce() -> String) -> Result<(), String> {
    if ok { Ok(()) } else { Err(message()) }
}

fn known(wanted: &[String], keys: &BTreeSet<&str>, place: impl Fn() -> String) -> Result<(), String> {
    wanted.iter().try_for_each(|key| {
        ensure(keys.contains(key.as_str()), || format!("{}: expected the key of a service, found \"{key}\"", place()))
    })
}

fn check_service(service: &Service, keys: &BTreeSet<&str>) -> Result<(), String> {
    let place = || format!("service \"{}\"", service.key);
    let plain = !service.key.is_empty() && service.key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    ensure(plain, || format!("{}: expected a key of letters, digits and _", place()))?;
    ensure(!service.name.is_empty(), || format!("{}: expected a name, found none", place()))?;
    ensure(service.rps >= 0.0 && service.rps.is_finite(), || format!("{}: expected rps of at least 0", place()))?;
    ensure(service.latency_ms > 0.0, || format!("{}: expected latency_ms above 0", place()))?;
    ratio(service.baseline, &place)?;
    known(&service.depends_on, keys, place)?;
    curve(&service.curve, &service.traffic, &place)?;
    curve(&[], &service.slow, &place)?;
    service.shed.iter().try_for_each(|s| ratio(s.share, &place))?;
    ensure(service.operations.len() <= MAX_OPERATIONS, || {
        format!("{}: expected at most {MAX_OPERATIONS} operations, found {}", place(), service.operations.len())
    })?;
    for op in &service.operations {
        let place = || format!("service \"{}\", operation \"{}\"", service.key, op.name);
        ensure(op.share >= 0.0 && op.share.is_finite(), || format!("{}: expected a share of at least 0", place()))?;
        ratio(op.baseline.unwrap_or_default(), &place)?;
        curve(op.curve.as_deref().unwrap_or_default(), &op.traffic, &place)?;
        known(op.upstream.as_slice(), keys, place)?;
    }
    Ok(())
}

fn ratio(value: f64, place: &impl Fn() -> String) -> Result<(), String> {
    ensure((0.0..=1.0).contains(&value), || format!("{}: expected a ratio from 0 to 1, found {value}", place()))
}

fn curve(segments: &[Segment], traffic: &[Factor], place: &impl Fn() -> String) -> Result<(), String> {
    for s in segments {
        ratio(s.ratio, place)?;
        ratio(s.from_ratio.unwrap_or_default(), place)?;
        ensure(s.to.is_none_or(|to| to > s.from), || {
            format!("{}: expected a curve segment from {} to end after it begins", place(), s.from)
        })?;
    }
    traffic.iter().try_for_each(|t| {
        ensure(t.factor >= 0.0 && t.factor.is_finite(), || format!("{}: expected a factor of at least 0", place()))
    })
}

fn check_source(source: &Source, keys: &BTreeSet<&str>) -> Result<(), String> {
    let place = || format!("source \"{}\"", source.path);
    known(&source.services, keys, place)?;
    ensure(Zone::parse(&source.zone).is_some(), || {
        format!("{}: expected an IANA zone or an offset such as +02:00, found \"{}\"", place(), source.zone)
    })?;
    let safe = !source.path.is_empty()
        && !source.path.starts_with('/')
        && !source.path.contains('\\')
        && source.path.split(['/', '!']).all(|part| part != ".." && part != ".");
    ensure(safe, || format!("{}: expected a path inside the bundle", place()))?;
    let shares = [source.sample, source.small_sample, source.good_share.unwrap_or(1.0)];
    shares.iter().try_for_each(|s| ratio(*s, &place))?;
    ensure(source.parts <= 1 || source.path.contains("{part}"), || {
        format!("{}: expected {{part}} in the path of a file in {} parts", place(), source.parts)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{Moment, SourceFormat};

    fn scenario() -> Scenario {
        Scenario {
            end: Moment::of_seconds(60),
            services: vec![Service::new("kv", "Key store", 1.0)],
            sources: vec![Source::new("a.log", SourceFormat::Nginx)],
            ..Scenario::default()
        }
    }

    #[test]
    fn a_scenario_whose_parts_fit_passes() {
        assert_eq!(scenario().check(), Ok(()));
    }

    #[test]
    fn an_unknown_service_a_bad_zone_and_a_path_outside_are_named() {
        let mut one = scenario();
        one.sources[0].services.push(String::from("vk"));
        assert!(one.check().unwrap_err().contains("found \"vk\""));
        let mut two = scenario();
        two.sources[0].zone = String::from("Mars/Base");
        assert!(two.check().unwrap_err().contains("Mars/Base"));
        let mut three = scenario();
        three.sources[0].path = String::from("../a.log");
        assert!(three.check().unwrap_err().contains("inside the bundle"));
    }
}
