// SPDX-License-Identifier: Apache-2.0
//
// The worker when something around it fails: whoever asks is told, and lives on.

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "../../example/worker/worker.h"
#include "support/child.h"
#include "worker_filters.h"

namespace precompiledseccomp::testing {
namespace {

auto Embedded(int input, int output) {
  return ::worker::Worker{.input = input, .output = output}.Render();
}

struct Seen {
  bool complete;
  bool answered;
  int error;
  int status;
  int descriptors;
};

// In a child, for what fails there and for what a signal would end.
template <typename MakeFilter>
Seen AskInChild(const std::function<void()>& prepare, const std::string& text,
                const MakeFilter& make_filter) {
  const SharedArray<Seen> seen(1);
  RunInChild([&] {
    prepare();
    const int before = dup(0);
    close(before);
    const ::worker::Outcome outcome = ::worker::Ask(text, make_filter);
    seen[0] = {true, !outcome.answer.empty(), outcome.error, outcome.status, 0};
    // The lowest free descriptor is what it was: none is left open.
    const int after = dup(0);
    seen[0].descriptors = after - before;
  });
  return seen[0];
}

void RefuseToFork() {
  constexpr unsigned kCode = SECCOMP_RET_ERRNO | EAGAIN;
  sock_filter instructions[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
#ifdef SYS_fork
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fork, 3, 0),
#else
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 3, 0),
#endif
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, kCode),
  };
  const sock_fprog program = {sizeof(instructions) / sizeof(instructions[0]), instructions};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

BOOST_AUTO_TEST_SUITE(WorkerExample)

BOOST_AUTO_TEST_CASE(AWorkerAnswers) {
  const ::worker::Outcome outcome = ::worker::Ask("abc", Embedded);
  BOOST_TEST(outcome.error == 0);
  BOOST_TEST(outcome.answer == "ABC");
  BOOST_TEST((WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0));
}

BOOST_AUTO_TEST_CASE(ALongTextIsAnsweredInFull) {
  // More than socket and pipe hold together.
  const std::string text(3'000'000, 'a');
  const ::worker::Outcome outcome = ::worker::Ask(text, Embedded);
  BOOST_TEST(outcome.error == 0);
  BOOST_TEST((outcome.answer == std::string(text.size(), 'A')));
}

BOOST_AUTO_TEST_CASE(WithoutAChildThereIsNoAnswer) {
  const Seen seen = AskInChild(RefuseToFork, "abc", Embedded);
  BOOST_TEST(seen.complete);
  BOOST_TEST(!seen.answered);
  BOOST_TEST(seen.error == EAGAIN);
  BOOST_TEST(seen.descriptors == 0);
}

BOOST_AUTO_TEST_CASE(WithoutDescriptorsThereIsNoAnswer) {
  for (const int free : {0, 1, 2, 3}) {
    const auto limit = [&] {
      const int next = dup(0);
      const rlimit descriptors = {static_cast<rlim_t>(next + free), static_cast<rlim_t>(next + free)};
      close(next);
      setrlimit(RLIMIT_NOFILE, &descriptors);
    };
    const SharedArray<Seen> seen(1);
    RunInChild([&] {
      limit();
      const ::worker::Outcome outcome = ::worker::Ask("abc", Embedded);
      seen[0] = {true, !outcome.answer.empty(), outcome.error, outcome.status, 0};
    });
    BOOST_TEST_CONTEXT(free << " descriptors") {
      BOOST_TEST(seen[0].complete);
      BOOST_TEST(!seen[0].answered);
      BOOST_TEST(seen[0].error == EMFILE);
    }
  }
}

BOOST_AUTO_TEST_CASE(AWorkerWithoutAFilterDoesNotWork) {
  // The text is too long to be taken before the worker ends: what is sent then must raise no SIGPIPE.
  const Seen seen = AskInChild([] {}, std::string(3'000'000, 'a'), [](int, int) { return Filter(); });
  BOOST_TEST(seen.complete);
  BOOST_TEST(!seen.answered);
  BOOST_TEST((WIFEXITED(seen.status) && WEXITSTATUS(seen.status) == 2));
  BOOST_TEST(seen.descriptors == 0);
}

BOOST_AUTO_TEST_CASE(AWorkerThatIsTakenOverIsKilled) {
  const Seen seen = AskInChild([] {}, ::worker::kAttack, Embedded);
  BOOST_TEST(seen.complete);
  BOOST_TEST(!seen.answered);
  BOOST_TEST((WIFSIGNALED(seen.status) && WTERMSIG(seen.status) == SIGSYS));
}

BOOST_AUTO_TEST_CASE(DescriptorsAreClosedOnExecution) {
  // In the worker, before its filter.
  const ::worker::Outcome outcome = ::worker::Ask("abc", [](int input, int output) {
    for (const int fd : {input, output})
      if ((fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) _exit(9);
    return Embedded(input, output);
  });
  BOOST_TEST(outcome.answer == "ABC");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
