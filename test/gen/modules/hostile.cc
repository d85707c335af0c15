// SPDX-License-Identifier: Apache-2.0
//
// The good programs in a module that changes whatever it can reach of the process.
#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <locale>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "good.h"

namespace {

// Writes 4096 as 4_0_9_6 and 0.5 as 0~5.
class StrangeNumbers : public std::numpunct<char> {
  [[nodiscard]] char do_thousands_sep() const override { return '_'; }
  [[nodiscard]] std::string do_grouping() const override { return "\1"; }
  [[nodiscard]] char do_decimal_point() const override { return '~'; }
};

std::vector<precompiledseccomp::ProgramDefinition> Programs() {
  std::locale::global(std::locale(std::locale::classic(), new StrangeNumbers));
  std::setlocale(LC_ALL, "");
  std::signal(SIGPIPE, SIG_IGN);
  umask(0777);
  if (chdir("/") != 0) std::abort();
  close(STDIN_FILENO);
  std::atexit([] { std::puts("not to be seen: exit functions"); });
  std::printf("printed with printf\n");
  std::cout << "printed with cout" << std::endl;
  std::puts("printed at the end, and not flushed");
  return GoodPrograms();
}

// Not to be seen either.
struct Ending {
  ~Ending() { std::abort(); }
} ending;

}  // namespace

PRECOMPILEDSECCOMP_MODULE(Programs)
