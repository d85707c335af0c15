// SPDX-License-Identifier: Apache-2.0
#include "status.h"

#include <fstream>

std::string StatusField(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(field + ":\t")) return line.substr(field.size() + 2);
  return "";
}

boost::test_tools::assertion_result HasSysAdmin(boost::unit_test::test_unit_id) {
  const bool has = (std::stoull(StatusField("CapEff"), nullptr, 16) >> 21 & 1) != 0;
  boost::test_tools::assertion_result result(has);
  result.message() << "needs CAP_SYS_ADMIN";
  return result;
}
