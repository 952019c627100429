//! The text of a piece of HTML, as chat platforms and status feeds put it into their fields.

use scraper::{Html, Node};

/// Elements that begin a new line.
const BREAKING: &[&str] = &["p", "div", "br", "li", "ul", "ol", "tr", "h1", "h2", "h3", "blockquote", "pre", "small"];

/// The text without its tags; block elements begin lines, blanks are collapsed, blank lines are left out.
pub(crate) fn html_text(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.trim().to_string();
    }
    let page = Html::parse_fragment(&html.replace("</p>", "</p><br>").replace("</div>", "</div><br>"));
    let mut out = String::new();
    for node in page.tree.nodes() {
        match node.value() {
            Node::Text(text) => out.push_str(&text.replace(['\n', '\r'], " ")),
            Node::Element(element) if BREAKING.contains(&element.name()) => out.push('\n'),
            _ => {}
        }
    }
    let lines = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_blocks_begin_lines() {
        assert_eq!(html_text("<p>A &amp; <b>B</b></p><p>C<br/>D</p>"), "A & B\nC\nD");
        assert_eq!(html_text(" plain "), "plain");
    }
}
