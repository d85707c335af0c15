// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// As much of C++'s lexing as generated sources need.
namespace precompiledseccomp::fuzz {

struct Token {
  enum class Kind : std::uint8_t {
    kWord,       // identifiers and keywords
    kNumber,     // decimal or hexadecimal, at most 32 bits
    kText,       // "..."
    kCharacter,  // '.'
    kSign,       // :: == << >> and everything else by single characters
    kDirective,  // a line that begins with #
    kEnd,
  };
  Kind kind = Kind::kEnd;
  std::string text;  // without quotes; of a directive the whole line
  std::uint32_t number = 0;
  std::size_t line = 0;
};

// The tokens of a source, one after the other. Throws std::runtime_error, with the line, for what it does not
// know: escapes in literals, numbers with suffixes, comments other than // ones.
class Tokens {
 public:
  explicit Tokens(std::string_view source);

  [[nodiscard]] const Token& Next() const { return tokens_[next_]; }
  [[nodiscard]] bool NextIs(std::string_view text) const;

  // The next token, which is behind us then.
  Token Take(Token::Kind kind);
  std::string TakeWord() { return Take(Token::Kind::kWord).text; }
  std::uint32_t TakeNumber() { return Take(Token::Kind::kNumber).number; }

  // Words and signs that must follow, given as source.
  void Expect(std::string_view source);
  // The same if they follow; whether they did.
  bool Skip(std::string_view source);
  void SkipOne();

  [[noreturn]] void Fail(const std::string& expected) const;

 private:
  std::vector<Token> tokens_;  // ends with kEnd
  std::size_t next_ = 0;
};

}  // namespace precompiledseccomp::fuzz
