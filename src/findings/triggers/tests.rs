//! Changes that hurt and changes that do not, told from invented diffs.

use super::effects::{self, Change};
use super::values;

/// The classes of what may hurt, worst first, and the sum of what speaks for harmlessness.
fn weigh(file: &str, message: &str, diff: &str) -> (Vec<&'static str>, i64) {
    let files = [file.to_string()];
    let found = effects::of(&Change { message, files: &files, diff });
    let bad = found.iter().filter(|e| e.points > 0).map(|e| e.class).collect();
    (bad, found.iter().filter(|e| e.points <= 0).map(|e| e.points).sum())
}

#[test]
fn what_a_diff_takes_away_or_brings_is_named() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "bound",
            "orders/list.go",
            "-  q := `SELECT id FROM orders ORDER BY at LIMIT 20`\n+  q := `SELECT id FROM orders ORDER BY at`\n",
        ),
        ("bound", "orders/list.py", "-    rows = rows[:]; page = query.limit(100)\n+    page = query.all()\n"),
        (
            "nil check",
            "ship/label.go",
            "-\tif parcel.Label == nil {\n-\t\treturn \"\"\n-\t}\n \treturn parcel.Label.URL\n",
        ),
        (
            "nil check",
            "ship/label.py",
            "-    if parcel.label is not None:\n-        return parcel.label.url\n-    return None\n+    return parcel.label.url\n",
        ),
        ("nil check", "ship/label.js", "-  return parcel?.label?.url\n+  return parcel.label.url\n"),
        (
            "timeout",
            "stock/client.go",
            "-\tctx, cancel := context.WithTimeout(ctx, 2*time.Second)\n-\tdefer cancel()\n \treturn c.call(ctx)\n",
        ),
        ("timeout", "stock/client.yaml", "-  read_timeout: 5s\n+  read_timeout: 200ms\n"),
        ("retry", "stock/client.go", "-\tMaxAttempts: 3,\n+\tMaxAttempts: 30,\n"),
        ("retry", "stock/client.go", "-\t\ttime.Sleep(backoff(i))\n \t\terr = do()\n"),
        ("cache", "catalog/read.go", "-\treturn cache.GetOrLoad(ctx, id, load)\n+\treturn load(ctx, id)\n"),
        ("cache", "shared/cache.yaml", "-  ttl: 10m\n+  ttl: 10s\n"),
        (
            "cache",
            "catalog/key.go",
            "-\tcacheKey := fmt.Sprintf(\"item:%s\", id)\n+\tcacheKey := fmt.Sprintf(\"item:%s\", requestID)\n",
        ),
        ("pool", "db/pool.go", "-\tcfg.MaxConns = 50\n+\tcfg.MaxConns = 5\n"),
        ("pool", "chart/values.yaml", "-replicas: 12\n+replicas: 2\n"),
        ("memory", "deploy/app.yaml", "-          memory: 1Gi\n+          memory: 128Mi\n"),
        ("memory", "session/store.go", "+var cacheBySession = map[string]*Session{}\n+\tcacheBySession[id] = s\n"),
        ("leak", "feed/reader.go", "-\tdefer rows.Close()\n \treturn scan(rows)\n"),
        ("leak", "feed/watch.go", "+\tgo func() {\n+\t\tfor ev := range events {\n+\t\t\thandle(ev)\n+\t\t}\n+\t}()\n"),
        (
            "fan-out",
            "basket/list.go",
            "-\titems := repo.ItemsByIDs(ctx, ids)\n+\tfor _, id := range ids {\n+\t\titem, err := repo.Item(ctx, id)\n+\t\tif err != nil { return nil, err }\n+\t\titems = append(items, item)\n+\t}\n",
        ),
        ("schema", "db/7.sql", "+DROP INDEX orders_by_customer;\n"),
        ("schema", "db/8.sql", "+ALTER TABLE orders ADD COLUMN note text NOT NULL DEFAULT '';\n"),
        ("limit", "edge/limits.toml", "-requests_per_second = 500\n+requests_per_second = 20\n"),
        ("access", "job/role.yaml", "-  role: stock-reader\n+  role: stock-viewer\n"),
        ("endpoint", "mail/app.yaml", "-  host: mail.internal\n+  host: mail-old.internal\n"),
        ("setting", "mail/main.go", "-\tkey := os.Getenv(\"MAIL_SENDER\")\n+\tkey := os.Getenv(\"MAIL_FROM\")\n"),
        ("format", "api/event.go", "-\tAt string `json:\"at\"`\n+\tAt string `json:\"occurred_at\"`\n"),
        ("time", "report/day.go", "-\tday := now.In(utc).Format(layout)\n+\tday := now.In(timezone).Format(layout)\n"),
        ("logic", "gate/check.go", "-\tif user.Age >= limit {\n+\tif user.Age < limit {\n"),
        (
            "crash",
            "conf/load.rs",
            "-    let port = parse(text).map_err(Fault::from)?;\n+    let port = parse(text).unwrap();\n",
        ),
        ("lock", "seat/book.go", "-\ts.mutex.Lock()\n \ts.seats[id] = user\n"),
        ("cpu", "text/find.go", "+\tre := regexp.MustCompile(`(a+)+$`)\n \treturn find(s)\n"),
        (
            "check",
            "pay/amount.go",
            "-\tif err := validateAmount(req.Amount); err != nil {\n-\t\treturn err\n-\t}\n \treturn pay(req)\n",
        ),
    ];
    for (class, file, diff) in cases {
        let (found, _) = weigh(file, "refactor: tidy", diff);
        assert!(found.contains(class), "expected {class} in {found:?} for {file}:\n{diff}");
    }
}

#[test]
fn what_only_looks_alike_hurts_nothing() {
    let cases: &[(&str, &str, &str)] = &[
        ("docs/timeouts.md", "docs: timeouts", "-timeout: 5s\n+timeout: 1s\n"),
        ("pay/charge_test.go", "test: charge", "-\tif x == nil {\n-\t}\n"),
        (".github/workflows/ci.yml", "ci: faster", "-  timeout-minutes: 20\n+  timeout-minutes: 5\n"),
        ("web/static/site.css", "feat: rounder", "-.a { padding: 8px; }\n+.a { padding: 2px; }\n"),
        ("go.mod", "chore: bump", "-\texample.org/queue v1.4.1\n+\texample.org/queue v1.4.2\n"),
        (
            "stock/get.go",
            "refactor: simplify",
            "-\titem, err := cache.GetOrLoad(ctx, id, load)\n-\tif err != nil { return nil, err }\n-\treturn item, nil\n+\treturn cache.GetOrLoad(ctx, id, load)\n",
        ),
        (
            "stock/get.go",
            "refactor: move",
            "-\tc := &Client{Timeout: 5 * time.Second, Base: base}\n+\tc := newClient(Options{Timeout: 5 * time.Second, Base: base})\n",
        ),
        (
            "stock/log.go",
            "chore: log",
            "-\tlog.Printf(\"%s\", id)\n+\tlogger.Info(\"stock\",\n+\t\t\"id\", id,\n+\t)\n",
        ),
        ("stock/metrics.go", "feat: count", "+var hits = prometheus.NewCounter(opts)\n+\thits.Inc()\n"),
        ("stock/get.go", "fix: guard", "+\tif item == nil {\n+\t\treturn nil, ErrNone\n+\t}\n"),
        ("stock/rows.go", "fix: close", "+\tdefer rows.Close()\n"),
        ("stock/list.go", "fix: trim", "+\tif len(all) > 50 {\n+\t\tall = all[:50]\n+\t}\n"),
        ("db/9.sql", "add index", "+CREATE INDEX CONCURRENTLY IF NOT EXISTS by_day ON orders (day);\n"),
        ("db/pool.go", "raise pool", "-\tcfg.MaxConns = 20\n+\tcfg.MaxConns = 40\n"),
        ("stock/list.go", "docs: comment", "-\t// no timeout here\n+\t// the timeout is the caller's\n"),
        ("stock/list.go", "style: order", "-\ta := one()\n-\tb := two()\n+\tb := two()\n+\ta := one()\n"),
    ];
    for (file, message, diff) in cases {
        let (found, mild) = weigh(file, message, diff);
        assert!(found.is_empty() && mild < 0, "{found:?} {mild} for {file}:\n{diff}");
    }
}

#[test]
fn a_value_is_compared_in_one_unit_and_named() {
    let lines = |text: &str| vec![text.to_string()];
    let moved = values::moved(&lines("DefaultLease: 15 * time.Minute,"), &lines("DefaultLease: 15 * time.Second,"));
    assert_eq!((moved[0].what.as_str(), moved[0].factor), ("DefaultLease", 1.0 / 60.0));
    let moved = values::moved(&lines("wait: 2s"), &lines("wait: 500ms"));
    assert_eq!((moved[0].from.as_str(), moved[0].to.as_str(), moved[0].factor), ("2s", "500ms", 0.25));
    assert!(values::moved(&lines("a = 1"), &lines("b = fetch(1, 2, 3)")).is_empty());
    assert!(values::begins("SetMaxIdleConns(4)", &["conn"]) && !values::begins("generate(4)", &["rate"]));
    assert_eq!(values::version_steps(&lines("example.org/a v1.2.3"), &lines("example.org/a v2.0.0")), Some(0));
}
