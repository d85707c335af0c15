// SPDX-License-Identifier: Apache-2.0

#include "read/tokens.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace precompiledseccomp::gen {
namespace {

constexpr std::string_view kPairs[] = {"::", "==", ">=", "&&"};

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsPartOfWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || IsDigit(c);
}

}  // namespace

Tokens::Tokens(std::string_view source) : source_(source), rest_(source) {
  Advance();
}

void Tokens::Advance() {
  const std::string_view before = rest_;
  SkipBlanksAndComments();
  comments_ = before.substr(0, before.size() - rest_.size());
  next_ = Lex();
}

Token Tokens::Lex() {
  if (rest_.empty()) return Make(Token::Kind::kEnd, 0);
  const char c = rest_.front();
  if (c == '#') {
    const std::string_view line_before = source_.substr(0, source_.size() - rest_.size());
    if (!line_before.empty() && line_before.back() != '\n') FailAt(rest_.data(), "a # within a line");
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    // A comment in it would be taken for a part of it; with a backslash it would go on in the next line.
    if (rest_[end - 1] == '\\' || rest_.substr(0, end).find("/*") != std::string_view::npos)
      FailAt(rest_.data(), "a directive of an unknown form");
    return Make(Token::Kind::kDirective, end);
  }
  if (IsDigit(c)) return Number();
  if (IsPartOfWord(c)) return Make(Token::Kind::kWord, LengthOfWord());
  if (c == '"' || c == '\'') return Literal(c);
  const bool is_pair = std::any_of(std::begin(kPairs), std::end(kPairs),
                                   [&](std::string_view pair) { return rest_.starts_with(pair); });
  return Make(Token::Kind::kSign, is_pair ? 2 : 1);
}

void Tokens::SkipBlanksAndComments() {
  while (!rest_.empty()) {
    if (rest_.front() == '\n' || rest_.front() == ' ') {
      rest_.remove_prefix(1);
    } else if (rest_.starts_with("//")) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      // It would go on in the next line.
      if (rest_[end - 1] == '\\') FailAt(rest_.data(), "a comment that ends in a backslash");
      rest_.remove_prefix(end);
    } else {
      return;
    }
  }
}

std::size_t Tokens::LengthOfWord() const {
  return static_cast<std::size_t>(std::find_if_not(rest_.begin(), rest_.end(), IsPartOfWord) - rest_.begin());
}

Token Tokens::Number() {
  Token token = Make(Token::Kind::kNumber, LengthOfWord());
  const bool is_hexadecimal = token.text.starts_with("0x");
  if (!is_hexadecimal && token.text.size() > 1 && token.text.front() == '0')
    FailAt(token.text.data(), "an octal number");
  const char* const begin = token.text.data() + (is_hexadecimal ? 2 : 0);
  const char* const end = token.text.data() + token.text.size();
  const auto [last, error] = std::from_chars(begin, end, token.number, is_hexadecimal ? 16 : 10);
  if (error != std::errc() || last != end)
    FailAt(token.text.data(), "no number of 32 bits: " + std::string(token.text));
  return token;
}

Token Tokens::Literal(char quote) {
  const std::size_t length = rest_.substr(1).find(quote);
  if (length == std::string_view::npos) FailAt(rest_.data(), "a literal without an end");
  const std::string_view text = rest_.substr(1, length);
  for (const char& c : text)
    if (c < ' ' || c > '~' || c == '\\') FailAt(&c, "a literal with an escape or a strange character");
  Token token = Make(quote == '"' ? Token::Kind::kText : Token::Kind::kCharacter, length + 2);
  token.text = text;
  if (token.kind == Token::Kind::kCharacter && length != 1)
    FailAt(text.data(), "a character that is not one");
  return token;
}

Token Tokens::Make(Token::Kind kind, std::size_t length) {
  const Token token{kind, rest_.substr(0, length), 0};
  rest_.remove_prefix(length);
  return token;
}

Token Tokens::Take(Token::Kind kind) {
  if (Next().kind != kind) Fail("another kind of token");
  const Token token = Next();
  Advance();
  return token;
}

void Tokens::Expect(std::string_view source) {
  if (!Skip(source)) Fail('"' + std::string(source) + '"');
}

bool Tokens::Skip(std::string_view source) {
  const Tokens here = *this;
  for (Tokens expected(source); expected.Next().kind != Token::Kind::kEnd; expected.Advance()) {
    if (Next().kind != expected.Next().kind || Next().text != expected.Next().text) {
      *this = here;
      return false;
    }
    Advance();
  }
  return true;
}

void Tokens::Fail(const std::string& expected) const {
  const std::string found =
      Next().kind == Token::Kind::kEnd ? "the end" : '"' + std::string(Next().text) + '"';
  FailAt(Next().text.data(), "expected " + expected + ", found " + found);
}

void Tokens::FailAt(const char* place, const std::string& what) const {
  const auto lines = std::count(source_.data(), place, '\n');
  throw Unreadable("line " + std::to_string(lines + 1) + ": " + what);
}

}  // namespace precompiledseccomp::gen
