// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Reads the texts of tables, piece by piece.
namespace precompiledseccomp::testing {

class Scanner {
 public:
  // `text` must live as long as the scanner. `big_endian` says which word of seccomp_data is which half.
  Scanner(std::string_view text, bool big_endian) : text_(text), big_endian_(big_endian) {}

  // Whether `token` comes next; takes it if so. Blanks and line ends before it are skipped. A token that ends
  // in a letter is a whole word.
  bool Takes(std::string_view token);
  void Expect(std::string_view token);

  // Letters, digits, '_' and '.', the first of them a letter.
  std::string Name();
  // Decimal, or hexadecimal behind 0x.
  std::uint32_t Number();
  // "nr", "arg0.low": its offset in seccomp_data. Nothing, and nothing taken, if something else comes next.
  std::optional<std::uint32_t> Word();

  bool IsAtEnd();
  // Throws std::invalid_argument: here, `problem`.
  [[noreturn]] void Fail(const std::string& problem) const;

 private:
  void SkipBlanks();
  [[nodiscard]] std::string_view Left() const { return text_.substr(place_); }

  std::string_view text_;
  bool big_endian_;
  std::size_t place_ = 0;
};

// "arg0.low" for its offset.
std::string WordName(std::uint32_t offset, bool big_endian);

// "kill_process", "errno 38": what a filter returns for it, as bpf::DescribeReturn() writes it; data is 0 if
// it is not given. Nothing if there is no such action.
std::optional<std::uint32_t> ReturnValueOf(std::string_view action, std::uint32_t data);
bool TakesData(std::string_view action);

}  // namespace precompiledseccomp::testing
