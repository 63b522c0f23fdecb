# Stages of bin/test: each runs, is counted from what it reports, and can be stopped together with all it started.

PASSED=0 FAILED=0 SKIPPED=0 FAILED_STAGES=
# What failed, by name and with its first lines: said once more at the end.
FAILURES=$(mktemp)
STAGE_PID=

# run_stoppable COMMAND...: in a process group of its own, so that a signal to us ends all of it.
run_stoppable() {
  setsid "$@" </dev/null 5>&- &
  STAGE_PID=$!
  wait "$STAGE_PID"
  local code=$?
  STAGE_PID=
  return "$code"
}
stop_stage() {
  [ -n "$STAGE_PID" ] || return 0
  # dash takes a group only after -s and --.
  kill -s TERM -- "-$STAGE_PID" 2>/dev/null
  wait_until 50 stage_gone || kill -s KILL -- "-$STAGE_PID" 2>/dev/null
}
stage_gone() { ! kill -s 0 -- "-$STAGE_PID" 2>/dev/null; }

count() {
  PASSED=$((PASSED + $1)) FAILED=$((FAILED + $2)) SKIPPED=$((SKIPPED + ${3:-0}))
}

# stage NAME COMMAND...: one that passes or fails as a whole.
stage() {
  local name=$1 began
  shift
  began=$(now_ms)
  say "== $name"
  if run_stoppable "$@"; then
    count 1 0
    say "   passed ($(seconds_since "$began") s)"
  else
    count 0 1
    FAILED_STAGES="$FAILED_STAGES $name"
    say "   FAILED"
  fi
}

# vitest_stage PROJECT [ARGUMENTS...]: counted test by test.
vitest_stage() {
  local project=$1 report code counts
  shift
  say "== $project tests"
  report=$(mktemp)
  run_stoppable npx --no-install vitest run --project "$project" --reporter=default --reporter=json --outputFile.json="$report" "$@"
  code=$?
  counts=$(node "$LIB/count-tests.cjs" "$report" "$code" "$FAILURES") || counts="0 1 0"
  rm -f "$report"
  # shellcheck disable=SC2086
  count $counts
  case $counts in *" 0 "*) ;; *) FAILED_STAGES="$FAILED_STAGES $project" ;; esac
}
