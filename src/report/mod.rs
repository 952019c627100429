//! Report.
pub mod chart;
use crate::model::*;
/// x
pub fn write(
    _: &Incident,
    _: &Audit,
    _: Option<&std::path::Path>,
    _: &std::path::Path,
    _: bool,
) -> crate::error::Result<()> {
    Ok(())
}
/// x
pub fn summary(_: &Incident, _: &std::path::Path) -> String {
    String::new()
}
/// x
pub fn write_comparison(_: &Comparison, _: &std::path::Path, _: bool) -> crate::error::Result<()> {
    Ok(())
}
/// x
pub fn comparison_summary(_: &Comparison, _: &std::path::Path) -> String {
    String::new()
}
