// SPDX-License-Identifier: Apache-2.0
//
// Instructions as they lie in memory: what `dump --raw` writes, and what other tools hand to the kernel.

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include <precompiledseccomp/error.h>

#include "bpf/acceptance.h"
#include "people/source.h"

namespace precompiledseccomp::gen {
namespace {

constexpr std::size_t kInstructionBytes = sizeof(sock_filter);

// Reads until the end, or a little more than any filter has: /dev/zero has no end.
std::string ReadBytes(int descriptor) {
  constexpr std::size_t kMost = kInstructionBytes * BPF_MAXINSNS + 1;
  std::string bytes(kMost, '\0');
  std::size_t size = 0;
  while (size < kMost) {
    const ssize_t got = read(descriptor, bytes.data() + size, kMost - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(std::string("cannot read it: ") + std::strerror(errno));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

std::string BytesOf(const std::string& file) {
  if (file == "-") return ReadBytes(STDIN_FILENO);
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw Error(std::string("cannot open it: ") + std::strerror(errno));
  try {
    std::string bytes = ReadBytes(descriptor);
    close(descriptor);
    return bytes;
  } catch (...) {
    close(descriptor);
    throw;
  }
}

// A number of so many bytes, in the byte order of the machine that the filter is for.
std::uint32_t NumberAt(std::string_view bytes, bool big_endian) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char byte = bytes[big_endian ? i : bytes.size() - 1 - i];
    number = number << 8 | static_cast<std::uint8_t>(byte);
  }
  return number;
}

//   code: 2 bytes    jt: 1    jf: 1    k: 4
sock_filter InstructionAt(std::string_view bytes, bool big_endian) {
  return {static_cast<std::uint16_t>(NumberAt(bytes.substr(0, 2), big_endian)),
          static_cast<std::uint8_t>(bytes[2]), static_cast<std::uint8_t>(bytes[3]),
          NumberAt(bytes.substr(4, 4), big_endian)};
}

std::vector<sock_filter> InstructionsOf(const std::string& bytes, bool big_endian) {
  if (bytes.empty()) throw Error("it is empty, and so no filter");
  if (bytes.size() > kInstructionBytes * BPF_MAXINSNS)
    throw Error("it has more than " + std::to_string(BPF_MAXINSNS) + " instructions of 8 bytes");
  if (bytes.size() % kInstructionBytes != 0)
    throw Error("it has " + std::to_string(bytes.size()) +
                " bytes, which is no whole number of instructions of 8 bytes");
  std::vector<sock_filter> instructions;
  for (std::size_t at = 0; at < bytes.size(); at += kInstructionBytes)
    instructions.push_back(InstructionAt(std::string_view(bytes).substr(at, kInstructionBytes), big_endian));
  if (const auto reason = bpf::ReasonForRefusal(instructions))
    throw Error("the kernel would refuse it: " + *reason);
  return instructions;
}

}  // namespace

Source ReadRawSource(const SourceRequest& request, const std::string& rest) {
  try {
    Source source{.name = request.text, .program = {}, .policy = {}};
    source.program.name = request.text;
    source.program.target = request.target;
    source.program.instructions = InstructionsOf(BytesOf(rest), request.target.big_endian);
    return source;
  } catch (const Error& error) {
    throw error.InModule(request.text);
  }
}

}  // namespace precompiledseccomp::gen
