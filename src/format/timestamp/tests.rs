//! One line for every shape of stamp the formats write.

use super::*;

const S: i64 = 1_000_000_000;
/// 2025-06-12T17:52:03Z.
const T: i64 = 1_749_750_723 * S;
const MS410: i64 = 410_000_000;

fn kind_of(text: &str) -> (ClockKind, i64, Precision) {
    let t = whole(text).unwrap_or_else(|| panic!("no stamp in {text:?}"));
    (t.kind, t.key_ns(), t.precision)
}

#[test]
fn stamps_with_an_offset_are_instants() {
    use Precision::*;
    for (text, ns, precision) in [
        ("2025-06-12T17:52:03.410Z", T + MS410, Milli),
        ("2025-06-12 17:52:03.410Z", T + MS410, Milli),
        ("2025-06-12t17:52:03z", T, Second),
        ("2025-06-12T19:52:03.410+0200", T + MS410, Milli),
        ("2025-06-12T19:52:03+02", T, Second),
        ("2025-06-12T14:22:03-03:30", T, Second),
        ("2025-06-12T17:52:03,410Z", T + MS410, Milli),
        ("2025-06-12T17:52:03,410+0000", T + MS410, Milli),
        ("2025-06-12T17:52Z", T - 3 * S, Minute),
        ("2025-06-12T17Z", T - (52 * 60 + 3) * S, Hour),
        ("2025-06-11T24:00:00Z", 1_749_686_400 * S, Second),
        ("2025-06-11T24:00Z", 1_749_686_400 * S, Minute),
        ("2025-06-12T19:52:03+02:00[Europe/Paris]", T, Second),
        ("20250612T175203Z", T, Second),
        ("20250612T1755Z", T + (3 * 60 - 3) * S, Minute),
        ("20250612T195203.410+0200", T + MS410, Milli),
        ("2025-06-12T17:52:03.4100000Z", T + MS410, Nano),
        ("2025-06-12T17:52:03.410003121Z", T + 410_003_121, Nano),
        ("2025-06-12T17:52:03.410003121987Z", T + 410_003_121, Nano),
        ("2025-06-12T17:52:03.410211Z", T + 410_211_000, Micro),
        ("12/Jun/2025:17:52:03 +0000", T, Second),
        ("12/Jun/2025:19:52:03 +0200", T, Second),
        ("Thu, 12 Jun 2025 17:52:03 +0000", T, Second),
        ("Thu, 12 Jun 2025 17:52:03 +0000 (UTC)", T, Second),
        ("Thu, 12 Jun 2025 17:52:03 GMT", T, Second),
        ("2025-06-12 17:52:03 (UTC)", T, Second),
        ("2025-06-12 19:52:03 [CEST]", T, Second),
        ("2025-06-12 19:52:03 (UTC+2)", T, Second),
        ("2025-06-12 14:52:03 GMT-03:00", T, Second),
        ("2025-06-13 01:52:03 SGT", T, Second),
        ("2025-06-12T17:52:03.410Z[UTC]", T + MS410, Milli),
        ("12 Jun 2025 17:52:03 GMT", T, Second),
        ("Thu Jun 12 17:52:03 UTC 2025", T, Second),
        ("Thu Jun 12 19:52:03 CEST 2025", T, Second),
        ("Thu 2025-06-12 17:52:03 UTC", T, Second),
        ("2025-06-12 19:52:03.410 CEST", T + MS410, Milli),
        ("2025-06-12 17:52:03.000 GMT", T, Milli),
        ("2025-06-12 19:52:03 UTC+2", T, Second),
        ("2025-06-12 17:52:03 +0000 UTC", T, Second),
        ("6/12/2025 5:52:03 PM +00:00", T, Second),
        ("June 12, 2025 at 5:52 PM UTC", T - 3 * S, Minute),
    ] {
        assert_eq!(kind_of(text), (ClockKind::Zoned, ns, precision), "{text}");
    }
}

#[test]
fn stamps_without_an_offset_stay_without() {
    use Precision::*;
    for (text, ns, precision) in [
        ("2025-06-12 17:52:03,410", T + MS410, Milli),
        ("2025-06-12 17:52:03.410", T + MS410, Milli),
        ("2025-06-12 17:52:03:410", T + MS410, Milli),
        ("2025/06/12 17:52:03", T, Second),
        ("2025/06/12 - 17:52:03", T, Second),
        ("12-Jun-2025 17:52:03.410", T + MS410, Milli),
        ("12-Jun-2025::17:52:03", T, Second),
        ("12/Jun/2025:17:52:03.410", T + MS410, Milli),
        ("12/Jun/2025 17:52:03", T, Second),
        ("12 Jun 2025 17:52:03.410", T + MS410, Milli),
        ("Thu Jun 12 17:52:03 2025", T, Second),
        ("Thu Jun 12 17:52:03.410211 2025", T + 410_211_000, Micro),
        ("Jun 12, 2025 @ 17:52:03.410", T + MS410, Milli),
        ("Jun 12, 2025 5:52:03 PM", T, Second),
        ("6/12/2025, 5:52:03\u{202f}PM", T, Second),
        ("12.06.2025 17:52:03", T, Second),
        ("2025. 6. 12. 오후 5:52:03", T, Second),
        ("2025/06/12 下午5:52:03", T, Second),
        ("2025-06-12 13:52:03 EST5EDT", T - 4 * 3600 * S, Second),
        ("2025-06-12 13:52:03 (EST)", T - 4 * 3600 * S, Second),
        ("25/06/12 17:52:03", T, Second),
        ("250612 17:52:03", T, Second),
        ("250612 175203", T, Second),
        ("20250612 17:52:03", T, Second),
        ("20250612175203", T, Second),
        ("202506121752", T - 3 * S, Minute),
        ("20250612175203410", T + MS410, Milli),
        ("2025-06-12 17:52", T - 3 * S, Minute),
        ("2025-06-12", 1_749_686_400 * S, Day),
        ("2025-06-12 13:52 EST", 1_749_736_320 * S, Minute),
        ("12 Jun 2025 13:52 EST", 1_749_736_320 * S, Minute),
        ("2025-06-12 17:52:03 IST", T, Second),
    ] {
        assert_eq!(kind_of(text), (ClockKind::Naive, ns, precision), "{text}");
    }
}

#[test]
fn stamps_without_a_year_are_kept_in_the_leap_year_1972() {
    use Precision::*;
    let at_1972 = 77_219_523 * S;
    for (text, ns, precision) in [
        ("Jun 12 17:52:03", at_1972, Second),
        ("Jun 12 17:52:03.410", at_1972 + MS410, Milli),
        ("06-12 17:52:03.410", at_1972 + MS410, Milli),
        ("0612 17:52:03.4", at_1972 + 400_000_000, Milli),
        ("12 Jun 17:52:03", at_1972, Second),
        ("Jun 12 17:52 UTC", at_1972 - 3 * S, Minute),
    ] {
        assert_eq!(kind_of(text), (ClockKind::YearLess, ns, precision), "{text}");
    }
    assert_eq!(kind_of("Feb 29 10:00:00").0, ClockKind::YearLess);
    assert_eq!(kind_of("Jan  1 00:00:02"), (ClockKind::YearLess, 63_072_002 * S, Second));
}

#[test]
fn times_of_day_have_no_date() {
    use Precision::*;
    let t = 64_323 * S;
    for (text, kind, ns, precision) in [
        ("17:52:03", ClockKind::TimeOnly, t, Second),
        ("17:52", ClockKind::TimeOnly, t - 3 * S, Minute),
        ("5:52pm ET", ClockKind::TimeOnly, t - 3 * S, Minute),
        ("11pm", ClockKind::TimeOnly, 82_800 * S, Hour),
        ("12:05 a.m.", ClockKind::TimeOnly, 300 * S, Minute),
        ("17:52 UTC", ClockKind::TimeOnlyZoned, t - 3 * S, Minute),
        ("17:52Z", ClockKind::TimeOnlyZoned, t - 3 * S, Minute),
        ("00:30 CEST", ClockKind::TimeOnlyZoned, 81_000 * S, Minute),
    ] {
        assert_eq!(kind_of(text), (kind, ns, precision), "{text}");
    }
}

#[test]
fn epochs_are_told_apart_by_their_size() {
    use Precision::*;
    for (text, ns, precision) in [
        ("1749750723", T, Second),
        ("1749750723.410", T + MS410, Milli),
        ("1749750723410", T + MS410, Milli),
        ("1749750723410.2", T + 410_200_000, Micro),
        ("1749750723410211", T + 410_211_000, Micro),
        ("1749750723410000200", T + 410_000_200, Nano),
    ] {
        assert_eq!(kind_of(text), (ClockKind::Zoned, ns, precision), "{text}");
    }
    assert_eq!(epoch_f64(1_749_750_723.41).map(|t| (t.wall_ns, t.precision)), Some((T + MS410, Milli)));
    assert_eq!(epoch_f64(1_749_750_723_410.2).map(|t| t.wall_ns), Some(T + 410_200_000));
    assert_eq!(epoch_int(1_749_750_723_410_000_200).map(|t| t.wall_ns), Some(T + 410_000_200));
    assert_eq!(epoch_int(20_250_612_175_203).map(|t| (t.kind, t.wall_ns)), Some((ClockKind::Naive, T)));
    for none in ["45820.7", "0", "99999999", "133942243234100000", "638853475234100000", "1749750723.x", "-1"] {
        assert_eq!(whole(none), None, "{none}");
    }
    assert_eq!((epoch_f64(f64::NAN), epoch_f64(-1.7e9), epoch_int(u64::MAX)), (None, None, None));
}

#[test]
fn a_comma_before_an_address_is_no_fraction() {
    assert_eq!(prefix("04:39:56,192.168.0.2").map(|(t, n)| (t.wall_ns, n)), Some((16_796 * S, 8)));
    assert_eq!(prefix("2025-06-12 17:52:03,123 x").map(|(t, n)| (t.wall_ns, n)), Some((T + 123_000_000, 23)));
    assert_eq!(prefix("2025-06-12 17:52:03,503,12").map(|(t, n)| (t.wall_ns, n)), Some((T, 19)));
}

#[test]
fn a_leap_second_is_the_last_instant_before_it() {
    assert_eq!(whole("2016-12-31T23:59:60Z").map(|t| t.wall_ns), Some(1_483_228_800 * S - 1));
    assert_eq!(whole("2016-12-31T23:59:61Z"), None);
}

#[test]
fn what_could_mean_two_days_gives_none() {
    for text in ["06/12/2025 17:52:03", "12/06/25 17:52:03", "25/06/26 17:52:03"] {
        assert_eq!(prefix(text), None, "{text}");
    }
    assert_eq!(whole_in_order("06/12/2025 17:52:03", DateOrder::MonthFirst).map(|t| t.wall_ns), Some(T));
    assert_eq!(whole_in_order("12/06/2025 17:52:03", DateOrder::DayFirst).map(|t| t.wall_ns), Some(T));
    assert_eq!(whole_in_order("25/06/12 17:52:03", DateOrder::YearFirst).map(|t| t.wall_ns), Some(T));
    assert_eq!(whole("13/06/2025 17:52:03").map(|t| t.wall_ns), Some(T + 86_400 * S));
}

#[test]
fn what_is_no_stamp_is_refused() {
    for text in [
        "",
        "x",
        "2025-13-12T17:52:03Z",
        "2025-02-30 10:00:00",
        "2025-06-12T25:00:00Z",
        "2025-06-12T17:61:00Z",
        "2025-06-12T17:52:03+99:00",
        "10:20:30:40:50:60",
        "17:52.5.1",
        "0001-01-01T00:00:00Z",
        "12 monkeys",
        "May be later",
        "1234 56",
        "2025-06-12-17",
        "Monday morning",
        "17:5",
        "192.168.0.2",
        "10.0.0.1:80",
    ] {
        assert_eq!(prefix(text), None, "{text}");
    }
}

#[test]
fn a_range_is_not_an_offset() {
    assert_eq!(prefix("17:52-18:05").map(|(t, n)| (t.kind, n)), Some((ClockKind::TimeOnly, 5)));
    assert_eq!(prefix("2025-06-12 04:10-05:30").map(|(t, n)| (t.kind, n)), Some((ClockKind::Naive, 16)));
}

#[test]
fn the_label_behind_a_stamp_is_exposed() {
    assert_eq!(zone_label("2025-06-12 13:52:03 EST [88] ERROR"), Some("EST"));
    assert_eq!(zone_label("2025-06-12T19:52:03+02:00[Europe/Paris] x"), Some("Europe/Paris"));
    assert_eq!(zone_label("5:52pm ET"), Some("ET"));
    assert_eq!(zone_label("2025-06-12T17:52:03Z"), None);
    assert_eq!(zone_label("2025-06-12 13:52:03 EST5EDT x"), Some("EST5EDT"));
    assert_eq!(zone_label("2025-06-12 13:52:03 (EST) x"), Some("EST"));
    assert_eq!(zone_label("Jun 12 19:52:03 +0200 x"), Some("+0200"));
    assert_eq!(zone_label("Jun 12 17:52 UTC"), Some("UTC"));
    assert_eq!(zone_label("2025-06-12T19:52:03[Europe/Paris] x"), Some("Europe/Paris"));
    assert_eq!(label_offsets("IST"), &[19_800, 3_600, 7_200]);
    assert_eq!(label_offsets("CEST"), &[7_200]);
    assert_eq!(label_offsets("XYZ"), &[] as &[i32]);
}

#[test]
fn the_text_behind_a_stamp_is_left_alone() {
    for (text, rest) in [
        ("2025-06-12 17:52:03,410 ERROR x", " ERROR x"),
        ("2025-06-12T17:52:03.410Z stderr F x", " stderr F x"),
        ("Jun 12 17:52:03 edge7 kvgw[211]: x", " edge7 kvgw[211]: x"),
        ("2025-06-12 17:52:03 - kv - ERROR", " - kv - ERROR"),
        ("12/Jun/2025:17:52:03 +0000] \"GET", "] \"GET"),
        ("2025-06-12 17:52:03][WARN ]", "][WARN ]"),
        ("2025-06-12 17:52:03 -1 left", " -1 left"),
        ("2025-06-12 17:52:03 [main] x", " [main] x"),
        ("2025-06-12 17:52:03 [ACT] x", " [ACT] x"),
        ("2025-06-12 17:52:03 (EST2) x", " (EST2) x"),
    ] {
        assert_eq!(prefix(text).map(|(_, n)| &text[n..]), Some(rest), "{text}");
    }
}

#[test]
fn no_text_makes_the_reader_panic() {
    let seed = "2025-06-12T17:52:03.410+02:00[Europe/Paris] Thu, 12 Jun 2025 5:52 PM UTC+2 é\u{202f}";
    for start in (0..seed.len()).filter(|i| seed.is_char_boundary(*i)) {
        for end in (start..=seed.len()).filter(|i| seed.is_char_boundary(*i)) {
            let _ = (prefix(&seed[start..end]), whole(&seed[start..end]), zone_label(&seed[start..end]));
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_instant_survives_being_written(seconds in 0i64..7_000_000_000, ns in 0u32..1_000_000_000, hours in -14i32..=14) {
        let at = chrono::DateTime::from_timestamp(seconds, ns).unwrap();
        let zone = chrono::FixedOffset::east_opt(hours * 3600).unwrap();
        let written = at.with_timezone(&zone).to_rfc3339_opts(chrono::SecondsFormat::Nanos, true);
        let local_year = chrono::Datelike::year(&at.with_timezone(&zone));
        proptest::prop_assume!((1970..2200).contains(&local_year));
        let read = whole(&written).unwrap();
        proptest::prop_assert_eq!((read.key_ns(), read.offset_s), (seconds * S + i64::from(ns), hours * 3600));
    }

    #[test]
    fn no_bytes_make_the_reader_panic(text in "\\PC{0,40}") {
        let _ = (prefix(&text), whole(&text), zone_label(&text));
    }
}
