// SPDX-License-Identifier: Apache-2.0
//
// A module that disturbs whoever asks it, or answers with what it should not look at: as the environment
// variable PRECOMPILEDSECCOMP_DISTURBANCE says, which definitions may read.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <precompiledseccomp/define.h>

namespace {

namespace pcs = precompiledseccomp;
using pcs::Arg;
using pcs::Policy;
using pcs::Values;

std::string_view Disturbance() {
  const char* const text = std::getenv("PRECOMPILEDSECCOMP_DISTURBANCE");
  return text == nullptr ? "" : text;
}

Policy Fine() {
  return Policy().Allow("exit_group");
}

// A policy with a number in it.
template <typename Number>
Policy With(Number number) {
  return Policy().Allow("read", Arg(1) == static_cast<std::uint64_t>(number));
}

constexpr int kMostDescriptors = 1024;

void WriteToAll(std::string_view text) {
  for (int descriptor = 3; descriptor < kMostDescriptors; ++descriptor) {
    [[maybe_unused]] const ssize_t written = write(descriptor, text.data(), text.size());
  }
}

void CloseUpTo(int last) {
  for (int descriptor = 3; descriptor <= last; ++descriptor) close(descriptor);
}

// Tells the test which process is left behind, and stays.
void LeaveProcess(bool in_session_of_its_own) {
  int ends[2] = {};
  if (pipe(ends) != 0) std::abort();
  char told = 0;
  if (fork() != 0) {
    if (read(ends[0], &told, 1) != 1) std::abort();
    return;
  }
  if (in_session_of_its_own) setsid();
  if (std::FILE* const file = std::fopen(std::getenv("PRECOMPILEDSECCOMP_LEFT"), "a")) {
    std::fprintf(file, "%d\n", static_cast<int>(getpid()));
    std::fclose(file);
  }
  if (write(ends[1], &told, 1) != 1) std::abort();
  while (true) pause();
}

// Not without a read of something volatile: a compiler may take it that such a loop ends.
void Loop() {
  volatile bool goes_on = true;
  while (goes_on) {
  }
}

[[noreturn]] void Refuse() {
  throw std::runtime_error("no");
}

using Definition = std::function<Policy()>;

const std::map<std::string_view, Definition>& Definitions() {
  static const std::map<std::string_view, Definition> definitions = {
      {"writes a line", [] { return WriteToAll("a line\n"), Fine(); }},
      {"writes zeros", [] { return WriteToAll(std::string(4096, '\0')), Fine(); }},
      {"writes a large size",
       [] {
         return WriteToAll({"acsp\3\0\0\0\0\0\0\0\0\0\0\1", 16}), Fine();
       }},
      {"writes an empty record",
       [] {
         return WriteToAll({"acsp\3\0\0\0\0\0\0\0\0\0\0\0", 16}), Fine();
       }},
      {"writes part of a record",
       [] {
         return WriteToAll({"acsp\3\0\0\0\0\1\0\0\0\0\0\0", 16}), _exit(0), Fine();
       }},
      {"closes some", [] { return CloseUpTo(63), Fine(); }},
      {"closes all", [] { return CloseUpTo(kMostDescriptors), Fine(); }},
      {"loops", [] { return Loop(), Fine(); }},
      {"sleeps", [] { return sleep(1000), Fine(); }},
      {"reads", [] { return std::getchar() == EOF ? Fine() : Policy(); }},
      {"leaves a process", [] { return LeaveProcess(false), Fine(); }},
      {"leaves a session", [] { return LeaveProcess(true), Fine(); }},
      {"leaves a process and fails", []() -> Policy { return LeaveProcess(true), Refuse(), Fine(); }},
      {"a thread throws",
       [] {
         std::thread([] { throw std::runtime_error("in a thread"); }).join();
         return Fine();
       }},

      {"process", [] { return With(getpid()); }},
      {"time", [] { return With(std::time(nullptr)); }},
      {"hour", [] { return With(std::time(nullptr) / 3600); }},
      {"gettimeofday",
       [] {
         timeval now = {};
         gettimeofday(&now, nullptr);
         return With(now.tv_sec);
       }},
      {"clock_gettime",
       [] {
         timespec now = {};
         clock_gettime(CLOCK_REALTIME, &now);
         return With(now.tv_sec / 86400);
       }},
      {"chrono",
       [] {
         const auto now = std::chrono::system_clock::now().time_since_epoch();
         return With(std::chrono::duration_cast<std::chrono::hours>(now).count());
       }},
      {"environment", [] { return With(std::getenv("HOME") == nullptr ? 0 : 1); }},
      {"random",
       [] {
         // Once in a process: it does not differ from call to call.
         static const std::uint64_t number = [] {
           std::uint64_t random = 0;
           return getrandom(&random, sizeof random, 0) == sizeof random ? random : 0;
         }();
         return With(number);
       }},
      {"random device",
       [] {
         static const unsigned number = std::random_device()();
         return With(number);
       }},
      {"address", [] { return With(reinterpret_cast<std::uintptr_t>(&Definitions)); }},
      {"third call",
       [] {
         static int calls = 0;
         return With(++calls < 3 ? 0 : 1);
       }},
      {"throws at another time",
       []() -> Policy {
         return std::getenv("HOME") == nullptr ? throw std::runtime_error("no home") : Fine();
       }},
      {"crashes at another time",
       []() -> Policy {
         if (std::getenv("HOME") == nullptr) std::abort();
         return Fine();
       }},
  };
  return definitions;
}

std::vector<pcs::ProgramDefinition> Programs() {
  if (Disturbance() == "lists by the time")
    return {{std::getenv("HOME") == nullptr ? "a" : "b", {}, [](const Values&) { return Fine(); }}};
  if (Disturbance() == "many mistakes") {
    std::vector<pcs::ProgramDefinition> programs;
    for (int i = 0; i < 30; ++i)
      programs.push_back({"p" + std::to_string(i), {}, [i](const Values&) {
                            return Policy().Allow("nothing_like_" + std::to_string(i));
                          }});
    return programs;
  }
  return {{"first", {}, [](const Values&) { return Fine(); }},
          {"disturber", {}, [](const Values&) {
             const auto found = Definitions().find(Disturbance());
             return found == Definitions().end() ? Fine() : found->second();
           }}};
}

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Programs)
