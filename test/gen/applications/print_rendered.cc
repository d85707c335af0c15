// SPDX-License-Identifier: Apache-2.0
//
// An application with the sources generated from the good module: renders all programs, by name and typed,
// and prints the instructions. The n-th variable of a program has the value 0x80000001 + n * 0x01010101, with
// 0x12345678 in the upper half of a 64-bit one; an error number is 0xabc.
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "f.h"

namespace {

namespace pcs = precompiledseccomp;

constexpr std::uint32_t kFirst = 0x80000001;
constexpr std::uint32_t kSecond = 0x81010102;

constexpr std::uint32_t kErrno = 0xabc;

constexpr std::uint64_t ValueOf(std::size_t index, bool is_64_bit) {
  const std::uint64_t low = kFirst + index * 0x01010101;
  return is_64_bit ? std::uint64_t{0x12345678} << 32 | low : low;
}

static_assert(kSecond == ValueOf(1, false));

int failures = 0;

void Fail(const char* what, std::string_view name) {
  std::printf("FAILED: %s: %.*s\n", what, static_cast<int>(name.size()), name.data());
  ++failures;
}

void RenderByName(const pcs::Program& program, pcs::Filter& filter) {
  pcs::VariableValue values[2] = {{"", 0}, {"", 0}};
  std::size_t count = 0;
  for (const pcs::VariableRecord& variable : program.variables()) {
    const bool is_errno = variable.kind() == pcs::VariableKind::kErrno;
    values[count] = {variable.name(), is_errno ? kErrno : ValueOf(count, variable.is_64_bit())};
    ++count;
  }
  if (const auto rendered = program.Render(std::span(values, count), filter); !rendered.ok())
    Fail(rendered.message(), program.name());
}

void Print(const pcs::Program& program) {
  pcs::Filter filter;
  RenderByName(program, filter);
  std::printf("%.*s\n", static_cast<int>(program.name().size()), program.name().data());
  for (const sock_filter& instruction : filter.instructions())
    std::printf("%u %u %u %u\n", static_cast<unsigned>(instruction.code),
                static_cast<unsigned>(instruction.jt), static_cast<unsigned>(instruction.jf), instruction.k);
}

template <std::size_t kInstructions>
void CheckTyped(std::string_view name, const pcs::RenderedFilter<kInstructions>& typed) {
  const pcs::Program* const program = filters::GetPrecompiled(name);
  if (program == nullptr) return Fail("not found", name);
  pcs::Filter by_name;
  RenderByName(*program, by_name);
  if (typed.instructions().size() != by_name.size() || kInstructions != by_name.size() ||
      std::memcmp(typed.instructions().data(), by_name.instructions().data(),
                  typed.instructions().size_bytes()) != 0)
    Fail("differs when typed", name);
}

}  // namespace

int main() {
  static_assert(!filters::kPrecompilationDisabledAtBuildTime);
  for (const pcs::Program& program : filters::ListPrecompiled()) {
    Print(program);
    if (filters::GetPrecompiled(program.name()) != &program) Fail("not found", program.name());
  }
  for (const char* const name : {"", "A", "Tabl", "Tables", "worker/", "worker/third", "zzz"})
    if (filters::GetPrecompiled(name) != nullptr) Fail("found, but is not there", name);

  CheckTyped("worker", filters::Worker{.fd1 = kFirst, .fd2 = kSecond}.Render());
  CheckTyped("worker/second", filters::WorkerSecond{.fd1 = kFirst, .fd2 = kSecond}.Render());
  CheckTyped("twin.1", filters::Twin1{.fd1 = kFirst, .fd2 = kSecond}.Render());
  CheckTyped("only-at", filters::OnlyAt{.address = ValueOf(0, true), .size = kSecond}.Render());
  CheckTyped("refuse", filters::Refuse{.code = kErrno}.Render());
  CheckTyped("absorbed", filters::Absorbed{.fd = kFirst}.Render());
  CheckTyped("everything", filters::Everything{}.Render());
  CheckTyped("Table", filters::Table{}.Render());
  return failures;
}
