#!/usr/bin/env bash
# Measures the product beside baselines on the same machine, in the same run, and checks the books afterwards.
#
# It builds the server and starts `so-nhan-ai demo` on a private, durable PostgreSQL in a temporary folder. Batches of gifts with
# Vietnamese names make a pattern, copies of it 0.2 million gifts. Then it goes round: gifts over HTTP and the same rows by
# pgbench; an entry by its code and the same bytes by nginx. More copies make N million gifts, and it goes round again: gifts, to see
# what growth costs, search of every kind, totals. Everything listens on loopback or a Unix socket and is stopped at the end.
# Results: a table here, bench/results/latest.json, docs/performance.md and bench/history.json (what earlier runs measured).
#
#   BENCH_MILLIONS  million gifts in the second half (2; 10 takes about half an hour to fill and 25 GB of disk)
#   BENCH_SECONDS   length of a measurement (3)
#   BENCH_ROUNDS    rounds; medians are taken over them (3)
#   BENCH_DOCS      0: leave docs/performance.md and bench/history.json as they are
#   BENCH_KEEP      1: keep the temporary folder with logs and raw figures
#   BENCH_PROGRAM   a server built before, instead of building one (to compare two versions)
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
millions=${BENCH_MILLIONS:-2}
seconds=${BENCH_SECONDS:-3}
rounds=${BENCH_ROUNDS:-3}

say() { printf 'bench: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }
[[ $seconds =~ ^[1-9][0-9]*$ && $rounds =~ ^[1-9][0-9]*$ ]] || die "BENCH_SECONDS and BENCH_ROUNDS are whole numbers from 1"
[[ $millions =~ ^[0-9]+(\.[0-9]+)?$ ]] && small=200000 target=$(awk -v n="$millions" 'BEGIN { printf "%d", n * 1000000 }') && ((target > small)) ||
    die "BENCH_MILLIONS (make bench N=…) is a number above 0.2"

# --- Tools -----------------------------------------------------------------------------------------------------------

for bin in "${PG_BIN:-}" /usr/lib/postgresql/*/bin; do
    [[ -n $bin && -x $bin/pgbench ]] && PATH=$bin:$PATH
done
PATH=$PATH:/usr/sbin:/sbin
missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need wrk wrk
need nginx nginx-light
need pgbench postgresql
need psql postgresql
need python3 python3
need curl curl
((${#missing[@]} == 0)) || die "missing tools; as root: apt-get install $(printf '%s\n' "${missing[@]}" | sort -u | tr '\n' ' ')"
[[ -n ${BENCH_PROGRAM:-} ]] || command -v cargo >/dev/null || die "cargo is missing: https://rustup.rs"

# --- A place of our own, and its end -----------------------------------------------------------------------------------

# The server reads settings from these; the measurement is to have its own.
for name in ${!SNA_@} DATABASE_URL DATABASE_REPLICA_URL ${!PG@}; do unset "$name"; done

dir=$(mktemp -d "${TMPDIR:-/tmp}/sna-bench.XXXXXX")
chmod 755 "$dir" # started by root, PostgreSQL and nginx run as other users
server='' nginx='' load='' postmaster=''

stop() { # pid, seconds until it is killed
    local pid=$1 left=$(($2 * 10))
    kill "$pid" 2>/dev/null || return 0
    while ((left-- > 0)) && kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
}

finish() {
    local status=$?
    trap - EXIT INT TERM HUP
    for pid in $load $nginx; do stop "$pid" 5; done
    [[ -z $server ]] || stop "$server" 40 # finishes requests, then stops its PostgreSQL
    [[ -z $postmaster ]] || stop "$postmaster" 10
    wait 2>/dev/null || true
    if [[ ${BENCH_KEEP:-0} == 1 ]]; then
        say "kept: $dir"
    elif ((status != 0)); then
        tail -n 20 "$dir/server.log" >&2 2>/dev/null || true
        rm -rf "$dir"
    else
        rm -rf "$dir"
    fi
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Runs a program in the background and waits for it, so that a signal to us ends it too.
run() {
    "$@" &
    load=$!
    local status=0
    wait "$load" || status=$?
    load=''
    return "$status"
}

# --- Server, databases, log-ins ------------------------------------------------------------------------------------------

commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
[[ -z $(git -C "$root" status --porcelain -- src migrations data Cargo.lock 2>/dev/null) ]] || commit+=' with changes'
if [[ -n ${BENCH_PROGRAM:-} ]]; then
    program=$(realpath "$BENCH_PROGRAM")
    commit="unknown: a program that was built before"
else
    say "building (cargo build --release)"
    (cd "$root" && cargo build --release --quiet)
    program=${CARGO_TARGET_DIR:-$root/target}/release/so-nhan-ai
fi

# An installation of its own, so that a million persons slow nothing else down.
say "persons and members (bench/persons.py)"
python3 "$here/persons.py" "$program" --persons "${BENCH_PERSONS:-1000000}" --folder "$dir" --results "$dir/persons.json"

say "activities of the whole country (bench/activities.py)"
python3 "$here/activities.py" "$program" --folder "$dir"

say "call-outs at 100,000 volunteers (bench/call_outs.py)"
python3 "$here/call_outs.py" "$program" --folder "$dir"

say "urgent calls at 2,000,000 donors (bench/urgent_calls.py)"
python3 "$here/urgent_calls.py" "$program" --folder "$dir"

say "ten thousand people booking one blood drive (bench/drives.py)"
python3 "$here/drives.py" "$program" --folder "$dir"

say "a blood centre's file of 50,000 rows (bench/blood_days.py)"
python3 "$here/blood_days.py" "$program" --folder "$dir"

say "blood donation of the country by commune (bench/blood_results.py)"
python3 "$here/blood_results.py" "$program" --folder "$dir"

say "starting the server with demo data in $dir"
export SNA_DATA_DIR=$dir/data SNA_LISTEN=127.0.0.1:0 SNA_LOG=warn
"$program" demo >"$dir/server.out" 2>"$dir/server.log" &
server=$!
unset SNA_DATA_DIR SNA_LISTEN SNA_LOG
for ((i = 0; ; i++)); do
    kill -0 "$server" 2>/dev/null || die "the server did not start"
    if [[ -s $dir/data/demo.json ]]; then
        base=$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["base_url"])' "$dir/data/demo.json")
        curl -fsS -o "$dir/ready" "$base/readyz" 2>/dev/null && break
    fi
    ((i < 1200)) || die "the server was not ready within two minutes"
    sleep 0.1
done
port=${base##*:}

postmaster=$(sed -n 1p "$dir/data/postgres/postmaster.pid")
pg=(-h "$(sed -n 5p "$dir/data/postgres/postmaster.pid")" -p "$(sed -n 4p "$dir/data/postgres/postmaster.pid")" -U so_nhan_ai)
sql() { psql "${pg[@]}" -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 "$@"; } # -d DATABASE -c … or < …

day=$(TZ=Asia/Ho_Chi_Minh date +%F)
[[ $(TZ=Asia/Ho_Chi_Minh date +%H%M) < 2340 ]] || say "midnight in Vietnam is near: figures of today and tomorrow will mix"

json() { python3 -c 'import json,sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }
token_of() { # user
    local password
    password=$(python3 -c 'import json,sys; print(next(l["password"] for l in json.load(open(sys.argv[1]))["logins"] if l["user"] == sys.argv[2]))' "$dir/data/demo.json" "$1")
    curl -fsS "$base/api/v1/session" -H 'Content-Type: application/json' -d "{\"user\":\"$1\",\"password\":\"$password\"}" | json access_token
}

# "hot": every gift to one appeal at one chapter. "spread": four chapters, with and without appeal.
officers=(hanh.hamliem:23095 minh.hamthuan:23059 nga.lamdong:68 ha.trunguong:TW)
log_in() {
    local officer appeal tokens=()
    for officer in "${officers[@]}"; do tokens+=("$(token_of "${officer%%:*}") ${officer##*:}"); done
    for appeal in LULUT-2026 -; do printf "%s $appeal\n" "${tokens[@]}"; done >"$dir/spread.places"
    head -n 1 "$dir/spread.places" >"$dir/hot.places"
}
log_in

# One gift of each place through the API: the baseline writes the same values.
say "preparing the baseline: the same schema in a second database of the same PostgreSQL"
codes=()
while read -r token chapter appeal; do
    [[ $appeal == - ]] && appeal=null || appeal="\"$appeal\""
    gift="{\"id\":\"$(cat /proc/sys/kernel/random/uuid)\",\"chapter\":\"$chapter\",\"appeal\":$appeal,\"channel\":\"CASH\",\"amount_vnd\":123000,\"received_on\":\"$day\"}"
    codes+=("$(curl -fsS "$base/api/v1/gifts" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "$gift" | json code)")
done <"$dir/spread.places"
codes=$(IFS=,; echo "{${codes[*]}}")

sql -d postgres -c 'CREATE DATABASE bench_base' -c 'ALTER SYSTEM SET autovacuum = off' -c 'SELECT pg_reload_conf()' >/dev/null
host=$(python3 -c 'import sys,urllib.parse; print(urllib.parse.quote(sys.argv[1], safe=""))' "${pg[1]}")
mkdir "$dir/base"
DATABASE_URL="postgres://so_nhan_ai@$host:${pg[3]}/bench_base" SNA_DATA_DIR=$dir/base SNA_LOG=warn "$program" migrate >/dev/null
recorder=$(cat /proc/sys/kernel/random/uuid)
sql -d bench_base -v id="$recorder" -v day="$day" <<'SQL'
INSERT INTO officer VALUES (:'id', '\x00');
INSERT INTO account (id, officer_id, user_name, password_hash, created_at) VALUES (:'id', :'id', 'bench', '!', now());
INSERT INTO fund (code, restriction, appeal) VALUES ('APPEAL:LULUT-2026', 'APPEAL', 'LULUT-2026'), ('QUARANTINE:LULUT-2026', 'QUARANTINE', 'LULUT-2026');
INSERT INTO appeal SELECT :'id', 'LULUT-2026', (SELECT id FROM chapter WHERE code = 'TW'), 'DECREE_93_2021', 'OPEN', 1,
    (SELECT id FROM fund WHERE code = 'APPEAL:LULUT-2026'), (SELECT id FROM fund WHERE code = 'QUARANTINE:LULUT-2026'), now(), :'id';
ANALYZE;
SQL
sql -d so_nhan_ai -c 'ANALYZE'

array() { # database, expression over public_entry p: one element a place
    sql -d "$1" -c "SELECT array_agg($2 ORDER BY n) FROM $3"
}
samples="unnest('$codes'::text[]) WITH ORDINALITY s(code, n) JOIN public_entry p USING (code)"
place_codes=$(array so_nhan_ai p.chapter "$samples")
funds=$(array so_nhan_ai p.fund "$samples")
at_base="unnest('$place_codes'::text[], '$funds'::text[]) WITH ORDINALITY s(chapter, fund, n) JOIN chapter c ON c.code = s.chapter
    JOIN fund f ON f.code = s.fund LEFT JOIN appeal a ON a.fund_id = f.id"
one_entry() { sql -d so_nhan_ai -v code="${codes:1:17}" <<<"$1"; }
values=(
    -D "codes=$place_codes" -D "funds=$funds"
    -D "grassroots=$(array so_nhan_ai p.grassroots "$samples")"
    -D "provinces=$(array so_nhan_ai p.province "$samples")"
    -D "appeals=$(array so_nhan_ai p.appeal "$samples")"
    -D "chapters=$(array bench_base c.id "$at_base")"
    -D "fund_ids=$(array bench_base f.id "$at_base")"
    -D "appeal_ids=$(array bench_base a.id "$at_base")"
    -D "accounts=$(array bench_base "CASE WHEN f.appeal IS NULL THEN 'DONATION_UNRESTRICTED' ELSE 'DONATION_RESTRICTED' END" "$at_base")"
    -D "leaf=$(one_entry "SELECT leaf FROM (SELECT entry, leaf FROM log_pending UNION ALL SELECT entry, leaf FROM log_leaf) l WHERE entry = :'code' LIMIT 1")"
    -D "hash=$(one_entry "SELECT leaf_hash FROM public_entry WHERE code = :'code'")"
    -D "sealed=$(one_entry "SELECT sealed FROM pd_opening WHERE entry = :'code'")"
    -D "words=$(one_entry "SELECT array_to_string(tsvector_to_array(words), ' ') FROM public_entry WHERE code = :'code'")"
    -D "recorder=$recorder" -D "day=$day"
)

# --- Measuring ---------------------------------------------------------------------------------------------------------

cells=$dir/cells.jsonl
: >"$cells"
export BENCH_DIR=$here BENCH_DAY=$day BENCH_RESULT=$dir/result.json
note() { printf '{"round":%d,"cell":"%s","variant":"%s","clients":%d,%s}\n' "$round" "$1" "$2" "$3" "$4" >>"$cells"; }

# CPU time spent so far, in clock ticks: server, PostgreSQL (children that have ended count for the postmaster).
ticks() {
    local pids
    pids=$(pgrep -P "$postmaster" | tr '\n' ' ')
    cat "/proc/$server/stat" "/proc/$postmaster/stat" $(printf '/proc/%s/stat ' $pids) 2>/dev/null |
        awk -v server="$server" -v postmaster="$postmaster" '{
            pid = $1; sub(/^.*\) /, "", $0); split($0, f, " "); own = f[12] + f[13]
            if (pid == server) s += own; else p += own + (pid == postmaster ? f[14] + f[15] : 0)
        } END { print s + 0, p + 0 }'
}

wrk_run() { # cell, variant, connections, Lua script, port, duration
    local before after result
    rm -f "$BENCH_RESULT"
    read -r -a before <<<"$(ticks)"
    run wrk -t1 -c"$3" -d"$6s" --timeout 15s -s "$here/$4" "http://127.0.0.1:$5" >"$dir/wrk.out" || die "wrk failed: $(cat "$dir/wrk.out")"
    read -r -a after <<<"$(ticks)"
    result=$(<"$BENCH_RESULT")
    result=${result#\{}
    note "$1" "$2" "$3" "\"server_ticks\":$((after[0] - before[0])),\"postgres_ticks\":$((after[1] - before[1])),${result%\}}"
}

# The log gives leaves their place right after the gifts; what is left of that work must not burden the next measurement.
settle() {
    local began waited=0
    began=$(date +%s%N)
    while [[ $(sql -d so_nhan_ai -c 'SELECT EXISTS (SELECT FROM log_pending)') == t ]]; do
        ((waited++ < 1200)) || die "the log does not catch up"
        sleep 0.05
    done
    log_ms=$((($(date +%s%N) - began) / 1000000))
    sql -d postgres -c CHECKPOINT
}

metric() { curl -fsS "$base/metrics" | awk -v name="$1" '$1 == name { printf "%d\n", $2 }'; }

# The search index follows the log; searches are measured once it has caught up.
index_settles() {
    local began waited=0
    began=$(date +%s%N)
    sleep 1 # until it has looked at the log once more
    until (($(metric sna_search_following) == 1 && $(metric sna_search_lag_leaves) == 0)); do
        ((waited++ < 9000)) || die "the search index does not catch up"
        sleep 0.2
    done
    index_ms=$((($(date +%s%N) - began) / 1000000))
}

# Copies of the pattern until the database holds so many gifts.
grow_to() {
    local have most pattern
    pattern=$(sql -d so_nhan_ai -c 'SELECT count(*) FROM bench_pattern')
    while have=$(sql -d so_nhan_ai -c 'SELECT size + (SELECT count(*) FROM log_pending) FROM log_head'); ((have < $1)); do
        most=$(($1 - have < pattern ? $1 - have : pattern))
        sql -d so_nhan_ai -v copy="$have" -v most="$most" -f "$here/multiply.sql"
        printf '\rbench: %d of %d gifts ' "$((have + most))" "$1" >&2
    done
    printf '\n' >&2
    sql -d so_nhan_ai -c 'VACUUM ANALYZE'
    sql -d postgres -c CHECKPOINT
}

# Autovacuum would hit one short measurement and miss the next: it is off, and this runs before each that writes.
tidy() { # database
    sql -d "$1" -c 'VACUUM entry, posting, gift, log_pending, log_leaf, pd_opening, public_entry, audit_event, number_series, cash_receipt, balance, total_by_day, total_overall'
}

gifts() { # shape, connections
    tidy so_nhan_ai
    settle
    local cell=${BENCH_VARIANT:-gift}
    BENCH_PLACES=$dir/$1.places wrk_run "$cell" "$1" "$2" post_gifts.lua "$port" "$seconds"
    settle
    [[ $cell != gift ]] || note log "$1" "$2" "\"catch_up_ms\":$log_ms"
}

baseline_gifts() { # shape, clients
    local places=8 rate
    [[ $1 == hot ]] && places=1
    tidy bench_base
    settle
    # The first second warms 64 connections up and does not count.
    run pgbench "${pg[@]}" -n -M prepared -c "$2" -j 1 -T $((seconds + 1)) -P 1 -f "$here/gift.pgbench.sql" -D "places=$places" "${values[@]}" bench_base \
        >"$dir/pgbench.out" 2>&1 || die "pgbench failed: $(tail -n 5 "$dir/pgbench.out")"
    rate=$(awk '/^progress:/ && ++n > 1 { sum += $4 } END { print sum / (n - 1) }' "$dir/pgbench.out")
    note base_gift "$1" "$2" "\"rate\":$rate,\"requests\":$(awk '/actually processed:/ { print $6 }' "$dir/pgbench.out" | cut -d/ -f1),\"failed\":$(awk '/failed transactions:/ { print $5 }' "$dir/pgbench.out")"
}

reads() { # cell, variant, clients, file of paths, port
    BENCH_PATHS=$4 wrk_run "$1" "$2" "$3" get_paths.lua "$5" "$seconds"
}

# Entries by code: those of the demo that have their place in the log, and the same bytes as files for nginx.
say "preparing the baseline of reading: nginx with the same bytes"
settle
mkdir -p "$dir/static/api/v1/public/entries"
sql -d so_nhan_ai -c "SELECT '/api/v1/public/entries/' || code FROM public_entry ORDER BY md5(code) LIMIT 200" >"$dir/entries.paths"
while read -r path; do curl -fsS -o "$dir/static$path" "$base$path"; done <"$dir/entries.paths"
nginx_port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
((EUID == 0)) && nginx_user='user www-data;' || nginx_user=''
sed -e "s|@USER@|$nginx_user|" -e "s|@DIR@|$dir|g" -e "s|@PORT@|$nginx_port|" "$here/nginx.conf.template" >"$dir/nginx.conf"
nginx -c "$dir/nginx.conf" -e "$dir/nginx.log" &
nginx=$!
path=$(head -n 1 "$dir/entries.paths")
for ((i = 0; ; i++)); do
    curl -fsS -o "$dir/ready" "http://127.0.0.1:$nginx_port$path" 2>/dev/null && break
    ((i < 50)) || die "nginx did not start: $(cat "$dir/nginx.log")"
    sleep 0.1
done
cmp -s "$dir/ready" "$dir/static$path" || die "nginx serves other bytes than the product"

# --- A pattern, 0.2 million gifts, the first rounds ------------------------------------------------------------------------

say "recording 60,000 gifts in batches of 500"
round=1
settle
read -r -a before <<<"$(ticks)"
batch=$(python3 "$here/fill.py" "$base" "$dir/data/demo.json" "$root/data/names.json" 60000 2)
read -r -a after <<<"$(ticks)"
batch=${batch#\{}
note batch product 2 "\"server_ticks\":$((after[0] - before[0])),\"postgres_ticks\":$((after[1] - before[1])),${batch%\}}"
settle
sql -d so_nhan_ai -f "$here/remember.sql"
say "copying them to $small"
grow_to "$small"
settle

# Row by row: the statements of one gift, a hundred gifts to a transaction, one client.
awk '/^BEGIN|^COMMIT/ { next } { print }' "$here/gift.pgbench.sql" >"$dir/one.sql"
{ echo 'BEGIN;'; for ((i = 0; i < 100; i++)); do cat "$dir/one.sql"; done; echo 'COMMIT;'; } >"$dir/rows.sql"
rows_baseline() {
    tidy bench_base
    run pgbench "${pg[@]}" -n -M prepared -c 1 -j 1 -T "$seconds" -f "$dir/rows.sql" -D places=8 "${values[@]}" bench_base >"$dir/pgbench.out" 2>&1 ||
        die "pgbench failed: $(tail -n 5 "$dir/pgbench.out")"
    local done
    done=$(awk '/actually processed:/ { print $6 }' "$dir/pgbench.out" | cut -d/ -f1)
    note base_rows spread 1 "\"rate\":$(awk '/^tps/ { print $3 * 100 }' "$dir/pgbench.out"),\"requests\":$((done * 100)),\"failed\":0"
}

gifts_before=$(sql -d so_nhan_ai -c 'SELECT count(*) FROM gift')
load_before=$(cut -d' ' -f1 /proc/loadavg)
say "warming up"
round=0
gifts hot 64
baseline_gifts hot 8
sql -d so_nhan_ai -c ANALYZE
sql -d bench_base -c ANALYZE

for ((round = 1; round <= rounds; round++)); do
    say "round $round of $rounds at $small gifts"
    log_in # access tokens live for minutes
    gifts hot 64
    for clients in 8 32 64; do baseline_gifts hot $clients; done
    gifts hot 256
    gifts hot 1
    gifts spread 64
    for clients in 8 32 64; do baseline_gifts spread $clients; done
    gifts spread 256
    rows_baseline
    reads entry product 64 "$dir/entries.paths" "$port"
    reads entry nginx 64 "$dir/entries.paths" "$nginx_port"
done
settle
gifts_small=$(sql -d so_nhan_ai -c 'SELECT count(*) FROM gift')

# --- N million gifts, the second rounds --------------------------------------------------------------------------------------

# The sequencers are polite: who holds their lock lets the leaves wait, so that sealing can be timed by itself.
say "copying the pattern to $target gifts"
PGAPPNAME=bench_holder psql "${pg[@]}" -d so_nhan_ai -X -q -c 'SELECT pg_advisory_lock(6002807231006200149)' -c 'SELECT pg_sleep(100000)' >/dev/null 2>&1 &
load=$!
grow_to "$target"
sealed_before=$(sql -d so_nhan_ai -c 'SELECT size FROM log_tree')
sealed_after=$(sql -d so_nhan_ai -c 'SELECT size + (SELECT count(*) FROM log_pending) FROM log_head')
began=$(date +%s%N)
sql -d postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bench_holder'" >/dev/null
wait "$load" || true
load=''
# (Looking into the queue itself would walk over everything that has left it, and be a good part of what is measured.)
until (($(sql -d so_nhan_ai -c 'SELECT size FROM log_tree') >= sealed_after)); do sleep 0.2; done
sealing_ms=$((($(date +%s%N) - began) / 1000000))
sealed=$((sealed_after - sealed_before))
until [[ $(curl -fsS "$base/log/checkpoint" | sed -n 2p) == $(sql -d so_nhan_ai -c 'SELECT size FROM log_head') ]]; do sleep 0.2; done
publishing_ms=$((($(date +%s%N) - began) / 1000000))
say "$sealed leaves were sealed in $sealing_ms ms and published in $publishing_ms ms"
gifts_grown=$(sql -d so_nhan_ai -c 'SELECT count(*) FROM gift')
index_settles
say "the search index had caught up $((index_ms / 1000)) s after the last copy"
log_in
python3 "$here/classes.py" "$base" "$dir" "$day" < <(sql -d so_nhan_ai -c "
    SELECT giver, count(*) FROM public_entry p JOIN bench_pattern b ON b.code = p.code
    WHERE giver IS NOT NULL AND giver NOT LIKE '%.%' AND array_length(string_to_array(giver, ' '), 1) = 3 GROUP BY 1 ORDER BY 2 DESC, 1")
mapfile -t classes <"$dir/classes"
sql -d so_nhan_ai -c "SELECT '/api/v1/public/entries/' || entry || '/receipt' FROM log_leaf WHERE idx % 9973 = 0" >"$dir/receipts.paths"
# The same files for nginx, where it may read them.
(cd "$dir/data" && find log/tile/0 log/tile/entries -type f ! -name '*.gz' | shuf -n 400 --random-source=<(yes)) >"$dir/tiles"
(cd "$dir/data" && cp --parents -t "$dir/static" $(<"$dir/tiles") && chmod -R a+rX "$dir/static/log")
sed 's|^|/|' "$dir/tiles" >"$dir/tiles.paths"

for ((round = 1; round <= rounds; round++)); do
    say "round $round of $rounds at $target gifts"
    log_in
    # The same measurement as before the growth: only what the ledger's size does to it counts.
    BENCH_VARIANT=grown gifts hot 64
    BENCH_VARIANT=grown gifts spread 64
    index_settles
    tidy so_nhan_ai
    for class in "${classes[@]}"; do reads search "$class" 8 "$dir/$class.paths" "$port"; done
    reads proof product 1 "$dir/receipts.paths" "$port"
    reads tile product 64 "$dir/tiles.paths" "$port"
    reads tile nginx 64 "$dir/tiles.paths" "$nginx_port"
done
settle

say "how soon a new entry is found"
round=1
note fresh product 1 "$(python3 "$here/fresh.py" "$base" "$(head -n 1 "$dir/spread.places" | cut -d' ' -f1)" "$day")"
settle

say "how soon a gift is under a checkpoint, at a thousand gifts a second"
note seal product 1 "$(python3 "$here/seal.py" "$base" "$(head -n 1 "$dir/spread.places" | cut -d' ' -f1)" "$day")"
settle

say "a long account ledger as a file, and the same lines by COPY"
read -r book_chapter book_account < <(sql -d so_nhan_ai -c "
    SELECT c.code, p.account FROM posting p JOIN entry e ON e.id = p.entry_id JOIN chapter c ON c.id = e.chapter_id
    GROUP BY 1, 2 ORDER BY count(*) < 100000, abs(count(*) - 100000) LIMIT 1")
log_in
for ((round = 1; round <= rounds; round++)); do
    book=$(python3 "$here/books.py" "$base" "$(awk '$2 == "TW" { print $1; exit }' "$dir/spread.places")" "$book_chapter" "$book_account" "$server")
    began=$(date +%s%N)
    sql -d so_nhan_ai -v chapter="$book_chapter" -v account="$book_account" >"$dir/copied" <<'SQL'
SELECT set_config('bench.chapter', :'chapter', false), set_config('bench.account', :'account', false);
COPY (SELECT e.booked, r.year, r.no, e.day, e.kind, f.code, p.amount, sum(p.amount) OVER (ORDER BY e.day, e.id, p.n), e.code
      FROM entry e JOIN posting p ON p.entry_id = e.id JOIN fund f ON f.id = p.fund_id JOIN chapter c ON c.id = e.chapter_id
      LEFT JOIN cash_receipt r ON r.entry_id = e.id
      WHERE c.code = current_setting('bench.chapter') AND p.account = current_setting('bench.account') ORDER BY e.day, e.id, p.n) TO STDOUT (FORMAT csv);
SQL
    copy_ms=$((($(date +%s%N) - began) / 1000000))
    book=${book#\{}
    note book product 1 "\"copy_ms\":$copy_ms,${book%\}}"
done

say "auditing the published log from its files"
vkey=$(curl -fsS "$base/api/v1/public/log" | python3 -c 'import json,sys; print(json.load(sys.stdin)["keys"][-1])')
began=$(date +%s%N)
"$program" audit --dir "$dir/data/log" --vkey "$vkey" >"$dir/log-audit" 2>&1 || die "the published log does not verify: $(cat "$dir/log-audit")"
log_audit_ms=$((($(date +%s%N) - began) / 1000000))
log_audited=$(sed -n 2p "$dir/data/log/checkpoint")

# --- The books afterwards -----------------------------------------------------------------------------------------------

say "checking the books"
audit() { # database: name and what must be 0
    sql -d "$1" <<'SQL'
SELECT 'postings_sum', coalesce(sum(amount), 0) FROM posting
UNION ALL SELECT 'gifts_without_two_postings', count(*) FROM gift g WHERE (SELECT count(*) FROM posting p WHERE p.entry_id = g.entry_id) <> 2
UNION ALL SELECT 'entries_minus_public_rows', (SELECT count(*) FROM entry) - (SELECT count(*) FROM public_entry)
UNION ALL SELECT 'entries_minus_leaves', (SELECT count(*) FROM entry) + (SELECT count(*) FROM publication) - (SELECT count(*) FROM log_leaf) - (SELECT count(*) FROM log_pending)
UNION ALL SELECT 'gifts_minus_audit_events', (SELECT count(*) FROM gift) - (SELECT count(*) FROM audit_event WHERE action = 'GIFT_RECORDED')
UNION ALL SELECT 'balances_that_differ', count(*) FROM balance b FULL JOIN (
    SELECT chapter_id, fund_id, account, sum(amount)::bigint AS amount_vnd FROM posting JOIN entry ON entry.id = entry_id GROUP BY 1, 2, 3) p
    USING (chapter_id, fund_id, account) WHERE b.account <> 'BANK_GROUP' AND b.amount_vnd IS DISTINCT FROM p.amount_vnd
UNION ALL SELECT 'days_that_differ', count(*) FROM total_by_day t FULL JOIN (
    SELECT a.ancestor_id AS scope_id, p.fund_id, e.channel AS part, e.day, sum(-p.amount)::bigint AS vnd,
        count(DISTINCT e.id) FILTER (WHERE e.kind <> 'REVERSAL') - count(DISTINCT e.id) FILTER (WHERE e.kind = 'REVERSAL') AS n
    FROM entry e JOIN posting p ON p.entry_id = e.id AND p.account LIKE 'DONATION%' JOIN chapter_ancestor a USING (chapter_id)
    GROUP BY 1, 2, 3, 4) s USING (scope_id, fund_id, part, day)
    WHERE t.measure = 'RECEIVED' AND (t.subtree_vnd, t.subtree_count) IS DISTINCT FROM (s.vnd, s.n)
UNION ALL SELECT 'totals_that_differ_from_days', count(*) FROM total_overall t FULL JOIN (
    SELECT scope_id, fund_id, measure, part, sum(own_vnd)::bigint AS ov, sum(own_count)::bigint AS oc, sum(subtree_vnd)::bigint AS sv, sum(subtree_count)::bigint AS sc
    FROM total_by_day GROUP BY 1, 2, 3, 4) d USING (scope_id, fund_id, measure, part)
    WHERE (t.own_vnd, t.own_count, t.subtree_vnd, t.subtree_count) IS DISTINCT FROM (d.ov, d.oc, d.sv, d.sc);
SQL
}
audit so_nhan_ai >"$dir/audit.product"
audit bench_base >"$dir/audit.baseline"
gifts_after=$(sql -d so_nhan_ai -c 'SELECT count(*) FROM gift')
base_gifts=$(sql -d bench_base -c 'SELECT count(*) FROM gift')

cat >"$dir/facts" <<FACTS
date $(date -u +%FT%TZ)
commit $commit
cores $(nproc)
cpu $(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
memory $(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1048576 }' /proc/meminfo)
postgresql $(sql -d postgres -c "SELECT current_setting('server_version')")
settings $(sql -d postgres -c "SELECT string_agg(name || ' ' || current_setting(name), ', ' ORDER BY name) FROM pg_settings WHERE name IN ('fsync','synchronous_commit','full_page_writes','shared_buffers','wal_compression')")
nginx $(nginx -v 2>&1 | sed 's|.*/||')
load_before $load_before
seconds $seconds
rounds $rounds
gifts_before $gifts_before
gifts_small $gifts_small
gifts_grown $gifts_grown
target $target
index_ms $index_ms
sealed $sealed
sealing_ms $sealing_ms
publishing_ms $publishing_ms
log_audit_ms $log_audit_ms
log_audited $log_audited
gifts_after $gifts_after
base_gifts $base_gifts
ticks_per_second $(getconf CLK_TCK)
server_peak_kb $(awk '/^VmHWM/ { print $2 }' "/proc/$server/status")
server_anon_kb $(awk '/^RssAnon/ { print $2 }' "/proc/$server/status")
server_threads $(awk '/^Threads/ { print $2 }' "/proc/$server/status")
server_log_lines $(wc -l <"$dir/server.log")
FACTS

mkdir -p "$here/results"
pages=("$root/docs/performance.md" "$here/history.json")
[[ ${BENCH_DOCS:-1} == 0 ]] && pages=()
python3 "$here/report.py" "$dir" "$here/results/latest.json" "${pages[@]}"
