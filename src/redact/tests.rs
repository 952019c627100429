//! What goes and what stays.

use indexmap::IndexMap;

use super::*;
use crate::report::fixture;

fn redactor(rules: &[(&str, &str)]) -> Redactor {
    let rules = rules.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    Redactor::new(&RedactRules { emails: Some(true), ips: Some(true), rules, ..RedactRules::default() }).unwrap()
}

fn clean(text: &str) -> String {
    redactor(&[]).text(text).into_owned()
}

#[test]
fn secrets_go_and_what_stands_around_them_stays() {
    for (text, expected) in [
        ("password=hunter2 next", "password=[redacted password 1] next"),
        ("DB_PASSWORD: s3cr3t!x, user: kv", "DB_PASSWORD: [redacted password 1], user: kv"),
        (r#"{"api_key": "abc123def", "n": 1}"#, r#"{"api_key": "[redacted token 1]", "n": 1}"#),
        (r#"{\"client_secret\":\"zyx98765\"}"#, r#"{\"client_secret\":\"[redacted password 1]\"}"#),
        ("GET /x?token=abcdef123&page=2", "GET /x?token=[redacted token 1]&page=2"),
        ("Authorization: Bearer abc.def", "Authorization: [redacted authorization 1]"),
        ("curl -H 'Authorization: Basic dXNlcjpwdw==' x", "curl -H 'Authorization: [redacted authorization 1]' x"),
        ("Set-Cookie: sid=a1b2; Path=/", "Set-Cookie: [redacted cookie 1]"),
        ("amqp://guest:pa55@mq:5672/v", "amqp://guest:[redacted password 1]@mq:5672/v"),
        ("mysql --password hunter2 -h db", "mysql --password [redacted password 1] -h db"),
        ("key AKIAIOSFODNN7EXAMPLE used", "key [redacted token 1] used"),
        ("mail ana.q+x@example.org now", "mail [redacted email 1] now"),
        ("from 198.51.100.7:443 to 2001:db8::17", "from [redacted ip 1]:443 to [redacted ip 2]"),
        ("card 4111 1111 1111 1111.", "card [redacted card 1]."),
        ("to DE75 5121 0800 1245 1261 99 ok", "to [redacted iban 1] ok"),
    ] {
        assert_eq!(clean(text), expected, "{text}");
        assert_eq!(clean(&clean(text)), clean(text), "twice: {text}");
    }
}

#[test]
fn what_only_looks_like_a_secret_stays() {
    for text in [
        "Failed password for invalid user webmaster from host port 4242",
        "password: incorrect",
        "token expired, invalid token: signature mismatch",
        "unexpected token: }",
        "Basic authentication is required",
        "cookie: missing in the request",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "v1.2.3.4 of Chrome/120.0.0.0 on 127.0.0.1 and 10.1.2.3.4",
        "at 12:34:56 std::io::Error, cafe::bad",
        "blk_4111111111111111 of 4111111111111112",
        "trace 4bf92f3577b34da6a3ce929d0e0e4736, 1718214720000000000 ns",
        "getty@tty1.service, git@example.org:x/y.git, react@18.2.0",
        "password=<*> token=<*>",
        "token=${TOKEN} password=********",
    ] {
        assert_eq!(clean(text), text);
    }
}

#[test]
fn equal_values_have_equal_numbers_and_are_counted_by_place() {
    let mut redactor = redactor(&[("customer", r"cust-(\d+)")]);
    let texts = ["cust-17 and cust-18", "cust-17"].map(|t| redactor.text(t).into_owned());
    assert_eq!(texts, ["cust-[redacted customer 1] and cust-[redacted customer 2]", "cust-[redacted customer 1]"]);
    assert_eq!(redactor.told(), [Redaction { kind: "customer".into(), values: 2, places: 3 }]);
    let wrong =
        RedactRules { rules: [("x".to_string(), "(".to_string())].into_iter().collect(), ..RedactRules::default() };
    assert!(Redactor::new(&wrong).err().is_some_and(|e| e.to_string().contains("[redact.rules] x")));
}

#[test]
fn a_rule_that_takes_every_text_leaves_an_incident_that_can_be_read() {
    let rules =
        RedactRules { rules: [("all".to_string(), ".+".to_string())].into_iter().collect(), ..RedactRules::default() };
    let incident = fixture::incident();
    let people = People { style: NameStyle::Roles, roles: &IndexMap::new(), directory: &[] };
    let services = incident.rates.services.len();
    let clean = super::incident(incident, &rules, &people).unwrap();
    assert_eq!(clean.rates.services.len(), services);
    assert!(clean.rates.services.iter().all(|s| s.service.starts_with("[redacted all")));
}

#[test]
fn an_excerpt_cut_in_the_middle_of_a_token_shows_none_of_it() {
    let mut redactor = redactor(&[]);
    redactor.excerpts = true;
    let text = format!("{} ghp_ab12CD34", "x".repeat(387));
    assert_eq!(text.len(), 400);
    assert!(redactor.text(&text).ends_with("x [redacted token 1]"));
}
