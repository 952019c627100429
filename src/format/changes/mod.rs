//! Deployments and other changes, platform events.

pub mod argo_cd;
pub mod change_list;
pub mod cloudtrail;
pub mod git_log;
pub mod github_deployments;
pub mod kubernetes_events;
pub mod kubernetes_table;
pub mod kubernetes_yaml;
pub mod service_graph;

use super::Format;

/// Formats of this family, specific before generic.
pub static FORMATS: &[&dyn Format] = &[
    &kubernetes_events::KubernetesEvents,
    &kubernetes_yaml::KubernetesYaml,
    &kubernetes_table::KubernetesTable,
    &argo_cd::ArgoCd,
    &cloudtrail::Cloudtrail,
    &github_deployments::GithubDeployments,
    &git_log::GitLog,
    &service_graph::ServiceGraph,
    &change_list::ChangeList,
];

/// First seven digits of a commit hash, anything else as it is.
fn short(revision: &str) -> &str {
    let hash = revision.len() == 40 && revision.bytes().all(|b| b.is_ascii_hexdigit());
    if hash { revision.get(..7).unwrap_or(revision) } else { revision }
}

/// Whether a text speaks of undoing a change.
fn says_rollback(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["rollback", "roll back", "rolled back", "rolling back", "roll-back"].iter().any(|word| lower.contains(word))
}
