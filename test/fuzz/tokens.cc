// SPDX-License-Identifier: Apache-2.0

#include "fuzz/tokens.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace precompiledseccomp::fuzz {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsPartOfWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || IsDigit(c);
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : rest_(source) {}

  std::vector<Token> All() {
    std::vector<Token> tokens;
    do tokens.push_back(One());
    while (tokens.back().kind != Token::Kind::kEnd);
    return tokens;
  }

 private:
  Token One() {
    SkipSpaceAndComments();
    if (rest_.empty()) return Make(Token::Kind::kEnd, 0);
    const char c = rest_.front();
    if (c == '#' && begins_line_)
      return Make(Token::Kind::kDirective, std::min(rest_.find('\n'), rest_.size()));
    begins_line_ = false;
    if (IsDigit(c)) return Number();
    if (IsPartOfWord(c)) return Make(Token::Kind::kWord, LengthOfWord());
    if (c == '"' || c == '\'') return Literal(c);
    const bool is_pair = rest_.starts_with("::") || rest_.starts_with("==");
    return Make(Token::Kind::kSign, is_pair ? 2 : 1);
  }

  void SkipSpaceAndComments() {
    while (!rest_.empty()) {
      if (rest_.front() == '\n') {
        ++line_;
        begins_line_ = true;
        rest_.remove_prefix(1);
      } else if (rest_.front() == ' ') {
        rest_.remove_prefix(1);
      } else if (rest_.starts_with("//")) {
        const std::size_t end = std::min(rest_.find('\n'), rest_.size());
        // It would go on in the next line.
        if (rest_[end - 1] == '\\') Fail("a comment that ends in a backslash");
        rest_.remove_prefix(end);
      } else {
        return;
      }
    }
  }

  [[nodiscard]] std::size_t LengthOfWord() const {
    return static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), IsPartOfWord) -
                                    rest_.begin());
  }

  Token Number() {
    Token token = Make(Token::Kind::kNumber, LengthOfWord());
    const bool is_hexadecimal = token.text.starts_with("0x");
    if (!is_hexadecimal && token.text.size() > 1 && token.text.front() == '0') Fail("an octal number");
    const char* const begin = token.text.data() + (is_hexadecimal ? 2 : 0);
    const char* const end = token.text.data() + token.text.size();
    const auto [last, error] = std::from_chars(begin, end, token.number, is_hexadecimal ? 16 : 10);
    if (error != std::errc() || last != end) Fail("no number of 32 bits: " + token.text);
    return token;
  }

  Token Literal(char quote) {
    const std::size_t length = rest_.substr(1).find(quote);
    if (length == std::string_view::npos) Fail("a literal without an end");
    const std::string_view text = rest_.substr(1, length);
    for (const char c : text)
      if (c < ' ' || c > '~' || c == '\\') Fail("a literal with an escape or a strange character");
    Token token = Make(quote == '"' ? Token::Kind::kText : Token::Kind::kCharacter, length + 2);
    token.text = text;
    if (token.kind == Token::Kind::kCharacter && length != 1) Fail("a character that is not one");
    return token;
  }

  Token Make(Token::Kind kind, std::size_t length) {
    Token token{kind, std::string(rest_.substr(0, length)), 0, line_};
    rest_.remove_prefix(length);
    return token;
  }

  [[noreturn]] void Fail(const std::string& what) const {
    throw std::runtime_error("line " + std::to_string(line_) + ": " + what);
  }

  std::string_view rest_;
  std::size_t line_ = 1;
  bool begins_line_ = true;
};

}  // namespace

Tokens::Tokens(std::string_view source) : tokens_(Lexer(source).All()) {}

bool Tokens::NextIs(std::string_view text) const {
  return (Next().kind == Token::Kind::kWord || Next().kind == Token::Kind::kSign) && Next().text == text;
}

Token Tokens::Take(Token::Kind kind) {
  if (Next().kind != kind) Fail("another kind of token");
  Token token = Next();
  SkipOne();
  return token;
}

void Tokens::Expect(std::string_view source) {
  if (!Skip(source)) Fail(std::string(source));
}

bool Tokens::Skip(std::string_view source) {
  const std::size_t begin = next_;
  for (const Token& expected : Lexer(source).All()) {
    if (expected.kind == Token::Kind::kEnd) return true;
    if (Next().kind != expected.kind || Next().text != expected.text) break;
    SkipOne();
  }
  next_ = begin;
  return false;
}

void Tokens::SkipOne() {
  if (Next().kind != Token::Kind::kEnd) ++next_;
}

void Tokens::Fail(const std::string& expected) const {
  throw std::runtime_error("line " + std::to_string(Next().line) + ": expected " + expected + ", found \"" +
                           Next().text + "\"");
}

}  // namespace precompiledseccomp::fuzz
