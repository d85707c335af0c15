// SPDX-License-Identifier: Apache-2.0
//
// Tests of the worker's filter, as an application has them, without a framework: what it answers, and what
// becomes of the worker under it.

#include <cstdio>
#include <string>

#include <unistd.h>

#include <precompiledseccomp/testing.h>

#include "worker.h"
#include "worker_filters.h"

namespace pt = precompiledseccomp::testing;

namespace {

int failures = 0;

void Check(bool is_met, const std::string& message) {
  std::printf("%s  %s\n", is_met ? "ok    " : "FAILED", message.c_str());
  if (!is_met) ++failures;
}

void Check(const pt::Expectation& expectation) {
  Check(static_cast<bool>(expectation), expectation.message());
}

void TestAnswers() {
  const pt::TestedFilter filter(worker::GetPrecompiled("worker"), {{"input", 3}, {"output", 4}});
  Check(pt::ExpectAllowed(filter, "read(3)"));
  Check(pt::ExpectKilled(filter, "read(4)"));
  Check(pt::ExpectAllowed(filter, "write(4)"));
  Check(pt::ExpectKilled(filter, "write(3)"));
  Check(pt::ExpectKilled(filter, "openat(AT_FDCWD, 0, O_RDONLY)"));
  for (const pt::SystemCall& call : pt::BoundaryCalls(filter)) {
    const std::string name = call.name();
    if (name != "read" && name != "write" && name != "exit_group") Check(pt::ExpectKilled(filter, call));
  }
}

// A worker that is given this text, and how it ends.
pt::Outcome WorkOn(const std::string& text) {
  int input[2];
  int output[2];
  if (pipe(input) != 0 || pipe(output) != 0) return {};
  const bool is_written = write(input[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(input[1]);
  pt::Outcome outcome;
  if (is_written)
    outcome = pt::RunUnder(worker::Worker{.input = input[0], .output = output[1]}.Render(),
                           [&] { worker::Work(input[0], output[1]); });
  for (const int fd : {input[0], output[0], output[1]}) close(fd);
  return outcome;
}

void TestWorker() {
  const pt::Outcome good = WorkOn("the worker turns this into capitals");
  Check(good.ok() && good.refused.empty(), good.text());
  const pt::Outcome bad = WorkOn(worker::kAttack);
  // Where ptrace is refused, the call is not known.
  const bool is_open = bad.call ? bad.call->call.name().starts_with("open") : !bad.why_untraced.empty();
  Check(bad.end == pt::End::kKilled && is_open, bad.text());
}

}  // namespace

int main() {
  TestAnswers();
  TestWorker();
  return failures == 0 ? 0 : 1;
}
