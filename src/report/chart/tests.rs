use super::*;
use crate::report::fixture;

fn all() -> Vec<Chart> {
    let incident = fixture::incident();
    [error_curves(&incident), cascade(&incident), requests(&incident)].into_iter().flatten().collect()
}

/// Writes the charts to the folder in `RECOUNT_CHART_DIR`, for looking at.
#[test]
fn charts_can_be_looked_at() {
    let Some(folder) = std::env::var_os("RECOUNT_CHART_DIR").map(std::path::PathBuf::from) else { return };
    let mut page = String::from("<!doctype html><meta charset=utf-8><body style='margin:20px'>");
    for chart in all() {
        std::fs::write(folder.join(chart.name).with_extension("svg"), &chart.svg).unwrap();
        page.push_str(&format!("<h2>{}</h2><p>{}</p>{}", chart.title, chart.description, chart.svg));
    }
    std::fs::write(folder.join("all.html"), page).unwrap();
}
