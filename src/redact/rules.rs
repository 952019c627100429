//! What is taken out: built-in rules for secrets, account numbers, e-mail and network addresses.
//!
//! A rule finds candidates by shape and then checks them (Luhn for cards, ISO 7064 for IBANs, the standard
//! library for addresses), so that versions, hashes and ids stay readable.

use std::net::{Ipv4Addr, Ipv6Addr};

use regex::{Captures, Regex};

/// Whether a candidate is what the rule is after. Told the whole text, the candidate and its place.
type Check = fn(&Found<'_>) -> bool;

/// A candidate.
pub(super) struct Found<'t> {
    text: &'t str,
    /// What would be taken out.
    value: &'t str,
    /// Where it begins.
    at: usize,
    /// What stands before it as the rule sees it: key and separator.
    before: &'t str,
}

/// One rule: what it finds is its group `value`, or the whole match.
pub(super) struct Rule {
    pub(super) kind: String,
    pattern: Regex,
    check: Check,
    /// A word without which the rule cannot match, in lower case; empty when there is none.
    needs: &'static [&'static str],
}

impl Rule {
    /// A rule of the user's: everything its pattern matches, or its first group.
    pub(super) fn own(kind: &str, pattern: &str) -> Result<Rule, regex::Error> {
        Ok(Rule { kind: kind.to_string(), pattern: Regex::new(pattern)?, check: |_| true, needs: &[] })
    }

    fn new(kind: &str, pattern: &str, check: Check, needs: &'static [&'static str]) -> Result<Rule, regex::Error> {
        Ok(Rule { kind: kind.to_string(), pattern: Regex::new(pattern)?, check, needs })
    }

    /// Ranges of `text` to take out. `lower` is the same text in lower case.
    pub(super) fn find(&self, text: &str, lower: &str, out: &mut Vec<(usize, usize)>) {
        if !self.needs.is_empty() && !self.needs.iter().any(|word| lower.contains(word)) {
            return;
        }
        for found in self.pattern.captures_iter(text) {
            let Some((whole, value)) = whole_and_value(&found) else { continue };
            let before = text.get(whole.0..value.0).unwrap_or_default();
            let told = Found { text, value: text.get(value.0..value.1).unwrap_or_default(), at: value.0, before };
            if value.0 < value.1 && (self.check)(&told) {
                out.push(value);
            }
        }
    }
}

/// A range of bytes.
type Range = (usize, usize);

fn whole_and_value(found: &Captures<'_>) -> Option<(Range, Range)> {
    let whole = found.get(0)?;
    let value = found.name("value").or_else(|| found.get(1)).unwrap_or(whole);
    Some(((whole.start(), whole.end()), (value.start(), value.end())))
}

/// Keys whose value is a password, and keys whose value is some other secret.
const PASSWORD_KEYS: &str = r"password|passwd|passphrase|passcode|pwd|secret|credentials?";
const TOKEN_KEYS: &str = r"api[_-]?key|apikey|access[_-]?key(?:[_-]?id)?|account[_-]?key|auth[_-]?key|private[_-]?key|signing[_-]?key|secret[_-]?(?:access[_-]?)?key|client[_-]?secret|(?:auth|access|refresh|id|bearer|session|csrf|xsrf|api|security)[_-]?token|token|sig|signature|x-amz-signature";
/// Between a key and its value, quotes of JSON inside JSON too.
const SEPARATOR: &str = r#"\\*["']?\s*(?:=>|[:=])\s*\\*["']?"#;
const VALUE: &str = r#"(?P<value>[^\s"'\\&,;<>(){}\[\]]{3,})"#;

/// Tokens that their makers give a shape of their own.
const SHAPED: &str = concat!(
    r"\b(?:(?:AKIA|ASIA|AGPA|AIDA|AROA|ANPA)[A-Z0-9]{16}\b|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}",
    r"|gl(?:pat|dt|rt|cbt)-[A-Za-z0-9_-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{20,}",
    r"|(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{20,}|AIza[0-9A-Za-z_-]{35}",
    r"|ya29\.[0-9A-Za-z_-]{20,}|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{50,}|dckr_pat_[A-Za-z0-9_-]{20,}",
    r"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|hv[sb]\.[A-Za-z0-9_-]{20,}|do[opr]_v1_[a-f0-9]{64}",
    r"|\d{8,10}:AA[A-Za-z0-9_-]{33}|AGE-SECRET-KEY-1[A-Z0-9]{50,}|key-[0-9a-f]{32}\b)"
);

/// Secrets: always taken out.
pub(super) fn secrets() -> Result<Vec<Rule>, regex::Error> {
    let any: Check = |_| true;
    let key = |kind: &str, keys: &str, check: Check, needs| {
        Rule::new(kind, &format!(r"(?i)(?:^|[^a-z0-9])(?:[a-z0-9]+[_.-])*(?:{keys}){SEPARATOR}{VALUE}"), check, needs)
    };
    Ok(vec![
        Rule::new(
            "private_key",
            r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)",
            any,
            &["private key"],
        )?,
        Rule::new("private_key", r"(?m)^\s*(?P<value>[A-Za-z0-9+/]{60,}={0,2})\s*$", key_material, &[])?,
        Rule::new("jwt", r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?", any, &["eyj"])?,
        Rule::new(
            "authorization",
            r#"(?i)\bauthorization\\*["']?\s*[:=]\s*\\*["']?(?P<value>(?:(?:basic|bearer|token|digest|negotiate|apikey|aws4-hmac-sha256)\s+)?[^\s"'\\][^"'\\\r\n]*)"#,
            authorizes,
            &["authorization"],
        )?,
        Rule::new(
            "authorization",
            r"(?i)\b(?:bearer|basic)\s+(?P<value>[A-Za-z0-9._~+/-]{12,}=*)",
            mixed,
            &["bearer", "basic"],
        )?,
        Rule::new(
            "cookie",
            r#"(?i)\b(?:set-)?cookie\\*["']?\s*[:=]\s*\\*["']?(?P<value>[^\s=;"'\\]+=[^"'\\\r\n]*)"#,
            any,
            &["cookie"],
        )?,
        Rule::new("password", r#"[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@"'<>]*:(?P<value>[^\s/"'<>]+)@"#, any, &["://"])?,
        Rule::new("token", r#"[A-Za-z][A-Za-z0-9+.-]*://(?P<value>[^\s/:@"'<>]{20,})@"#, any, &["://"])?,
        Rule::new("token", r"https://hooks\.[a-z0-9.]+/(?P<value>[A-Za-z0-9/_-]{20,})", any, &["https://hooks."])?,
        Rule::new("token", SHAPED, any, &[])?,
        key("password", PASSWORD_KEYS, password_value, &["pass", "pwd", "secret", "credential"])?,
        key("token", TOKEN_KEYS, token_value, &["key", "token", "secret", "sig"])?,
        Rule::new(
            "password",
            r"(?i)--(?:password|passwd|passphrase|token|secret|api-key|access-token|auth-token)\s+(?P<value>[^\s-]\S{2,})",
            any,
            &["--"],
        )?,
    ])
}

/// Account numbers: cards and IBANs.
pub(super) fn accounts() -> Result<Vec<Rule>, regex::Error> {
    let iban = r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b";
    Ok(vec![Rule::new("iban", iban, is_iban, &[])?, Rule::new("card", r"\d(?:[ -]?\d){12,18}", is_card, &[])?])
}

/// E-mail addresses.
pub(super) fn emails() -> Result<Vec<Rule>, regex::Error> {
    let pattern = r"[A-Za-z0-9._%+'~-]*[A-Za-z0-9_+~-](?:@|%40)(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}";
    Ok(vec![Rule::new("email", pattern, is_email, &["@", "%40"])?])
}

/// Network addresses.
pub(super) fn ips() -> Result<Vec<Rule>, regex::Error> {
    Ok(vec![
        Rule::new("ip", r"\d{1,3}(?:\.\d{1,3}){3}", is_ipv4, &["."])?,
        Rule::new("ip", r"[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:]*(?:\d{1,3}(?:\.\d{1,3}){3})?", is_ipv6, &[":"])?,
    ])
}

/// Words that stand where a secret would, and are none.
const NO_SECRETS: &[&str] = &[
    "none",
    "null",
    "nil",
    "true",
    "false",
    "yes",
    "no",
    "empty",
    "unset",
    "missing",
    "required",
    "invalid",
    "incorrect",
    "wrong",
    "expired",
    "expires",
    "changed",
    "reset",
    "the",
    "for",
    "and",
    "not",
    "must",
    "too",
    "file",
    "env",
    "unknown",
    "undefined",
    "redacted",
    "masked",
    "hidden",
    "was",
    "has",
    "rejected",
    "failed",
    "error",
    "accepted",
    "verified",
    "rotated",
    "revoked",
    "denied",
    "valid",
    "ok",
    "bad",
    "mismatch",
    "check",
    "auth",
    "login",
    "from",
];

fn is_placeholder(value: &str) -> bool {
    let mut letters = value.chars();
    let first = letters.next();
    matches!(first, Some('*' | 'x' | 'X' | '.' | '-' | '#' | '$' | '%')) && letters.all(|c| Some(c) == first)
        || value.starts_with("${")
        || value.starts_with("$(")
}

fn is_word(value: &str) -> bool {
    let plain = value.trim_end_matches(['.', '!', '?', ':']).to_lowercase();
    NO_SECRETS.contains(&plain.as_str()) || is_placeholder(value)
}

/// Whether a value stands bare after a colon and a blank, as words of a sentence do.
fn loose(found: &Found<'_>) -> bool {
    found.before.ends_with(' ') && !found.before.contains('=')
}

fn has(value: &str, what: fn(char) -> bool) -> bool {
    value.chars().any(what)
}

fn password_value(found: &Found<'_>) -> bool {
    !is_word(found.value)
}

fn token_value(found: &Found<'_>) -> bool {
    let value = found.value;
    let (digit, letter) = (has(value, |c| c.is_ascii_digit()), has(value, |c| c.is_ascii_alphabetic()));
    let length = value.chars().count();
    let weak = found.before.to_lowercase().contains("sig");
    match loose(found) || weak {
        true => length >= 20 || (!weak && digit && letter && length >= 8),
        false => !is_word(value) && (length >= 6 || digit),
    }
}

/// A word of letters alone is a word: "Basic authentication", "bearer of bad news".
fn mixed(found: &Found<'_>) -> bool {
    has(found.value, |c| c.is_ascii_digit() || c == '=')
        || (has(found.value, |c| c.is_ascii_uppercase())
            && has(found.value.get(1..).unwrap_or(""), |c| c.is_ascii_uppercase()))
}

fn authorizes(found: &Found<'_>) -> bool {
    let first = found.value.split_whitespace().next().unwrap_or_default();
    let alone = !found.value.trim().contains(' ');
    let scheme = ["basic", "bearer", "token", "digest", "negotiate", "apikey", "aws4-hmac-sha256"];
    scheme.contains(&first.to_lowercase().as_str()) || (alone && !is_word(first) && first.len() >= 8)
}

/// Base64 of a key has capitals, small letters and digits; hex has not.
fn key_material(found: &Found<'_>) -> bool {
    let value = found.value;
    has(value, |c| c.is_ascii_uppercase())
        && has(value, |c| matches!(c, 'g'..='z'))
        && has(value, |c| c.is_ascii_digit())
}

/// The character before and the one after the candidate.
fn around(found: &Found<'_>) -> (Option<char>, Option<char>) {
    let after = found.text.get(found.at + found.value.len()..).and_then(|rest| rest.chars().next());
    (found.text.get(..found.at).and_then(|head| head.chars().next_back()), after)
}

/// Issuer prefixes with the lengths they use (ISO/IEC 7812), then the check digit of Luhn.
fn is_card(found: &Found<'_>) -> bool {
    let joins =
        |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | ':' | '/'));
    let (before, after) = around(found);
    let dot = after == Some('.')
        && !found
            .text
            .get(found.at + found.value.len() + 1..)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if joins(before) && before != Some(':') || (joins(after) && !dot) {
        return false;
    }
    let digits: Vec<u32> = found.value.chars().filter_map(|c| c.to_digit(10)).collect();
    let head = |n: usize| digits.iter().take(n).fold(0, |sum, d| sum * 10 + d);
    let issued = match digits.len() {
        13 => head(1) == 4,
        14 => matches!(head(2), 36 | 38) || matches!(head(3), 300..=305),
        15 => matches!(head(2), 34 | 37),
        16 => {
            head(1) == 4
                || matches!(head(2), 51..=55 | 62 | 65)
                || matches!(head(3), 644..=649)
                || matches!(head(4), 2221..=2720 | 3528..=3589 | 6011)
        }
        19 => matches!(head(2), 40..=49 | 62),
        _ => false,
    };
    let doubled = |(place, digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => *digit,
        (_, twice) => twice / 10 + twice % 10,
    };
    issued && digits.iter().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

/// Check digits of ISO 13616: the rest of the division by 97 is 1.
fn is_iban(found: &Found<'_>) -> bool {
    let plain: Vec<char> = found.value.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let turned = plain.iter().skip(4).chain(plain.iter().take(4));
    let rest = turned.filter_map(|c| c.to_digit(36)).fold(0_u64, |rest, value| match value {
        0..=9 => (rest * 10 + u64::from(value)) % 97,
        _ => (rest * 100 + u64::from(value)) % 97,
    });
    (15..=34).contains(&plain.len()) && rest == 1
}

/// Endings of systemd units and of remotes of version control, which look like addresses.
fn is_email(found: &Found<'_>) -> bool {
    const UNITS: &[&str] =
        &["service", "socket", "timer", "mount", "slice", "target", "scope", "path", "device", "swap"];
    let lower = found.value.to_lowercase();
    !lower.starts_with("git@") && !UNITS.contains(&lower.rsplit('.').next().unwrap_or_default())
}

/// Not part of a longer number, of a version (`Name/1.2.3.4`, `v1.2.3.4`), and not the machine itself.
fn is_ipv4(found: &Found<'_>) -> bool {
    let (before, after) = around(found);
    let joined = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let head = found.text.get(..found.at).unwrap_or_default();
    let product = head.ends_with('/')
        && head.trim_end_matches('/').ends_with(|c: char| c.is_ascii_alphabetic())
        && !head.ends_with("//");
    let more = after == Some('.')
        && found
            .text
            .get(found.at + found.value.len() + 1..)
            .is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()));
    let Ok(address) = found.value.parse::<Ipv4Addr>() else { return false };
    !joined(before)
        && before != Some('.')
        && !joined(after)
        && !more
        && !product
        && !address.is_loopback()
        && !address.is_unspecified()
}

fn is_ipv6(found: &Found<'_>) -> bool {
    let (before, after) = around(found);
    let joined = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let groups = found.value.split(':').filter(|part| !part.is_empty()).count();
    let Ok(address) = found.value.parse::<Ipv6Addr>() else { return false };
    !joined(before)
        && !joined(after)
        && groups >= 3
        && has(found.value, |c| c.is_ascii_digit())
        && !address.is_loopback()
}
