//! Word lists of the prose readers: data, not rules.

/// Words that begin sentences or name things in general; never a product's name by themselves (lower case).
#[rustfmt::skip]
pub(super) const COMMON: &[&str] = &[
    "a", "about", "above", "across", "additionally", "affected", "after", "again", "all", "also", "although",
    "among", "an", "and", "another", "any", "approximately", "around", "as", "at", "because", "before", "behind",
    "being", "below", "between", "both", "but", "by", "can", "clients", "consequently", "could", "customer",
    "customers", "despite", "did", "do", "does", "due", "during", "each", "either", "engineers", "engineering",
    "even", "every", "everything", "existing", "failed", "few", "finally", "first", "following", "for", "from",
    "full", "fully", "further", "furthermore", "gradually", "had", "has", "have", "he", "hence", "her", "here",
    "his", "how", "however", "i", "if", "impact", "in", "incident", "initially", "instead", "into", "it", "its",
    "just", "largely", "last", "later", "like", "many", "meanwhile", "more", "moreover", "most", "mostly",
    "neither", "new", "next", "no", "none", "nor", "not", "nothing", "now", "of", "on", "once", "one", "only",
    "operational", "or", "other", "others", "our", "out", "outage", "over", "overall", "partial", "per",
    "previously", "recovery", "remaining", "roughly", "same", "service", "services", "several", "severe", "she",
    "similarly", "since", "so", "some", "soon", "specifically", "still", "subsequently", "such", "team", "teams",
    "than", "that", "the", "their", "then", "there", "these", "they", "this", "those", "though", "three", "through",
    "throughout", "thus", "to", "today", "two", "under", "unknown", "unlike", "until", "up", "upon", "us", "users",
    "via", "was", "we", "were", "what", "when", "where", "whereas", "which", "while", "who", "widespread", "will",
    "with", "within", "without", "yes", "yesterday", "you", "your", "zero", "monday", "tuesday", "wednesday",
    "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug",
    "sep", "sept", "oct", "nov", "dec",
];

/// Common words that may go on a run of capitals ("Bucket Service"), lower case.
#[rustfmt::skip]
pub(super) const RUN_NOUNS: &[&str] = &[
    "service", "services", "team", "teams", "incident", "customer", "customers", "users", "response", "recovery",
    "engineering",
];

/// Words that begin a task, not a statement (lower case).
#[rustfmt::skip]
pub(super) const IMPERATIVES: &[&str] = &[
    "accelerate", "add", "alert", "allow", "audit", "avoid", "build", "change", "check", "create", "define",
    "develop", "document", "enable", "ensure", "evaluate", "fix", "implement", "improve", "increase", "introduce",
    "investigate", "lower", "make", "migrate", "monitor", "move", "prevent", "raise", "reduce", "remove", "replace",
    "review", "set", "stop", "test", "update", "write",
];

/// Column heads whose cells name a person or team (lower case, any word).
#[rustfmt::skip]
pub(super) const ACTOR_COLUMNS: &[&str] = &[
    "who", "owner", "actor", "by", "person", "responder", "author", "role",
];

/// Abbreviations that name no service (exact).
#[rustfmt::skip]
pub(super) const GENERIC_ACRONYMS: &[&str] = &[
    "AI", "API", "APIs", "CAPTCHA", "CEO", "CET", "CEST", "CI", "CPU", "CTO", "EDT", "EST", "ET", "FAQ", "GB",
    "GMT", "HTTP", "HTTPS", "ID", "IDs", "IO", "IP", "IT", "JSON", "KB", "LLM", "MB", "ML", "MTTR", "N/A", "NA",
    "OK", "P0", "P1", "P2", "P3", "P4", "P5", "PDT", "PM", "AM", "PR", "PST", "PT", "Q1", "Q2", "Q3", "Q4", "RAM",
    "RCA", "SCIM", "SEV", "SEV0", "SEV1", "SEV2", "SEV3", "SEV-0", "SEV-1", "SEV-2", "SEV-3", "SLA", "SLO", "SRE",
    "SSH", "SSL", "TB", "TCP", "TLS", "TTL", "UDP", "UI", "URL", "US", "USA", "UTC", "UK", "EU", "VM", "XML",
    "YAML", "ALERT", "ALERTS", "ACK", "FYI", "ETA", "FIRING", "OPEN", "CLOSED", "RESOLVED", "I", "5XX", "4XX", "5xx", "4xx", "SaaS", "DevOps", "TODO", "TBD", "DOWN", "UP", "NOT", "READY", "HIGH",
    "LOW", "CRITICAL", "WARNING", "ERROR", "INFO", "TXT", "EC2",
];

/// Words of list heads that label a field of the document, not a service (lower case).
#[rustfmt::skip]
pub(super) const LABEL_WORDS: &[&str] = &[
    "action", "actions", "affected", "alert", "analysis", "assessment", "attack", "author", "authors", "background",
    "behavioral", "breach", "cause", "causes", "commander", "conclusion", "containment", "contributing", "customer",
    "customers", "date", "date/time", "defense", "description", "details", "detected", "detection", "discovery",
    "document", "downtime", "duration", "effect", "end", "ended", "eradication", "evasion", "example",
    "exfiltration", "factor", "factors", "fig", "figure", "file", "financial", "fix", "follow-up", "geography",
    "goal", "goals", "how", "impact", "incident", "indicators", "initial", "investigation", "issue", "key",
    "lateral", "lead", "learned", "lesson", "lessons", "luck", "measures", "methodology", "mitigation",
    "monitoring", "network", "next", "note", "notes", "operational", "organization", "overview", "owner",
    "participants", "persistence", "postmortem", "post-mortem", "prevention", "priority", "published",
    "recommendations", "recovery", "reference", "remediation", "reported", "reporter", "reputational", "resolution",
    "resolved", "response", "responders", "result", "risk", "root", "scope", "sector", "services", "severity",
    "source", "start", "started", "status", "step", "steps", "summary", "symptoms", "takeaway", "takeaways", "team",
    "threat", "time", "timeline", "timestamp", "title", "total", "trigger", "type", "updated", "vector", "version",
    "warning", "what", "when", "where", "who", "why", "todo", "identified", "declared", "repaired", "acknowledged",
    "mitigated", "closed", "privilege", "credential", "collection", "lowlights", "highlights", "tl;dr", "tldr",
    "investigating", "monitoring", "identified", "update", "window", "users", "metric", "metrics", "before", "after", "during", "outcome", "question", "answer",
];

/// Column heads whose cells name a service (lower case, any word).
pub(super) const SERVICE_COLUMNS: &[&str] =
    &["service", "product", "component", "system", "feature", "subsystem", "application", "app"];

/// Column heads whose cells hold a time of day (lower case, any word).
#[rustfmt::skip]
pub(super) const TIME_COLUMNS: &[&str] = &[
    "time", "when", "timestamp", "utc", "clock", "at", "hour",
];

/// Beginnings of the part of a clause that tells why, not what (lower case).
#[rustfmt::skip]
pub(super) const CAUSE_MARKERS: &[&str] = &[
    "due to", "because", "caused by", "causing", "stemmed from", "stemming from", "resulted from", "resulting from",
    "triggered by", "owing to", "as a result of", "thanks to", "reliance on", "dependence on", "dependency on",
    "dependent on", "relying on", "which rel", "that rel", "that depend", "traced to", "affecting", "impacting",
    "preventing", "leading to", "used by", "backed by", "depended on", "failures in", "failure in", "resilient to",
];

/// Nouns that say nothing of which operation is meant (lower case).
#[rustfmt::skip]
pub(super) const EMPTY_NOUNS: &[&str] = &[
    "request", "requests", "service", "services", "system", "systems", "user", "users", "customer", "customers",
    "team", "product", "products", "all", "every", "the", "a", "an", "any", "some", "most", "its", "their", "our",
    "these", "those", "this", "that", "they", "it", "we", "new", "also", "and", "or", "only", "even", "both",
    "which", "who", "with", "for", "of", "to", "in", "was", "were", "is", "are", "had", "has", "have", "been",
    "rate", "rates", "platform", "everything", "nothing", "outage", "incident", "disruption", "issue", "impact",
    "error", "errors", "failure", "failures", "core", "network", "then", "experienced", "dependent", "affected",
    "including", "like", "such", "as", "similarly", "specifically", "furthermore", "however", "at", "by", "on",
    "there", "but", "while", "during", "resulting", "traffic", "volumes", "saw", "reported", "cloud", "internal",
    "global", "entire", "whole", "underlying", "various", "many", "other", "total", "monday", "tuesday", "wednesday",
    "thursday", "friday", "saturday", "sunday", "yesterday", "today",
];

/// Words that end a noun phrase: verbs, prepositions and marks (lower case).
#[rustfmt::skip]
pub(super) const STOPS: &[&str] = &[
    "no", "hardly", "barely", "stood", "stands", "without", "worked", "works", "still", "even",
    "was", "were", "is", "are", "be", "been", "had", "has", "have", "saw", "experienced", "suffered", "failed",
    "failing", "failure", "failures", "fail", "error", "errors", "dropped", "dropping", "fell", "peaked", "reached",
    "returned", "continued", "became", "went", "remained", "could", "couldn't", "did", "to", "in", "at", "on", "by",
    "with", "for", "of", "that", "which", "who", "during", "due", "faced", "began", "started", "rate", "rates",
    "all", "also", "entirely", "completely", "severely", "heavily", "success", "successfully", "completion",
    "using", "made", "from", "unable", "not", "but", "while", "approaching", "up", "about", "approximately",
    "nearly", "almost", "over", "around", "roughly", "exceeding", "powers", "relies", "so", "requiring", "either",
    "then", "complete", "total", "partial", "built", "or", "unavailability", "focused", "use", "key-value", "only",
    "disrupted", "unavailable", "unreachable", "being", "rendered", "stopped", "spiked", "rose", "plummeted",
    "operating", "increased", "elevated", "slow", "degraded", "attempts", "back", "return", "returns", "may", "might",
    "can", "will", "would", "should",
];

/// Words in -ed that are no verbs of the clause (lower case).
#[rustfmt::skip]
pub(super) const ADJECTIVES: &[&str] = &[
    "cached", "uncached", "self-hosted", "hosted", "scheduled", "authenticated", "unauthenticated",
    "identity-based", "feed", "seed", "shared",
];
