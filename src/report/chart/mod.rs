//! Charts drawn with plotters as SVG, shared by HTML and Markdown.
