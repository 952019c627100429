//! Links to chat messages as witnesses of a document's zone.
//!
//! A Slack permalink holds the epoch of its message. Where the text gives no zone, the whole-hour
//! offset at which most linked messages fall on clock times of the text is noted for the `clock`
//! stage; a tie says nothing (measured on public reports: shared event catalogue §0).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::times;
use super::zones::Zone;

static LINK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"/archives/[CDG][A-Z0-9]{6,}/p(?P<s>1\d{9})\d{6}\b").ok());

/// Nanoseconds in a minute.
const MINUTE_NS: i64 = 60 * 1_000_000_000;

/// The offset that explains most links of `text`, with the byte of the first link it explains.
pub(super) fn zone(text: &str) -> Option<(Zone, usize)> {
    let links: Vec<(i64, usize)> = LINK
        .as_ref()?
        .captures_iter(text)
        .filter_map(|c| Some((c.name("s")?.as_str().parse::<i64>().ok()?, c.get(0)?.start())))
        .collect();
    if links.is_empty() {
        return None;
    }
    let minutes: BTreeSet<i64> = times::clocks(text).iter().map(|t| t.clock_ns / MINUTE_NS).collect();
    // The very minute counts twice: a clock time rounded up to the next one may be chance.
    let fit = |offset: i64, epoch: i64| {
        let local = (epoch / 60 + offset * 60).rem_euclid(1440);
        match minutes.contains(&local) {
            true => 2,
            false => usize::from(minutes.contains(&((local + 1) % 1440))),
        }
    };
    let votes: Vec<(usize, i64)> =
        (-12..=14).map(|o| (links.iter().map(|(epoch, _)| fit(o, *epoch)).sum(), o)).collect();
    let best = votes.iter().map(|v| v.0).max().filter(|n| *n > 0)?;
    let mut winners = votes.iter().filter(|v| v.0 == best);
    let (_, offset) = winners.next()?;
    let first = links.iter().find(|(epoch, _)| fit(*offset, *epoch) > 0)?.1;
    winners.next().is_none().then_some((Zone::Offset((offset * 3600) as i32), first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linked_message_tells_the_zone_of_the_clock_beside_it() {
        let text = "- 10:01 [thread](https://x.slack.com/archives/C0AAAAAAA/p1938070873000100)\n- 10:30 done";
        let epoch = 1_938_070_873_i64;
        let offset = 10 - epoch.rem_euclid(86_400) / 3600;
        assert_eq!(zone(text).map(|z| z.0), Some(Zone::Offset((offset * 3600) as i32)));
        let later = text.replace("10:30 done", "14:02 done");
        assert_eq!(zone(&later), zone(text), "14:02 is only nearly the time of the link");
        assert_eq!(zone("10:01 and nothing else"), None);
    }
}
