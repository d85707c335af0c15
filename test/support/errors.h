// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/error.h>

// What errors say.
namespace precompiledseccomp::testing {

inline const std::string kNoError = "no error";

// The message of the Error that `action` throws; kNoError if it does not.
template <typename Action>
std::string ErrorOf(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return kNoError;
}

inline void CheckContains(const std::string& text, std::initializer_list<std::string> parts) {
  for (const std::string& part : parts)
    BOOST_TEST((text.find(part) != std::string::npos), "\"" << part << "\" is not in: " << text);
}

// `action` throws an Error whose message has all of `parts`.
template <typename Action>
void CheckError(const Action& action, std::initializer_list<std::string> parts) {
  CheckContains(ErrorOf(action), parts);
}

}  // namespace precompiledseccomp::testing
