// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include "bpf/disassembler.h"
#include "verify/verify.h"

namespace precompiledseccomp::verify {
namespace {

std::string Hexadecimal(std::uint64_t value) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%" PRIx64, value);
  return text.data();
}

// "write(0x5, ...)": up to the last argument that is not zero.
std::string CallText(const seccomp_data& call, const Target& target) {
  std::size_t shown = std::size(call.args);
  while (shown > 0 && call.args[shown - 1] == 0) --shown;
  std::string text = SyscallName(target, static_cast<std::uint32_t>(call.nr)) + "(";
  for (std::size_t i = 0; i < shown; ++i) text += Hexadecimal(call.args[i]) + ", ";
  if (shown == std::size(call.args)) {
    text.resize(text.size() - 2);
    text += ")";
  } else {
    text += "...)";
  }
  if (call.instruction_pointer != 0) text += " from " + Hexadecimal(call.instruction_pointer);
  if (call.arch != target.audit_arch) text += " of architecture " + Hexadecimal(call.arch);
  return text;
}

}  // namespace

std::string Describe(const Refuted& refuted, const Target& target) {
  std::string text = CallText(refuted.call, target);
  for (std::size_t i = 0; i < refuted.values.size(); ++i)
    text +=
        (i == 0 ? " with " : ", ") + refuted.values[i].first + " = " + Hexadecimal(refuted.values[i].second);
  return text + ": filter " + bpf::DescribeReturn(refuted.filter_answer) + ", policy " +
         bpf::DescribeReturn(refuted.policy_answer) + ", at instruction " +
         std::to_string(refuted.instruction);
}

std::string Describe(const Verdict& verdict, const Target& target) {
  if (const auto* refuted = std::get_if<Refuted>(&verdict)) return Describe(*refuted, target);
  if (const auto* undecided = std::get_if<Undecided>(&verdict)) return undecided->text;
  return "proved";
}

}  // namespace precompiledseccomp::verify
