# shellcheck shell=bash
# Building the page: Dashboard/ into Dashboard/dist. Only where something changed since the last time; Node.js is not needed to run the rest.

# Prints what is missing for it, or nothing.
page_lacks() {
  if [[ ! -f $repository/Dashboard/package.json ]]; then
    echo "there is no Dashboard/"
  elif ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "it takes Node.js 20.19 or later with npm (https://nodejs.org)"
  elif ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(+a > 20 || (+a === 20 && +b >= 19) ? 0 : 1)'; then
    echo "it takes Node.js 20.19 or later (https://nodejs.org); here is $(node --version)"
  fi
}

# start_page_build LOG ... finish_page_build: in between there is time for something else.
start_page_build() {
  page_log=$1 page_task='' page_missing=$(page_lacks)
  [[ -z $page_missing ]] || return 0
  mkdir -p "$repository/artifacts"
  start_task build_page "$page_log"
  page_task=$task
}

# Fails where there is no page now; why stands in $page_missing.
finish_page_build() {
  [[ -n $page_task ]] || return 1
  finish_task "$page_task" && return
  page_missing="building it failed (log: $page_log)"
  return 1
}

build_page() {
  cd "$repository/Dashboard" || return
  exec {page_lock_fd}>../artifacts/page.lock
  flock --nonblock "$page_lock_fd" || { progress page "waiting for another build of it"; flock "$page_lock_fd"; }
  {
    local packages sources
    # What the last build was made of stands beside what came of it.
    packages=$(page_hash package.json package-lock.json .npmrc)
    if [[ $(cat node_modules/.made-of 2>/dev/null) != "$packages" ]]; then
      progress page "fetching packages"
      npm ci --no-audit --no-fund || return
      echo "$packages" >node_modules/.made-of
    fi
    sources=$(page_hash package.json package-lock.json tsconfig.json vite.config.ts index.html api client public scripts src)
    if [[ $(cat dist/.made-of 2>/dev/null) != "$sources" ]]; then
      progress page building
      npm run --silent build || return
      echo "$sources" >dist/.made-of
    fi
  } >"$1" 2>&1
  progress page done
}

# page_hash PATH...: of all that lies there, names too; not of what the build itself writes.
page_hash() {
  find "$@" -type f ! -name schema.ts ! -name definitions.json ! -path 'client/dist/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1
}

# test_page RESULTS: the page's own tests; their results as JSON.
test_page() {
  cd "$repository/Dashboard" || return
  npm run --silent test -- --reporter=dot --reporter=json --outputFile.json="$1"
}

# require_browser LOG: Chromium, for the tests in a browser.
require_browser() {
  if [[ -n ${PNL_CHROMIUM:-} ]]; then
    [[ -x $PNL_CHROMIUM ]] || fail "there is no browser at $PNL_CHROMIUM (PNL_CHROMIUM)"
    return
  fi
  if [[ -x /usr/bin/chromium ]]; then return; fi
  if ((EUID)) || ! command -v apt-get >/dev/null; then fail "the browser tests take Chromium: install it, and say in PNL_CHROMIUM where it is"; fi
  say "Installing Chromium"
  interruptibly debian_install chromium >"$1" 2>&1 || fail_with_log "apt-get could not install chromium" "$1"
}
