// SPDX-License-Identifier: Apache-2.0

#include "compile/scanner.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <utility>

#include <linux/seccomp.h>

#include "bpf/disassembler.h"
#include "bpf/instructions.h"

namespace precompiledseccomp::testing {
namespace {

bool IsOfName(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.';
}

constexpr std::array kActions = {
    std::pair<std::string_view, std::uint32_t>("allow", SECCOMP_RET_ALLOW),
    std::pair<std::string_view, std::uint32_t>("log", SECCOMP_RET_LOG),
    std::pair<std::string_view, std::uint32_t>("user_notify", SECCOMP_RET_USER_NOTIF),
    std::pair<std::string_view, std::uint32_t>("kill_thread", SECCOMP_RET_KILL_THREAD),
    std::pair<std::string_view, std::uint32_t>("kill_process", SECCOMP_RET_KILL_PROCESS),
    std::pair<std::string_view, std::uint32_t>("errno", SECCOMP_RET_ERRNO),
    std::pair<std::string_view, std::uint32_t>("trap", SECCOMP_RET_TRAP),
    std::pair<std::string_view, std::uint32_t>("trace", SECCOMP_RET_TRACE),
};

}  // namespace

void Scanner::SkipBlanks() {
  while (place_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[place_])) != 0) ++place_;
}

bool Scanner::IsAtEnd() {
  SkipBlanks();
  return place_ == text_.size();
}

bool Scanner::Takes(std::string_view token) {
  SkipBlanks();
  if (!Left().starts_with(token)) return false;
  const bool goes_on = Left().size() > token.size() && IsOfName(Left()[token.size()]);
  if (goes_on && IsOfName(token.back())) return false;
  place_ += token.size();
  return true;
}

void Scanner::Expect(std::string_view token) {
  if (!Takes(token)) Fail("\"" + std::string(token) + "\" is missing");
}

std::string Scanner::Name() {
  SkipBlanks();
  if (Left().empty() || std::isalpha(static_cast<unsigned char>(Left().front())) == 0)
    Fail("a name is missing");
  const auto end = std::find_if_not(Left().begin(), Left().end(), IsOfName);
  const std::string name(Left().begin(), end);
  place_ += name.size();
  return name;
}

std::uint32_t Scanner::Number() {
  SkipBlanks();
  if (Left().empty() || std::isdigit(static_cast<unsigned char>(Left().front())) == 0)
    Fail("a number is missing");
  std::size_t size = 0;
  const unsigned long long number = std::stoull(std::string(Left()), &size, 0);
  if (number > UINT32_MAX) Fail("a number of more than 32 bits");
  place_ += size;
  return static_cast<std::uint32_t>(number);
}

std::optional<std::uint32_t> Scanner::Word() {
  for (std::uint32_t offset = 0; offset < sizeof(seccomp_data); offset += 4)
    if (Takes(WordName(offset, big_endian_))) return offset;
  return std::nullopt;
}

void Scanner::Fail(const std::string& problem) const {
  throw std::invalid_argument(problem + " here: " + std::string(text_.substr(0, place_)) + " <HERE> " +
                              std::string(Left()));
}

std::string WordName(std::uint32_t offset, bool big_endian) {
  constexpr std::size_t kBeforeTheWord = 3;  // "ld "
  return bpf::Disassemble(bpf::LoadWord(offset), 0, big_endian).substr(kBeforeTheWord);
}

bool TakesData(std::string_view action) {
  return action == "errno" || action == "trap" || action == "trace";
}

std::optional<std::uint32_t> ReturnValueOf(std::string_view action, std::uint32_t data) {
  for (const auto& [name, value] : kActions)
    if (name == action) return value | data;
  return std::nullopt;
}

}  // namespace precompiledseccomp::testing
