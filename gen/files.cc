// SPDX-License-Identifier: Apache-2.0

#include "files.h"

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <precompiledseccomp/error.h>

namespace precompiledseccomp::gen {
namespace {

[[noreturn]] void ThrowCannotWrite(const std::string& path, int error) {
  throw Error("cannot write " + (path.empty() ? "to standard output" : "\"" + path + "\"") + ": " +
              std::strerror(error));
}

// 0, or an errno value.
int WriteAll(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(descriptor, content.data(), content.size());
    if (written >= 0)
      content.remove_prefix(static_cast<std::size_t>(written));
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

enum class Kind { kMissing, kRegular, kOther };

Kind KindOf(const std::string& path) {
  struct stat status = {};
  if (stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return Kind::kMissing;
    ThrowCannotWrite(path, errno);
  }
  if (S_ISDIR(status.st_mode)) ThrowCannotWrite(path, EISDIR);
  return S_ISREG(status.st_mode) ? Kind::kRegular : Kind::kOther;
}

bool HasContent(const std::string& path, const std::string& content) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file || file.tellg() != static_cast<std::streamoff>(content.size())) return false;
  std::string present(content.size(), '\0');
  file.seekg(0);
  file.read(present.data(), static_cast<std::streamsize>(present.size()));
  return file && present == content;
}

// Where the links that end in `path` lead, so that replacing the file leaves them alone.
std::string ResolveLinks(const std::string& path) {
  char* const resolved = realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return path;
  std::string text = resolved;
  std::free(resolved);  // NOLINT: realpath allocates with malloc.
  return text;
}

mode_t ModeOfNewFiles() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

// A file beside its target with the new content. Removed again unless it took its target's place.
class Replacement {
 public:
  explicit Replacement(const OutputFile& output)
      : path_(output.path), target_(ResolveLinks(output.path)), temporary_(target_ + ".XXXXXX") {
    const int descriptor = mkostemp(temporary_.data(), O_CLOEXEC);
    if (descriptor < 0) {
      temporary_.clear();
      ThrowCannotWrite(path_, errno);
    }
    int error = WriteAll(descriptor, output.content);
    if (error == 0 && fchmod(descriptor, ModeOfNewFiles()) != 0) error = errno;
    if (close(descriptor) != 0 && error == 0) error = errno;
    if (error == 0) return;
    unlink(temporary_.c_str());
    ThrowCannotWrite(path_, error);
  }
  Replacement(Replacement&& other) noexcept
      : path_(std::move(other.path_)),
        target_(std::move(other.target_)),
        temporary_(std::exchange(other.temporary_, {})) {}
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;
  Replacement& operator=(Replacement&&) = delete;
  ~Replacement() {
    if (!temporary_.empty()) unlink(temporary_.c_str());
  }

  void TakePlace() {
    if (rename(temporary_.c_str(), target_.c_str()) != 0) ThrowCannotWrite(path_, errno);
    temporary_.clear();
  }

 private:
  std::string path_;
  std::string target_;
  std::string temporary_;
};

void WriteDirectly(const OutputFile& output) {
  const bool to_standard_output = output.path.empty();
  const int descriptor = to_standard_output ? STDOUT_FILENO : open(output.path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) ThrowCannotWrite(output.path, errno);
  int error = WriteAll(descriptor, output.content);
  if (!to_standard_output && close(descriptor) != 0 && error == 0) error = errno;
  if (error != 0) ThrowCannotWrite(output.path, error);
}

}  // namespace

void WriteOutputs(std::span<const OutputFile> outputs) {
  std::vector<Replacement> replacements;
  std::vector<const OutputFile*> direct;
  for (const OutputFile& output : outputs) {
    const Kind kind = output.path.empty() ? Kind::kOther : KindOf(output.path);
    if (kind == Kind::kOther)
      direct.push_back(&output);
    else if (kind == Kind::kMissing || !HasContent(output.path, output.content))
      replacements.emplace_back(output);
  }
  for (const OutputFile* output : direct) WriteDirectly(*output);
  for (Replacement& replacement : replacements) replacement.TakePlace();
}

}  // namespace precompiledseccomp::gen
