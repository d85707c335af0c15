// SPDX-License-Identifier: Apache-2.0
//
// As much of C++'s lexing as generated sources need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace precompiledseccomp::gen {

// A text that is not as it should be, with the line.
class Unreadable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Token {
  enum class Kind : std::uint8_t {
    kWord,       // identifiers and keywords
    kNumber,     // decimal or hexadecimal, at most 32 bits
    kText,       // "..."
    kCharacter,  // '.'
    kSign,       // :: == >= && and everything else by single characters
    kDirective,  // a line that begins with #
    kEnd,
  };
  Kind kind = Kind::kEnd;
  std::string_view text;  // of the source; without quotes; of a directive the whole line
  std::uint32_t number = 0;
};

// The tokens of a source, one after the other. Throws Unreadable for what it does not know: escapes in
// literals, numbers with suffixes, comments other than // ones. The source must outlive this and the tokens.
class Tokens {
 public:
  explicit Tokens(std::string_view source);

  [[nodiscard]] const Token& Next() const { return next_; }
  // Blanks and comments between the token before and the next one.
  [[nodiscard]] std::string_view Comments() const { return comments_; }

  // The next token, which is behind us then.
  Token Take(Token::Kind kind);
  std::string TakeWord() { return std::string(Take(Token::Kind::kWord).text); }
  std::uint32_t TakeNumber() { return Take(Token::Kind::kNumber).number; }

  // Tokens that must follow, given as source. Comments may stand between them.
  void Expect(std::string_view source);
  // The same if they follow; whether they did.
  bool Skip(std::string_view source);

  // The next one is not as it should be.
  [[noreturn]] void Fail(const std::string& expected) const;

 private:
  void Advance();
  Token Lex();
  void SkipBlanksAndComments();
  [[nodiscard]] std::size_t LengthOfWord() const;
  Token Number();
  Token Literal(char quote);
  Token Make(Token::Kind kind, std::size_t length);
  [[noreturn]] void FailAt(const char* place, const std::string& what) const;

  std::string_view source_;
  std::string_view rest_;  // behind the next token
  std::string_view comments_;
  Token next_;
};

}  // namespace precompiledseccomp::gen
