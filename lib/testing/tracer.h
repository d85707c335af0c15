// SPDX-License-Identifier: Apache-2.0
//
// Follows a child and all its threads and children by ptrace(2), and notes what they call under a filter.
//
// A tracer is a thread: all functions are for the same one, which has no children of its own, so that it can
// wait for whatever it traces and takes nothing away from the rest of the process.
//
//   seize     the child, which waits for a word of its parent's; those that it makes are seized by themselves
//   enter     a thread is stopped in front of each call, before the filter sees it: what the filter will
//             answer, and whether that ends the thread, is known then
//   leave     it is stopped behind the call, if it comes to that
//   end       the child has reported, and is killed in front of the call by which it would end
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "testing/boundary_calls.h"
#include "testing/report.h"

namespace precompiledseccomp::testing {

struct TracedCall {
  seccomp_data call{};       // without its instruction pointer, and what is not among its parameters
  std::uint32_t answer = 0;  // the filter's
  std::size_t count = 1;
};

class Tracer {
 public:
  // All must outlive the tracer. Of refused calls, the first `most_refused` different ones are noted.
  Tracer(pid_t child, std::span<const sock_filter> filter, const Report& report, std::size_t most_refused)
      : child_(child), filter_(filter), report_(report), most_refused_(most_refused) {}

  // Nothing if the child is traced from now on; if not, why, and it runs on as if nothing had been.
  std::optional<std::string> Attach();

  // Until the child has ended, and then all that it left. Returns the child's status, as from waitpid;
  // nothing if somebody else has waited for it.
  std::optional<int> Follow();

  // ---- After that.

  [[nodiscard]] const std::vector<TracedCall>& refused() const { return refused_; }
  // The call that ended the child by SIGSYS, if one did.
  [[nodiscard]] const std::optional<TracedCall>& fatal() const { return fatal_; }
  // The call in which the child's first thread was.
  [[nodiscard]] const std::optional<TracedCall>& last() const { return last_; }

 private:
  struct Thread {
    bool is_of_child = false;           // or of one of the processes that it made
    std::optional<TracedCall> inside;   // the call that it has entered and not left
    std::optional<TracedCall> trapped;  // the last one answered by a trap: left when the signal comes
  };

  void OnStop(pid_t tid, int status);
  void OnSystemCall(pid_t tid);
  void OnEntry(pid_t tid, const seccomp_data& call);
  void OnSignal(pid_t tid, int signal);
  void OnEnd(pid_t tid, int status);

  Thread& ThreadOf(pid_t tid);
  void NoteRefusal(const TracedCall& refused);
  void NoteFatal(const TracedCall& call);

  pid_t child_;
  std::span<const sock_filter> filter_;
  const Report& report_;
  std::size_t most_refused_;
  std::optional<int> status_;  // when it has ended
  std::map<pid_t, Thread> threads_;
  std::vector<TracedCall> refused_;
  std::map<std::pair<CallWords, std::uint32_t>, std::size_t> places_;  // of calls in refused_, by answer too
  std::optional<TracedCall> fatal_;
  std::optional<TracedCall> last_;
};

}  // namespace precompiledseccomp::testing
