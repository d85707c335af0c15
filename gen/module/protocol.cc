// SPDX-License-Identifier: Apache-2.0

#include "module/protocol.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>

#include <poll.h>
#include <unistd.h>

#include "precompile/deserialize.h"
#include "precompile/serialize.h"

namespace precompiledseccomp::gen {
namespace {

using Clock = std::chrono::steady_clock;

// "PSCa" and the like: told from what a module prints.
constexpr std::uint32_t kMagic = 0x70736361;
// The largest policy that makes a filter of 4,096 instructions has some hundred thousand bytes.
constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20;

struct Header {
  std::uint32_t magic = kMagic;
  RecordKind kind = RecordKind::kError;
  std::uint64_t size = 0;
};

bool WriteBytes(int pipe, const void* bytes, std::size_t size) {
  const char* next = static_cast<const char*>(bytes);
  while (size != 0) {
    const ssize_t written = write(pipe, next, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    next += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

// Appends `size` bytes to `bytes`, before `deadline`.
std::optional<ReadFailure> ReadBytes(int pipe, std::size_t size, Clock::time_point deadline,
                                     std::string& bytes) {
  std::array<char, 65536> part{};
  while (size != 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd wanted = {pipe, POLLIN, 0};
    constexpr std::int64_t kLongestWait = 60'000;
    const int ready = poll(&wanted, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, kLongestWait)));
    if (ready == 0 && left > kLongestWait) continue;
    if (ready == 0) return ReadFailure::kTimedOut;
    if (ready < 0 && errno == EINTR) continue;
    const ssize_t got = read(pipe, part.data(), std::min(size, part.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return ReadFailure::kEnded;
    bytes.append(part.data(), static_cast<std::size_t>(got));
    size -= static_cast<std::size_t>(got);
  }
  return std::nullopt;
}

[[noreturn]] void NotCallable() {
  throw Error("a definition can be called in the asking process only");
}

}  // namespace

// ---- Records.

bool WriteRecord(int pipe, RecordKind kind, std::string_view bytes) {
  const Header header{kMagic, kind, bytes.size()};
  return WriteBytes(pipe, &header, sizeof header) && WriteBytes(pipe, bytes.data(), bytes.size());
}

std::optional<Record> ReadRecord(int pipe, std::chrono::nanoseconds most, ReadFailure& failure) {
  const Clock::time_point deadline = Clock::now() + most;
  const auto fail = [&](ReadFailure why) {
    failure = why;
    return std::nullopt;
  };
  std::string bytes;
  if (const auto why = ReadBytes(pipe, sizeof(Header), deadline, bytes)) {
    // The end between two records is an end; within one, it is not.
    return fail(*why == ReadFailure::kEnded && !bytes.empty() ? ReadFailure::kMalformed : *why);
  }
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kMagic || header.kind < RecordKind::kFiles || header.kind > RecordKind::kError)
    return fail(ReadFailure::kMalformed);
  if (header.size > kMostBytes) return fail(ReadFailure::kTooLong);
  Record record{header.kind, {}};
  if (const auto why = ReadBytes(pipe, header.size, deadline, record.bytes)) return fail(*why);
  return record;
}

// ---- What they hold: texts, each with its length in decimal before it.

std::string EncodeTexts(std::span<const std::string> texts) {
  std::string bytes;
  for (const std::string& text : texts) bytes += std::to_string(text.size()) + ":" + text;
  return bytes;
}

std::vector<std::string> DecodeTexts(std::string_view bytes) {
  std::vector<std::string> texts;
  while (!bytes.empty()) {
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), size);
    const auto digits = static_cast<std::size_t>(end - bytes.data());
    if (error != std::errc() || digits == bytes.size() || bytes[digits] != ':') throw Malformed();
    bytes.remove_prefix(digits + 1);
    if (size > bytes.size()) throw Malformed();
    texts.emplace_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return texts;
}

std::string EncodePrograms(std::span<const ProgramDefinition> definitions) {
  std::vector<std::string> texts;
  for (const ProgramDefinition& definition : definitions) {
    texts.push_back(definition.name);
    texts.push_back(precompile::Serialize(definition.variables));
    texts.emplace_back(definition.policy ? "function" : "");
    texts.emplace_back(definition.proof == Proof::kRequired ? "" : "unless too large");
    texts.push_back(precompile::Serialize(definition.install));
  }
  return EncodeTexts(texts);
}

std::vector<ProgramDefinition> DecodePrograms(std::string_view bytes) {
  std::vector<std::string> texts = DecodeTexts(bytes);
  constexpr std::size_t kTextsOfOne = 5;
  if (texts.size() % kTextsOfOne != 0) throw Malformed();
  std::vector<ProgramDefinition> definitions;
  for (std::size_t i = 0; i < texts.size(); i += kTextsOfOne) {
    ProgramDefinition& definition = definitions.emplace_back();
    definition.name = std::move(texts[i]);
    try {
      definition.variables = precompile::DeserializeVariables(texts[i + 1]);
      definition.install = precompile::DeserializeInstallNeeds(texts[i + 4]);
    } catch (const Error&) {
      throw Malformed();
    }
    if (!texts[i + 2].empty()) definition.policy = [](const Values&) -> Policy { NotCallable(); };
    definition.proof = texts[i + 3].empty() ? Proof::kRequired : Proof::kUnlessTooLarge;
  }
  return definitions;
}

std::string EncodePolicy(const Policy& policy) {
  std::vector<std::string> texts = {precompile::SerializeToHandOver(policy)};
  for (const RuleSet& set : policy.rule_sets())
    for (const Rule& rule : set.rules()) {
      texts.push_back(rule.where.file);
      texts.push_back(std::to_string(rule.where.line));
    }
  return EncodeTexts(texts);
}

PolicyBytes DecodePolicy(std::string_view bytes) {
  std::vector<std::string> texts = DecodeTexts(bytes);
  if (texts.size() % 2 != 1) throw Malformed();
  PolicyBytes decoded{std::move(texts.front()), {}};
  for (std::size_t i = 1; i < texts.size(); i += 2) {
    SourceLocation& location = decoded.locations.emplace_back();
    location.file = std::move(texts[i]);
    const std::string& line = texts[i + 1];
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), location.line);
    if (error != std::errc() || end != line.data() + line.size()) throw Malformed();
  }
  return decoded;
}

std::string EncodeError(const Error& error) {
  const std::array<std::string, 2> texts = {error.program(), error.problem()};
  return EncodeTexts(texts);
}

Error DecodeError(std::string_view bytes) {
  const std::vector<std::string> texts = DecodeTexts(bytes);
  if (texts.size() != 2) throw Malformed();
  const Error error(texts[1]);
  return texts[0].empty() ? error : error.InProgram(texts[0]);
}

}  // namespace precompiledseccomp::gen
