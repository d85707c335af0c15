// SPDX-License-Identifier: Apache-2.0
//
// Runs code in a forked child, where filters may be installed for real.
#pragma once

#include <functional>
#include <sstream>
#include <string>

// What a child has to say: the expectations that failed.
class Report {
 public:
  explicit Report(int descriptor) : descriptor_(descriptor) {}

  template <typename Got, typename Expected>
  void Equal(const char* what, const Got& got, const Expected& expected) {
    if (got == expected) return;
    std::ostringstream text;
    text << "; " << what << " is " << got << ", not " << expected;
    Write(text.str());
  }

  void True(const char* what, bool condition) { Equal(what, condition, true); }

 private:
  void Write(const std::string& text) const;

  int descriptor_;
};

// Runs `body` in a child process and says how the child ended: "exited with 0", "killed by SIGSYS", followed
// by the expectations that failed. A child that does not end within ten seconds is killed by SIGALRM.
std::string InChild(const std::function<void(Report&)>& body);

// As it ends if all is as expected.
inline constexpr const char* kFine = "exited with 0";

// How a child that was waited for ended, in the same words.
std::string DescribeEnd(int wait_status);
