// SPDX-License-Identifier: Apache-2.0
//
// Policies are read as they were written; and of changed bytes, only those that are written for some policy.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <precompiledseccomp/define.h>

#include "precompile/deserialize.h"
#include "precompile/serialize.h"
#include "support/example_policies.h"
#include "support/random.h"
#include "support/random_policy.h"
#include "support/seeds.h"
#include "support/targets.h"

namespace precompiledseccomp::testing {
namespace {

BOOST_AUTO_TEST_SUITE(SerializedPolicies)

using precompile::DeserializePolicy;
using precompile::Serialize;

void CheckRoundTrip(const Policy& policy) {
  const std::string bytes = Serialize(policy);
  const Policy read = DeserializePolicy(bytes);
  BOOST_TEST((Serialize(read) == bytes), "other bytes for\n" << policy);
  BOOST_TEST(read.ToString() == policy.ToString());
}

Policy RandomPolicy(std::uint64_t seed) {
  const ProgramDefinition definition = RandomDefinition(seed, {.variables = true});
  return definition.policy(Values(X86(), definition.variables));
}

// Throws what is not an Error. A policy must have been written as these bytes.
bool IsRead(std::string_view bytes) {
  try {
    const Policy policy = DeserializePolicy(bytes);
    BOOST_TEST((Serialize(policy) == bytes), "other bytes were read as\n" << policy);
    return true;
  } catch (const Error&) {
    return false;
  }
}

BOOST_AUTO_TEST_CASE(TheExamplesAreReadAsTheyWereWritten) {
  for (const ProgramDefinition& definition : ExamplePolicies())
    for (const Target& target : Targets())
      CheckRoundTrip(definition.policy(Values(target, definition.variables)));
}

BOOST_AUTO_TEST_CASE(RandomPoliciesAreReadAsTheyWereWritten) {
  ForEachSeed(40, 600, [](std::uint64_t seed) { CheckRoundTrip(RandomPolicy(seed)); });
}

BOOST_AUTO_TEST_CASE(NoBeginningOfAPolicyIsAPolicy) {
  ForEachSeed(2, 20, [](std::uint64_t seed) {
    const std::string bytes = Serialize(RandomPolicy(seed));
    for (std::size_t size = 0; size < bytes.size(); ++size)
      BOOST_TEST(!IsRead(std::string_view(bytes).substr(0, size)), size << " bytes of " << bytes.size());
  });
}

// Small numbers are bools, kinds, and the low bytes of lengths.
char OtherByte(char byte, Random& random) {
  switch (random.Below(4)) {
    case 0:
      return static_cast<char>(byte + 1);
    case 1:
      return static_cast<char>(byte - 1);
    case 2:
      return static_cast<char>(random.Below(10));
    default:
      return static_cast<char>(random.Below(256));
  }
}

void Change(std::string& bytes, Random& random) {
  const std::size_t place = random.Below(bytes.size());
  switch (random.Below(8)) {
    case 0:
      bytes.erase(place, random.Between(1, 8));
      break;
    case 1:
      bytes.insert(place, random.Between(1, 8), static_cast<char>(random.Below(3)));
      break;
    case 2:  // what stands elsewhere
      bytes.insert(place, bytes, random.Below(bytes.size()), random.Between(1, 40));
      break;
    default:
      bytes[place] = OtherByte(bytes[place], random);
  }
}

BOOST_AUTO_TEST_CASE(WhatIsReadOfChangedBytesIsWrittenAsThem) {
  std::size_t read = 0;
  std::size_t refused = 0;
  ForEachSeed(10, 200, [&](std::uint64_t seed) {
    Random random(seed);
    const std::string bytes = Serialize(RandomPolicy(seed));
    for (int i = 0; i < 500; ++i) {
      std::string changed = bytes;
      for (std::size_t changes = random.Between(1, 3); changes > 0; --changes) Change(changed, random);
      ++(IsRead(changed) ? read : refused);
    }
  });
  BOOST_TEST_MESSAGE(read << " were read, " << refused << " refused");
  // Else the changes were too small or too large to show anything.
  BOOST_TEST(read * 50 > refused);
  BOOST_TEST(refused * 50 > read);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace precompiledseccomp::testing
