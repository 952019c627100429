//! Plain text formats defined as data: a pattern, a field table and samples in one TOML file.
//!
//! ```toml
//! name = "my_app"                      # lower case, digits, underscores
//! title = "the application's own log"
//! pattern = '(?P<time>\S+ \S+) \[(?P<level>\w+)\] (?P<service>\w+): (?P<message>.*)'
//! find = ['took (?P<duration>[\d.]+ ms)']   # searched in all lines of the record; wins over `pattern`
//! opens = '-----'                      # a first line that also takes the next, whatever it looks like
//! ends = 'End-Date:'                   # a line that belongs to the record above, whatever it looks like
//! specificity = 60                     # 90 a named writer, 60 a family, 30 generic
//! multiline = true                     # lines that match nothing belong to the record above
//! stamp = "event"                      # or "start", "end", "observed"
//! zone = "UTC"                         # zone of stamps without one; leave out if unknown
//! date_order = "day_first"             # for 12/06/2025; or "month_first", "year_first"
//! duration_unit = "ms"                 # of a bare number in the group `duration`
//! [levels]                             # words the usual loggers do not use
//! X = "FATAL"
//! [outcomes]                           # of words in the group `code`, or of a status that is none
//! SlowDown = "throttled"               # "ok", "server_error", "timeout", "cancelled", "client_error", ...
//! "S*" = "server_error"                # any word that begins so; the longest such key holds
//! [[samples]]                          # at least one; each states fields it must yield
//! text = "2025-06-12 17:52:03 [X] kv: gone"
//! level = "FATAL"
//! ```
//!
//! The pattern is a regular expression matched from the beginning of the line. Its named groups are
//! the fields: `time` (with `date` before it and `zone` behind it where they stand apart),
//! `observed` (a relay's stamp), `level`, `service`, `host`, `operation`, `method`, `path`, `status`,
//! `duration` (with `duration_2`, `duration_3` added up), `request_id`, `trace_id`, `upstream`,
//! `message`, `code` (a result, flag or reason; several with commas between). A record with a status
//! or an outcome is a request.

mod beginning;
mod check;
mod definition;
mod file;
mod pattern;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub use check::{Finding, Trial, trial};
pub use definition::Definition;
pub use file::Broken;

/// The files shipped with the program, specific before generic.
static FILES: &[(&str, &str)] = &[
    ("haproxy_http.toml", include_str!("haproxy_http.toml")),
    ("envoy_text.toml", include_str!("envoy_text.toml")),
    ("aws_alb.toml", include_str!("aws_alb.toml")),
    ("haproxy_tcp.toml", include_str!("haproxy_tcp.toml")),
    ("haproxy_error.toml", include_str!("haproxy_error.toml")),
    ("envoy_tcp.toml", include_str!("envoy_tcp.toml")),
    ("envoy_app.toml", include_str!("envoy_app.toml")),
    ("aws_elb.toml", include_str!("aws_elb.toml")),
    ("aws_nlb.toml", include_str!("aws_nlb.toml")),
    ("aws_s3.toml", include_str!("aws_s3.toml")),
    ("aws_vpcflow.toml", include_str!("aws_vpcflow.toml")),
    ("route53_query.toml", include_str!("route53_query.toml")),
    ("lambda_report.toml", include_str!("lambda_report.toml")),
    ("lambda_runtime.toml", include_str!("lambda_runtime.toml")),
    ("cloudfront_bare.toml", include_str!("cloudfront_bare.toml")),
    ("iis_bare.toml", include_str!("iis_bare.toml")),
    ("iis_native.toml", include_str!("iis_native.toml")),
    ("httperr_bare.toml", include_str!("httperr_bare.toml")),
    ("apache_ssl_request.toml", include_str!("apache_ssl_request.toml")),
    ("heroku_app.toml", include_str!("heroku_app.toml")),
    ("heroku_router.toml", include_str!("heroku_router.toml")),
    ("nginx_proxy_manager.toml", include_str!("nginx_proxy_manager.toml")),
    ("github_actions.toml", include_str!("github_actions.toml")),
    ("squid.toml", include_str!("squid.toml")),
    ("gin.toml", include_str!("gin.toml")),
    ("oslo.toml", include_str!("oslo.toml")),
    ("rails_logger.toml", include_str!("rails_logger.toml")),
    ("db2diag.toml", include_str!("db2diag.toml")),
    ("log4j_xml.toml", include_str!("log4j_xml.toml")),
    ("jul_xml.toml", include_str!("jul_xml.toml")),
    ("minio_error.toml", include_str!("minio_error.toml")),
    ("eclipse.toml", include_str!("eclipse.toml")),
    ("cisco_ise.toml", include_str!("cisco_ise.toml")),
    ("aix_errpt.toml", include_str!("aix_errpt.toml")),
    ("config_manager.toml", include_str!("config_manager.toml")),
    ("splunkd.toml", include_str!("splunkd.toml")),
    ("freeswitch.toml", include_str!("freeswitch.toml")),
    ("suricata_engine.toml", include_str!("suricata_engine.toml")),
    ("dhcp_server.toml", include_str!("dhcp_server.toml")),
    ("ids_full.toml", include_str!("ids_full.toml")),
    ("ossec_alert.toml", include_str!("ossec_alert.toml")),
    ("tomcat_juli.toml", include_str!("tomcat_juli.toml")),
    ("apache_error.toml", include_str!("apache_error.toml")),
    ("mysql_error.toml", include_str!("mysql_error.toml")),
    ("mongo_old.toml", include_str!("mongo_old.toml")),
    ("pg_csv.toml", include_str!("pg_csv.toml")),
    ("pg_stderr.toml", include_str!("pg_stderr.toml")),
    ("redis.toml", include_str!("redis.toml")),
    ("journal_short.toml", include_str!("journal_short.toml")),
    ("auditd.toml", include_str!("auditd.toml")),
    ("dmesg.toml", include_str!("dmesg.toml")),
    ("dmesg_dated.toml", include_str!("dmesg_dated.toml")),
    ("macos_unified.toml", include_str!("macos_unified.toml")),
    ("macos_unified_compact.toml", include_str!("macos_unified_compact.toml")),
    ("macos_wifi.toml", include_str!("macos_wifi.toml")),
    ("dpkg.toml", include_str!("dpkg.toml")),
    ("apt_history.toml", include_str!("apt_history.toml")),
    ("apt_term.toml", include_str!("apt_term.toml")),
    ("alternatives.toml", include_str!("alternatives.toml")),
    ("yum.toml", include_str!("yum.toml")),
    ("dnf.toml", include_str!("dnf.toml")),
    ("pacman.toml", include_str!("pacman.toml")),
    ("zypp.toml", include_str!("zypp.toml")),
    ("zypp_history.toml", include_str!("zypp_history.toml")),
    ("cloud_init.toml", include_str!("cloud_init.toml")),
    ("banner.toml", include_str!("banner.toml")),
    ("cups_error.toml", include_str!("cups_error.toml")),
    ("cups_page.toml", include_str!("cups_page.toml")),
    ("samba.toml", include_str!("samba.toml")),
    ("openvpn.toml", include_str!("openvpn.toml")),
    ("shell_history.toml", include_str!("shell_history.toml")),
    ("vsftpd.toml", include_str!("vsftpd.toml")),
    ("xferlog.toml", include_str!("xferlog.toml")),
    ("proftpd.toml", include_str!("proftpd.toml")),
    ("sudo.toml", include_str!("sudo.toml")),
    ("xorg.toml", include_str!("xorg.toml")),
    ("apport.toml", include_str!("apport.toml")),
    ("sssd.toml", include_str!("sssd.toml")),
    ("mail_dovecot.toml", include_str!("mail_dovecot.toml")),
    ("bracketed_epoch.toml", include_str!("bracketed_epoch.toml")),
    ("icinga.toml", include_str!("icinga.toml")),
    ("zabbix.toml", include_str!("zabbix.toml")),
    ("asterisk.toml", include_str!("asterisk.toml")),
    ("bind9.toml", include_str!("bind9.toml")),
    ("santa.toml", include_str!("santa.toml")),
    ("tor.toml", include_str!("tor.toml")),
    ("chromium.toml", include_str!("chromium.toml")),
    ("cisco.toml", include_str!("cisco.toml")),
    ("panos.toml", include_str!("panos.toml")),
    ("ids_fast.toml", include_str!("ids_fast.toml")),
    ("mysql_error_old.toml", include_str!("mysql_error_old.toml")),
    ("mysql_slow.toml", include_str!("mysql_slow.toml")),
    ("mysql_general.toml", include_str!("mysql_general.toml")),
    ("dated_block.toml", include_str!("dated_block.toml")),
    ("oracle_alert.toml", include_str!("oracle_alert.toml")),
    ("rabbitmq.toml", include_str!("rabbitmq.toml")),
    ("erlang_report.toml", include_str!("erlang_report.toml")),
    ("capnslog.toml", include_str!("capnslog.toml")),
    ("jvm_gc.toml", include_str!("jvm_gc.toml")),
    ("jvm_gc_old.toml", include_str!("jvm_gc_old.toml")),
    ("elasticsearch_slow.toml", include_str!("elasticsearch_slow.toml")),
    ("ibm_mq.toml", include_str!("ibm_mq.toml")),
    ("websphere.toml", include_str!("websphere.toml")),
    ("weblogic.toml", include_str!("weblogic.toml")),
    ("jul.toml", include_str!("jul.toml")),
    ("php.toml", include_str!("php.toml")),
    ("monolog.toml", include_str!("monolog.toml")),
    ("sidekiq.toml", include_str!("sidekiq.toml")),
    ("short_level.toml", include_str!("short_level.toml")),
    ("pretty_json.toml", include_str!("pretty_json.toml")),
    ("game_server.toml", include_str!("game_server.toml")),
    ("time_level.toml", include_str!("time_level.toml")),
    ("logrus_text.toml", include_str!("logrus_text.toml")),
    ("slog_term.toml", include_str!("slog_term.toml")),
    ("aspnet_console.toml", include_str!("aspnet_console.toml")),
    ("hdfs_short.toml", include_str!("hdfs_short.toml")),
    ("hpc_ras.toml", include_str!("hpc_ras.toml")),
    ("logcat.toml", include_str!("logcat.toml")),
    ("logcat_long.toml", include_str!("logcat_long.toml")),
    ("windows_cbs.toml", include_str!("windows_cbs.toml")),
    ("windows_installer.toml", include_str!("windows_installer.toml")),
    ("windows_setupapi.toml", include_str!("windows_setupapi.toml")),
    ("windows_event_list.toml", include_str!("windows_event_list.toml")),
    ("windows_event_text.toml", include_str!("windows_event_text.toml")),
    ("windows_event_xml.toml", include_str!("windows_event_xml.toml")),
    ("vdsm.toml", include_str!("vdsm.toml")),
    ("vmkernel.toml", include_str!("vmkernel.toml")),
    ("uwsgi.toml", include_str!("uwsgi.toml")),
    ("env_logger.toml", include_str!("env_logger.toml")),
    ("gitlab_trace.toml", include_str!("gitlab_trace.toml")),
    ("go_std.toml", include_str!("go_std.toml")),
];

static BUILTIN: LazyLock<Vec<Definition>> =
    LazyLock::new(|| FILES.iter().filter_map(|(_, text)| Definition::trusted(text).ok()).collect());

/// The definitions shipped with the program, specific before generic.
pub fn builtin() -> &'static [Definition] {
    &BUILTIN
}
