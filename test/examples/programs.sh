#!/bin/sh
# Ordinary programs run in the sandbox, and sandbox-run takes and answers what programs of its kind do.
#
#   programs.sh SANDBOX-RUN
set -eu
# Without folders that only the user can read: what is not found there is refused.
PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
sandbox_run=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

failed=0

# expect STATUS OUTPUT ARGUMENT...: what sandbox-run does with the arguments. OUTPUT is a pattern.
expect() {
  status=$1 pattern=$2
  shift 2
  got=0
  output=$("$sandbox_run" "$@" < /dev/null 2>&1) || got=$?
  case $output in
    $pattern) [ "$got" -ne "$status" ] || return 0 ;;
  esac
  echo "FAILED: sandbox-run $*: status $got, not $status, and: $output"
  failed=1
}

usage='usage: sandbox-run *'
expect 2 "$usage"
expect 2 "$usage" --
expect 2 "$usage" --log
expect 2 "$usage" --log --
expect 2 "$usage" --logs true
expect 0 '/' -- ls -d /
expect 0 '/' ls -d /
expect 0 '-- /' echo -- /
expect 0 '/' --log -- ls -d /
expect 0 '/' --trap -- ls -d /
expect 127 'sandbox-run: no-such-command: *' no-such-command
expect 127 'sandbox-run: -no-such-command: *' -- -no-such-command
expect 126 'sandbox-run: /: *' /
expect 3 '' sh -c 'exit 3'

printf 'pear\napple\n' > fruit
expect 0 'apple
pear' sh -c 'cat fruit | sort'
expect 0 '1' sh -c '(sleep 0.01 & wait; echo done) | grep -c done'
expect 0 'same' sh -c 'mkfifo pipe && { cat fruit > pipe & cmp pipe fruit; } && echo same'
expect 1 '*Operation not permitted*' mknod device c 1 3
expect 125 '*Operation not permitted*' chroot / true

if command -v perl > /dev/null; then
  expect 0 'pear' perl -e 'open my $f, "<", "fruit" or die; print scalar <$f>; my $p = fork; exit 0 if !$p; waitpid $p, 0'
fi
if command -v python3 > /dev/null; then
  cat > work.py << 'EOF'
import concurrent.futures, multiprocessing, os, signal, socket, subprocess, tempfile, threading, time

with socket.create_server(("127.0.0.1", 0)) as server:
    thread = threading.Thread(target=lambda: socket.create_connection(server.getsockname()).sendall(b"tcp"))
    thread.start()
    connection, _ = server.accept()
    assert connection.recv(3) == b"tcp"
    thread.join()
assert socket.getaddrinfo("localhost", 80)
left, right = socket.socketpair()
left.send(b"x")
assert right.recv(1) == b"x"
with tempfile.TemporaryDirectory() as folder:
    subprocess.run("echo text > file && chmod 600 file && test -f file", shell=True, check=True, cwd=folder)
with multiprocessing.Pool(2) as pool:
    assert pool.map(abs, [-1, -2]) == [1, 2]
with concurrent.futures.ThreadPoolExecutor() as threads:
    assert sum(threads.map(len, ["a", "bc"])) == 3
signal.signal(signal.SIGUSR1, lambda *_: None)
os.kill(os.getpid(), signal.SIGUSR1)
time.sleep(0.01)
print("worked")
EOF
  expect 0 worked python3 work.py
fi
exit $failed
