//! Series titles of the form `name{label="value"}` taken apart.

/// Name and labels of a title; a title without braces is all name.
pub(super) fn split(title: &str) -> (String, Vec<(String, String)>) {
    let title = title.trim();
    let parts = title.find('{').and_then(|at| Some((title.get(..at)?, title.get(at + 1..)?.strip_suffix('}')?)));
    let Some((name, inner)) = parts else { return (title.to_string(), Vec::new()) };
    let Some(mut labels) = labels(inner) else { return (title.to_string(), Vec::new()) };
    let mut name = name.trim().to_string();
    if name.is_empty() {
        match labels.iter().position(|(key, _)| key == "__name__") {
            Some(at) => name = labels.remove(at).1,
            // Nothing else names it: the title itself is what a person knows it by.
            None => name = title.to_string(),
        }
    }
    (name, labels)
}

/// `a="b", c="d"`; `None` when it is anything else.
fn labels(inner: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut rest = inner.trim();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
        let quoted = after.trim_start().strip_prefix('"')?;
        let mut value = String::new();
        let mut chars = quoted.char_indices();
        let end = loop {
            match chars.next()? {
                (_, '\\') => value.push(chars.next()?.1),
                (at, '"') => break at,
                (_, c) => value.push(c),
            }
        };
        found.push((key.trim().to_string(), value));
        rest = quoted.get(end + 1..)?.trim_start().trim_start_matches(',').trim_start();
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_split_into_name_and_labels() {
        let pair = |k: &str, v: &str| (k.to_string(), v.to_string());
        assert_eq!(split(r#"rate {a="b", c="x\"y"}"#), ("rate".to_string(), vec![pair("a", "b"), pair("c", "x\"y")]));
        assert_eq!(split(r#"{__name__="up", job="kv"}"#), ("up".to_string(), vec![pair("job", "kv")]));
        assert_eq!(split("errors {odd"), ("errors {odd".to_string(), vec![]));
        assert_eq!(split("kv errors"), ("kv errors".to_string(), vec![]));
    }
}
