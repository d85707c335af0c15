// SPDX-License-Identifier: Apache-2.0

#include "kernel/timed_calls.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include <linux/seccomp.h>
#include <sys/syscall.h>

#include "bpf/instructions.h"
#include "kernel/under_filter.h"
#include "support/child.h"

namespace precompiledseccomp::testing {
namespace {

using Ticks = std::uint64_t;

constexpr int kRounds = 15;

// What calls of a door are compared with.
struct References {
  Door door;
  std::uint32_t from_bitmap;
  std::uint32_t by_filter;
};

std::vector<References> AllReferences() {
  std::vector<References> references = {{Door::kSyscall, SYS_gettid, SYS_getegid}};
  constexpr std::uint32_t kI386Gettid = 224;
  constexpr std::uint32_t kI386Getegid32 = 202;
  static const bool has_int80 = Exists(Door::kInt80);
  if (has_int80) references.push_back({Door::kInt80, kI386Gettid, kI386Getegid32});
  return references;
}

// Not by a clock of the libc: that may need a system call.
Ticks Now() {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#else
  Ticks now = 0;
  asm volatile("isb\n mrs %0, cntvct_el0" : "=r"(now));
  return now;
#endif
}

// Each `and` waits for the one before it, so that none is for free. The last one leaves A as a program finds
// it at its start.
bpf::Program WithReferences(std::span<const sock_filter> program) {
  bpf::Program end;
  for (const References& references : AllReferences())
    for (const sock_filter& instruction : {
             bpf::LoadWord(bpf::kArchOffset),
             bpf::JumpIfEqual(ArchitectureOf(references.door), 0, 6),
             bpf::LoadWord(bpf::kNumberOffset),
             bpf::JumpIfEqual(references.from_bitmap, 0, 1),
             bpf::Return(SECCOMP_RET_ALLOW),
             bpf::JumpIfEqual(references.by_filter, 0, 2),
             bpf::LoadWord(16),
             bpf::Return(SECCOMP_RET_ALLOW),
         })
      end.push_back(instruction);
  end.push_back(bpf::And(0));
  end.insert(end.end(), program.begin(), program.end());
  if (end.size() > BPF_MAXINSNS / 2) throw std::invalid_argument("too long a program to be slowed down");
  bpf::Program slow(BPF_MAXINSNS - end.size(), bpf::And(0xffffffff));
  slow.insert(slow.end(), end.begin(), end.end());
  return slow;
}

Ticks TimeOf(const TimedCall& call) {
  constexpr int kBatch = 4;
  seccomp_data data{};
  data.nr = static_cast<int>(call.number);
  const Ticks begin = Now();
  for (int i = 0; i < kBatch; ++i) Enter(call.door, data);
  return Now() - begin;
}

// Of one call, and of its references right before and after it: whatever else the machine does meets all
// three alike, or stands out.
struct Times {
  Ticks from_bitmap = 0;
  Ticks call = 0;
  Ticks by_filter = 0;
};

const References& ReferencesFor(const TimedCall& call, const std::vector<References>& references) {
  for (const References& candidate : references)
    if (candidate.door == call.door) return candidate;
  throw std::invalid_argument("a call by a door that cannot be measured");
}

// kRounds of each call, one after the other.
std::vector<Times> Measure(std::span<const sock_filter> program, std::span<const TimedCall> calls) {
  const std::vector<References> all_references = AllReferences();
  std::vector<References> references;
  for (const TimedCall& call : calls) references.push_back(ReferencesFor(call, all_references));

  const std::size_t count = kRounds * calls.size();
  const SharedArray<Times> times(count);
  const bool finished = RunUnder(program, [&] {
    for (std::size_t i = 0; i < count; ++i) {
      const auto& [door, from_bitmap, by_filter] = references[i % calls.size()];
      times[i] = {TimeOf({from_bitmap, door}), TimeOf(calls[i % calls.size()]), TimeOf({by_filter, door})};
    }
  });
  if (!finished) throw std::runtime_error("the child died");
  return {times.begin(), times.begin() + count};
}

// Calls differ by themselves, but by less than a third of what the filter takes; and that must be much more
// than `shortest`, what the fastest call of all takes.
Answered Compare(const Times& times, Ticks shortest) {
  constexpr Ticks kFarApart = 3;
  if (times.by_filter < times.from_bitmap + kFarApart * shortest) return Answered::kUndecided;
  const Ticks third = (times.by_filter - times.from_bitmap) / 3;
  if (times.call < times.from_bitmap + third) return Answered::kFromBitmap;
  return times.call > times.by_filter - third ? Answered::kByFilter : Answered::kUndecided;
}

// What two thirds of the rounds say, if no more than one says the opposite.
Answered Majority(const std::vector<Answered>& rounds) {
  const auto from_bitmap = std::count(rounds.begin(), rounds.end(), Answered::kFromBitmap);
  const auto by_filter = std::count(rounds.begin(), rounds.end(), Answered::kByFilter);
  constexpr int kMost = kRounds * 2 / 3;
  if (from_bitmap >= kMost && by_filter <= 1) return Answered::kFromBitmap;
  return by_filter >= kMost && from_bitmap <= 1 ? Answered::kByFilter : Answered::kUndecided;
}

// One try.
std::vector<Answered> MeasureOnce(std::span<const sock_filter> slow, std::span<const TimedCall> calls) {
  // The usual door's calls are the shortest.
  std::vector<TimedCall> all(calls.begin(), calls.end());
  all.push_back({AllReferences().front().from_bitmap});
  const std::vector<Times> times = Measure(slow, all);
  Ticks shortest = std::numeric_limits<Ticks>::max();
  for (const Times& one : times) shortest = std::min({shortest, one.from_bitmap, one.call});

  std::vector<Answered> answered;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    std::vector<Answered> rounds;
    for (std::size_t j = i; j < times.size(); j += all.size()) rounds.push_back(Compare(times[j], shortest));
    answered.push_back(Majority(rounds));
  }
  return answered;
}

}  // namespace

std::vector<Answered> HowCallsAreAnswered(std::span<const sock_filter> program,
                                          std::span<const TimedCall> calls) {
  constexpr int kTries = 30;
  const bpf::Program slow = WithReferences(program);
  std::vector<Answered> answered(calls.size(), Answered::kUndecided);
  for (int i = 0; i < kTries; ++i) {
    std::vector<TimedCall> left;
    std::vector<std::size_t> places;
    for (std::size_t j = 0; j < calls.size(); ++j) {
      if (answered[j] != Answered::kUndecided) continue;
      left.push_back(calls[j]);
      places.push_back(j);
    }
    if (left.empty()) break;
    const std::vector<Answered> of_left = MeasureOnce(slow, left);
    for (std::size_t j = 0; j < left.size(); ++j) answered[places[j]] = of_left[j];
  }
  return answered;
}

}  // namespace precompiledseccomp::testing
