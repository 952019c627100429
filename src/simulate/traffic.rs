//! The requests of a scenario, one after another, without keeping any.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::random::{Dither, bell, mix, unit};
use super::world::{OperationInUse, World};

/// How long it takes to turn a request away, ns.
const REFUSAL_NS: i64 = 1_000_000;

/// One request, in true time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Request {
    /// Arrival, ns since 1970.
    pub start_ns: i64,
    /// How long it took, ns.
    pub duration_ns: i64,
    /// Index into the world's services.
    pub service: u16,
    /// Index into the service's operations.
    pub operation: u16,
    /// Status of the answer.
    pub status: u16,
    /// Whether the serving side failed.
    pub failed: bool,
    /// Number among the operation's good or failed requests.
    pub number: u64,
    /// Id that every file which tells of it writes.
    pub id: u64,
}

impl Request {
    /// When the answer was given.
    pub fn end_ns(&self) -> i64 {
        self.start_ns + self.duration_ns
    }

    /// Whether a file that writes this share of the requests holds it: every n-th good one and
    /// every n-th failed one, so that a thinned file has the same ratios.
    pub fn sampled(&self, share: f64) -> bool {
        share >= 1.0 || (share * (self.number + 1) as f64).floor() > (share * self.number as f64).floor()
    }

    /// Random bits of its own for a purpose.
    pub fn bits(&self, purpose: u64) -> u64 {
        mix(self.id ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}

/// Requests of one operation in order of arrival.
struct OperationStream<'w> {
    operation: &'w OperationInUse,
    place: (u16, u16),
    midnight_ns: i64,
    bits: u64,
    noise: f64,
    second: i64,
    end_second: i64,
    count: u64,
    next: u64,
    ratio: f64,
    slow: f64,
    shed: Option<(f64, u16)>,
    arrivals: Dither,
    failures: Dither,
    refusals: Dither,
    numbers: [u64; 2],
}

impl<'w> OperationStream<'w> {
    fn new(world: &'w World<'_>, service: usize, operation: usize) -> Option<Self> {
        let in_use = world.services.get(service)?.operations.get(operation)?;
        let key = &world.services.get(service)?.key;
        let scenario = world.scenario;
        Some(OperationStream {
            operation: in_use,
            place: (service as u16, operation as u16),
            midnight_ns: world.midnight_ns,
            bits: world.bits(&format!("requests/{key}/{}", in_use.name)),
            noise: scenario.noise.clamp(0.0, 1.0),
            second: scenario.start.ms.div_euclid(1000) - 1,
            end_second: scenario.end.ms.div_euclid(1000),
            count: 0,
            next: 0,
            ratio: 0.0,
            slow: 1.0,
            shed: None,
            arrivals: Dither::new(scenario.noise),
            failures: Dither::new(scenario.noise),
            refusals: Dither::new(scenario.noise),
            numbers: [0, 0],
        })
    }

    /// Goes to the next second that has a request; false at the end.
    fn advance(&mut self) -> bool {
        while self.next >= self.count {
            self.second += 1;
            if self.second >= self.end_second {
                return false;
            }
            let ms = self.second * 1000;
            let bits = mix(self.bits ^ self.second as u64);
            let expected = self.operation.rps * self.operation.curve.traffic(ms);
            self.count = self.arrivals.take(expected * (1.0 + 0.2 * self.noise * bell(bits)), mix(bits));
            self.ratio = self.operation.curve.ratio(ms);
            self.slow = self.operation.curve.slow(ms);
            self.shed = self.operation.curve.shed(ms);
            self.next = 0;
        }
        true
    }

    fn latency_ns(&self, failed: bool, bits: u64) -> i64 {
        let (good, own) = self.operation.latency_ms;
        let median = own.filter(|_| failed).unwrap_or(good * self.slow);
        let micros = median * 1000.0 * (0.35 * bell(bits)).exp();
        (micros.clamp(50.0, 600_000_000.0) as i64) * 1000
    }
}

impl Iterator for OperationStream<'_> {
    type Item = Request;

    fn next(&mut self) -> Option<Request> {
        if !self.advance() {
            return None;
        }
        let nth = self.next;
        self.next += 1;
        let (service, operation) = self.place;
        let id = ((self.second as u64 & 0x3_ffff) << 40)
            | (u64::from(service) << 34)
            | (u64::from(operation) << 30)
            | (nth & 0x3fff_ffff);
        let bits = mix(self.bits ^ mix(id));
        let micros = ((nth as f64 + unit(bits)) / self.count as f64 * 1e6) as i64;
        let refused = self.shed.filter(|(share, _)| self.refusals.take(*share, mix(bits ^ 3)) > 0);
        let failed = refused.is_none() && self.failures.take(self.ratio, mix(bits)) > 0;
        let number = self.numbers.get_mut(usize::from(failed)).map_or(0, |n| {
            *n += 1;
            *n - 1
        });
        let statuses = &self.operation.fail_status;
        let failed_status = statuses.get(number as usize % statuses.len().max(1)).copied().unwrap_or(503);
        Some(Request {
            start_ns: self.midnight_ns + self.second * 1_000_000_000 + micros * 1000,
            // What is turned away is answered at once.
            duration_ns: if refused.is_some() { REFUSAL_NS } else { self.latency_ns(failed, mix(bits ^ 7)) },
            service,
            operation,
            status: match refused {
                Some((_, status)) => status,
                None if failed => failed_status,
                None => self.operation.ok_status,
            },
            failed,
            number,
            id,
        })
    }
}

/// Requests of several services in order of arrival.
pub(super) struct Requests<'w> {
    streams: Vec<OperationStream<'w>>,
    heads: BinaryHeap<Reverse<(Request, usize)>>,
}

impl<'w> Requests<'w> {
    /// Requests of these services and operations (all when `operations` is empty).
    pub fn new(world: &'w World<'_>, services: &[usize], operations: &[String]) -> Requests<'w> {
        let wanted = |name: &String| operations.is_empty() || operations.contains(name);
        let mut streams = Vec::new();
        for &service in services {
            let all = world.services.get(service).map_or(&[][..], |s| &s.operations);
            for (i, _) in all.iter().enumerate().filter(|(_, o)| wanted(&o.name)) {
                streams.extend(OperationStream::new(world, service, i));
            }
        }
        let heads = streams.iter_mut().enumerate().filter_map(|(i, s)| Some(Reverse((s.next()?, i)))).collect();
        Requests { streams, heads }
    }
}

impl Iterator for Requests<'_> {
    type Item = Request;

    fn next(&mut self) -> Option<Request> {
        let Reverse((request, stream)) = self.heads.pop()?;
        if let Some(next) = self.streams.get_mut(stream).and_then(Iterator::next) {
            self.heads.push(Reverse((next, stream)));
        }
        Some(request)
    }
}
