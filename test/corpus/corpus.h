// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <precompiledseccomp/define.h>

// Policies of other projects as neutral data, with what other compilers made of them.
namespace precompiledseccomp::testing {

struct ProfiledCall {
  std::string name;
  seccomp_data call{};
  std::uint32_t answer = 0;  // what a filter is to return
  std::uint64_t count = 0;
  bool cacheable = false;  // in the reference
};

struct Reference {
  std::string compiler;
  std::vector<sock_filter> program;  // with `CorpusPolicy::values` where variables stand
};

struct CorpusPolicy {
  std::string name;
  const Target* target = nullptr;
  Policy policy;                 // with the values of variables as constants
  ProgramDefinition definition;  // with variables; the same as the policy if there are none
  std::vector<std::uint64_t> values;
  std::vector<Reference> references;
  std::vector<ProfiledCall> profile;
};

// Reads one file. Throws on data that it does not understand.
CorpusPolicy LoadPolicy(const std::filesystem::path& file);

// Reads all policies in the folders of `folder`: the .json files with rule sets. Files of other kinds, such
// as instructions without a policy, are passed over.
void LoadCorpus(const std::filesystem::path& folder);

// What was loaded, by name.
const std::vector<CorpusPolicy>& Corpus();

}  // namespace precompiledseccomp::testing
