#!/usr/bin/env python3
"""Times `recount fold` beside other ways to the same table, on data that `recount simulate` writes.

  cargo build --release
  python3 benches/rivals.py                       # every input at 1 GB, five interleaved runs
  python3 benches/rivals.py --size 0.1x --runs 3 --only access,json.gz

Rivals are run where they are installed: DuckDB, Polars and chDB (Python packages), mawk, wc. Every table
is compared with recount's cell by cell; one that differs is reported and gets no ratio. A rival is told
the format, the names of the fields and the shape of the stamps; recount has to find them.
Time is wall time of the whole process, memory the largest resident size of one process.
"""
import argparse
import datetime
import glob
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
INPUTS = ["access", "json", "logpush", "mixed"]
PACKED = {"gz": ["gzip", "-6"], "zst": ["zstd", "-q", "-3", "--rm"]}
COLUMNS = {"access": ("total", "failed"), "json": ("total", "failed", "errors"), "logpush": ("total", "failed"), "mixed": ("records", "errors")}

# ---------------------------------------------------------------- the rivals' own words
FILE = "regexp_extract(filename, '([^/.]+)[^/]*$', 1)"
CLF = ("read_csv({f}, delim=' ', quote='\"', escape='\"', header=false, auto_detect=false, filename=true, columns={{'ip':'VARCHAR','ident':'VARCHAR',"
       "'usr':'VARCHAR','ts':'VARCHAR','zone':'VARCHAR','req':'VARCHAR','status':'SMALLINT','bytes':'BIGINT','ref':'VARCHAR','ua':'VARCHAR'}})")
LINE = "read_csv({f}, delim='\x01', quote='', escape='', header=false, auto_detect=false, filename=true, columns={{'line':'VARCHAR'}})"
A = r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d+ (\w+) "
Y = r"^([A-Z][a-z][a-z] +\d+ \d\d:\d\d:\d\d) \S+ ([\w-]+)\[\d+\]: (\w+) "
K = r"^([IWEF])(\d{4} \d\d:\d\d:\d\d)\.\d+ +\d+ [\w-]+\.go:"
# Braces of patterns that are put into a text that is formatted.
DOUBLED = {name: pattern.replace("{", "{{").replace("}", "}}") for name, pattern in {"A": A, "Y": Y, "K": K}.items()}
DUCK = {
    "access": f"SELECT {FILE}, epoch(strptime(ts, '[%d/%b/%Y:%H:%M:%S'))::BIGINT // 10 * 10 b, count(*), count(*) FILTER (status >= 500) FROM {CLF} GROUP BY 1, 2",
    "json": "SELECT service, epoch_us(\"time\") // 10000000 * 10 b, count(status), count(*) FILTER (status >= 500), count(*) FILTER (level = 'ERROR') FROM read_json({f}, "
            "format='newline_delimited', columns={{'time':'TIMESTAMP','service':'VARCHAR','level':'VARCHAR','status':'SMALLINT'}}) GROUP BY 1, 2",
    "logpush": "SELECT split_part(ClientRequestHost, '.', 1), epoch_us(EdgeStartTimestamp) // 10000000 * 10 b, count(*), count(*) FILTER (EdgeResponseStatus >= 500) FROM "
               "read_json({f}, format='newline_delimited', columns={{'EdgeStartTimestamp':'TIMESTAMP','ClientRequestHost':'VARCHAR','EdgeResponseStatus':'SMALLINT'}}) GROUP BY 1, 2",
    "mixed": f"SELECT s, b, count(*), count(*) FILTER (e) FROM (SELECT CASE WHEN y.ts <> '' THEN y.svc ELSE {FILE} END s, CASE WHEN a.ts <> '' THEN epoch(a.ts::TIMESTAMP) "
             "WHEN y.ts <> '' THEN epoch(strptime('2025 ' || y.ts, '%Y %b %d %H:%M:%S')) ELSE epoch(strptime('2025' || k.ts, '%Y%m%d %H:%M:%S')) END::BIGINT // 10 * 10 b, "
             "CASE WHEN a.ts <> '' THEN a.lv = 'ERROR' WHEN y.ts <> '' THEN y.lv = 'ERROR' ELSE k.lv = 'E' END e FROM (SELECT filename, "
             "regexp_extract(line, '" + DOUBLED["A"] + "', ['ts','lv']) a, regexp_extract(line, '" + DOUBLED["Y"] + "', ['ts','svc','lv']) y, regexp_extract(line, '" + DOUBLED["K"] + f"', ['lv','ts']) k FROM {LINE}) "
             "WHERE a.ts <> '' OR y.ts <> '' OR k.ts <> '') GROUP BY 1, 2",
}
CH_CLF = "parseDateTime(substring(line, position(line, char(91)) + 1, 20), '%d/%b/%Y:%H:%i:%s')"
CHDB = {
    "access": (f"SELECT extract(_file, '^([^.]+)'), intDiv(toUnixTimestamp({CH_CLF}), 10) * 10 b, count(), countIf(substring(line, position(line, '\" ', position(line, '] \"') + 3) + 2, 1) = '5') "
               "FROM file('{d}/*', 'LineAsString', 'line String') GROUP BY 1, 2", ""),
    "json": ("SELECT service, intDiv(toUnixTimestamp(time), 10) * 10 b, count(status), countIf(status >= 500), countIf(level = 'ERROR') FROM file('{d}/*', 'JSONEachRow', "
             "'time DateTime64(6, \\'UTC\\'), service LowCardinality(String), level LowCardinality(String), status Nullable(UInt16)') GROUP BY 1, 2", "date_time_input_format='best_effort', input_format_skip_unknown_fields=1"),
    "logpush": ("SELECT splitByChar('.', ClientRequestHost)[1], intDiv(toUnixTimestamp(EdgeStartTimestamp), 10) * 10 b, count(), countIf(EdgeResponseStatus >= 500) FROM file('{d}/*', 'JSONEachRow', "
                "'EdgeStartTimestamp DateTime64(3, \\'UTC\\'), ClientRequestHost LowCardinality(String), EdgeResponseStatus UInt16') GROUP BY 1, 2", "date_time_input_format='best_effort', input_format_skip_unknown_fields=1"),
    "mixed": ("SELECT s, b, count(), countIf(e) FROM (WITH extractGroups(line, '^([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}),[0-9]+ ([A-Z]+) ') AS a, "
              "extractGroups(line, '^([A-Z][a-z][a-z] +[0-9]+ [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}) [^ ]+ ([a-z-]+)\\\\[[0-9]+\\\\]: ([A-Z]+) ') AS y, "
              "extractGroups(line, '^([IWEF])([0-9]{{4}} [0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}})\\\\.[0-9]+ +[0-9]+ [a-z-]+\\\\.go:') AS k "
              "SELECT if(notEmpty(y), y[2], extract(_file, '^([^.]+)')) s, intDiv(toUnixTimestamp(multiIf(notEmpty(a), parseDateTimeBestEffortOrZero(a[1]), notEmpty(y), "
              "parseDateTimeBestEffortOrZero(concat('2025 ', y[1])), parseDateTimeBestEffortOrZero(concat('2025', k[2])))), 10) * 10 b, "
              "multiIf(notEmpty(a), a[2] = 'ERROR', notEmpty(y), y[3] = 'ERROR', k[1] = 'E') e FROM file('{d}/*', 'LineAsString', 'line String') "
              "WHERE notEmpty(a) OR notEmpty(y) OR notEmpty(k)) GROUP BY 1, 2", ""),
}


def files(folder):
    return sorted(f for f in glob.glob(folder + "/*") if os.path.isfile(f))


def duckdb(kind, folder):
    import duckdb

    con = duckdb.connect()
    con.execute("SET TimeZone='UTC'")
    rows = con.execute(DUCK[kind].format(f=files(folder))).fetchall()
    sys.stdout.write("".join("\t".join(map(str, r)) + "\n" for r in rows))


def polars(kind, folder):
    import polars as pl

    c = pl.col
    name = c("file").str.extract(r"([^/.]+)[^/]*$").alias("s")
    bucket = lambda e: (e.dt.epoch("s") // 10 * 10).alias("b")
    counts = [pl.len().alias("total"), (c("status") >= 500).sum().alias("failed")]
    if kind == "access":
        schema = {"ip": pl.String, "ident": pl.String, "usr": pl.String, "ts": pl.String, "zone": pl.String, "req": pl.String, "status": pl.Int16, "bytes": pl.Int64, "ref": pl.String, "ua": pl.String}
        q = pl.scan_csv(files(folder), has_header=False, separator=" ", quote_char='"', schema=schema, include_file_paths="file")
        q = q.select(name, bucket(c("ts").str.to_datetime("[%d/%b/%Y:%H:%M:%S")), "status").group_by("s", "b").agg(counts)
    elif kind == "json":
        q = pl.scan_ndjson(files(folder), schema={"time": pl.String, "service": pl.String, "level": pl.String, "status": pl.Int64})
        q = q.select(c("service").alias("s"), bucket(c("time").str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S")), "status", "level").group_by("s", "b")
        q = q.agg(c("status").count().alias("total"), (c("status") >= 500).sum().alias("failed"), (c("level") == "ERROR").sum().alias("errors"))
    elif kind == "logpush":
        q = pl.scan_ndjson(files(folder), schema={"EdgeStartTimestamp": pl.String, "ClientRequestHost": pl.String, "EdgeResponseStatus": pl.Int64})
        q = q.select(c("ClientRequestHost").str.extract(r"^([^.]+)").alias("s"), bucket(c("EdgeStartTimestamp").str.slice(0, 19).str.to_datetime("%Y-%m-%dT%H:%M:%S")), c("EdgeResponseStatus").alias("status"))
        q = q.group_by("s", "b").agg(counts)
    else:
        sys.exit(f"polars: no query for {kind}")
    for row in q.collect(engine="streaming").iter_rows():
        print(*row, sep="\t")


def chdb(kind, folder):
    import chdb

    sql, settings = CHDB[kind]
    settings = "session_timezone='UTC', max_threads=2" + (", " + settings if settings else "")
    sys.stdout.write(str(chdb.query(f"{sql.format(d=folder)} SETTINGS {settings} FORMAT TSV")))


MAWK = {
    "access": r'''BEGIN{FS="\""} {n=split(FILENAME,p,"/"); sub(/\..*/,"",p[n]); k=p[n] "\t" substr($1,index($1,"[")+1,19) "0"; t[k]++; if (substr($3,2,1)=="5") f[k]++} END{for(k in t) print k "\t" t[k] "\t" f[k]+0}''',
}


def rivals(kind, packed):
    """Names and commands of what is installed."""
    here = f"{sys.executable} {os.path.abspath(__file__)}"
    for package in ("duckdb", "polars", "chdb"):
        if package == "polars" and kind == "mixed":
            continue
        if subprocess.run([sys.executable, "-c", f"import {package}"], capture_output=True).returncode == 0:
            yield package, f"{here} --as-rival {package} {kind} {{d}}"
    if kind in MAWK and not packed and shutil.which("mawk"):
        yield "mawk x2", f"ls {{d}}/* | xargs -P2 -n1 mawk '{MAWK[kind]}'"
    if not packed and shutil.which("wc"):
        yield "wc -l", "wc -l {d}/*"


# ---------------------------------------------------------------- tables
def second(text):
    """Seconds since 1970 of the start of a bucket, however it is written."""
    try:
        return int(float(text))
    except ValueError:
        pass
    for shape in ("%Y-%m-%dT%H:%M:%SZ", "%d/%b/%Y:%H:%M:%S"):
        try:
            return int(datetime.datetime.strptime(text, shape).replace(tzinfo=datetime.timezone.utc).timestamp())
        except ValueError:
            continue
    raise ValueError(text)


def table(text, columns=None):
    rows = {}
    lines = [line.split("\t") for line in text.splitlines()]
    if lines and lines[0][0] == "service":
        places = [lines[0].index(name) for name in columns]
        lines = [line[:2] + [line[at] for at in places] for line in lines[1:]]
    for service, start, *values in lines:
        key = (service.split(".")[0], second(start))
        values = tuple(int(float(v)) for v in values)
        rows[key] = tuple(a + b for a, b in zip(rows[key], values)) if key in rows else values
    return {key: values for key, values in rows.items() if any(values)}


# ---------------------------------------------------------------- data and measuring
def prepare(binary, data, what, size):
    kind, _, packing = what.partition(".")
    plain = os.path.join(data, f"{kind}-{size}")
    if not os.path.isdir(plain):
        subprocess.run([binary, "simulate", os.path.join(HERE, kind + ".toml"), "-o", plain, "--size", size, "-q"], check=True)
    # Rivals read every file of a folder: the configuration stands beside them.
    lone = plain + ".files"
    if not os.path.isdir(lone):
        os.makedirs(lone)
        for file in files(plain):
            if not file.endswith(".toml"):
                os.link(file, os.path.join(lone, os.path.basename(file)))
    if not packing:
        return plain, lone
    folder = f"{plain}.{packing}"
    if not os.path.isdir(folder):
        making = tempfile.mkdtemp(dir=data)
        if packing in PACKED:
            for file in files(lone):
                shutil.copy(file, making)
                subprocess.run([*PACKED[packing], os.path.join(making, os.path.basename(file))], check=True)
        elif packing == "tar.gz":
            subprocess.run(["tar", "-czf", os.path.join(making, kind + ".tar.gz"), "-C", lone, "."], check=True)
        elif packing == "zip":
            shutil.make_archive(os.path.join(making, kind), "zip", lone)
        else:
            sys.exit(f"expected gz, zst, tar.gz or zip, found {packing}")
        if os.path.exists(os.path.join(plain, "recount.toml")):
            shutil.copy(os.path.join(plain, "recount.toml"), making)
        os.rename(making, folder)
    return folder, folder


def run(command):
    """Wall seconds, processor seconds, peak MiB and output of a shell command; None when it failed."""
    with tempfile.TemporaryFile() as out:
        start = time.monotonic()
        process = subprocess.Popen(["sh", "-c", "exec " + command if "|" not in command else command], stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        out.seek(0)
        text = out.read().decode("utf-8", "replace")
    return None if status else (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def bench(args, what):
    kind, _, packing = what.partition(".")
    bundle, folder = prepare(args.recount, args.data, what, args.size)
    volume = sum(os.path.getsize(f) for f in files(folder))
    ours = f"{args.recount} fold {bundle} -q"
    commands = [("recount fold", ours), ("  one thread", ours + " --threads 1")]
    if args.report:
        commands.append(("recount report", f"{args.recount} report {bundle} -q --force -o {args.data}/out"))
    if packing in ("", "gz", "zst"):
        commands += [(name, command.replace("{d}", folder)) for name, command in rivals(kind, packing)]
    results = {name: [] for name, _ in commands}
    said, wanted = {}, None
    for turn in range(args.runs + 1):
        for name, command in commands:
            if name in said and said[name].startswith("failed"):
                continue
            got = run(command)
            if got is None:
                said[name] = "failed"
                continue
            if turn == 0:
                if name == "recount fold":
                    wanted = table(got[3], COLUMNS[kind])
                elif name not in ("recount report", "wc -l"):
                    found = table(got[3], COLUMNS[kind])
                    wrong = sum(wanted.get(k) != found.get(k) for k in wanted.keys() | found.keys())
                    said[name] = "same table" if wrong == 0 else f"{wrong} of {len(wanted)} cells differ"
            else:
                results[name].append(got[:3])
    print(f"\n{what}: {volume / 1e6:,.0f} MB in {len(files(folder))} files, {args.runs} runs")
    print(f"{'':18}{'wall s':>9}{'MB/s':>8}{'cpu s':>8}{'peak MiB':>10}{'ours / it':>11}")
    base = [r[0] for r in results["recount fold"]]
    best = None
    for name, _ in commands:
        if not results[name]:
            print(f"{name:18}  {said.get(name, '')}")
            continue
        wall, cpu, peak = (statistics.median(r[i] for r in results[name]) for i in range(3))
        ratio = statistics.median(a / r[0] for a, r in zip(base, results[name]))
        print(f"{name:18}{wall:9.3f}{volume / 1e6 / wall:8.0f}{cpu:8.2f}{peak:10.1f}{ratio:11.2f}  {said.get(name, '')}")
        if said.get(name) == "same table" and not name.startswith(" ") and (best is None or ratio > best[1]):
            best = (name, ratio)
    if best:
        print(f"{what}: {best[1]:.2f} of the wall time of {best[0]}, the fastest with the same table")


def main():
    if len(sys.argv) > 1 and sys.argv[1] == "--as-rival":
        return {"duckdb": duckdb, "polars": polars, "chdb": chdb}[sys.argv[2]](sys.argv[3], sys.argv[4])
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--recount", default=os.path.join(HERE, "..", "target", "release", "recount"))
    args.add_argument("--data", default=os.path.join(tempfile.gettempdir(), "recount-bench"), help="where the data is kept between runs")
    args.add_argument("--size", default="1x", help="1x is about 1 GB")
    args.add_argument("--runs", type=int, default=5)
    args.add_argument("--only", default=",".join(INPUTS), help="inputs, also access.gz, json.zst, logpush.tar.gz, mixed.zip")
    args.add_argument("--report", action="store_true", help="time a whole report, too")
    args = args.parse_args()
    args.recount = os.path.abspath(args.recount)
    os.makedirs(args.data, exist_ok=True)
    for what in args.only.split(","):
        bench(args, what)


if __name__ == "__main__":
    main()
