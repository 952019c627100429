//! Simulate.
/// x
pub struct Scenario;
/// x
#[derive(Default)]
pub struct Options {
    /// x
    pub size: u8,
    /// x
    pub seed: Option<u64>,
    /// x
    pub shift_days: i64,
}
impl Scenario {
    /// x
    pub fn parse(_: &str, _: &str) -> crate::error::Result<Scenario> {
        Ok(Scenario)
    }
}
/// x
pub fn write(_: &Scenario, _: &Options, _: &std::path::Path) -> crate::error::Result<()> {
    Ok(())
}
