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

// Gives a new file the mode and, if the process may, the owner of the one whose place it will take. 0, or an
// errno value.
int TakeAttributes(int descriptor, const std::string& target) {
  struct stat status = {};
  if (stat(target.c_str(), &status) != 0) return fchmod(descriptor, ModeOfNewFiles()) == 0 ? 0 : errno;
  // First the owner: changing it can clear bits of the mode.
  [[maybe_unused]] const int ignored = fchown(descriptor, status.st_uid, status.st_gid);
  return fchmod(descriptor, status.st_mode & 07777) == 0 ? 0 : errno;
}

// A file beside its target with the new content, which then takes its target's place. Until Keep() is called,
// that can be taken back, and is when the object goes.
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
    if (error == 0) error = TakeAttributes(descriptor, target_);
    if (close(descriptor) != 0 && error == 0) error = errno;
    if (error == 0) return;
    unlink(temporary_.c_str());
    ThrowCannotWrite(path_, error);
  }
  Replacement(Replacement&& other) noexcept
      : path_(std::move(other.path_)),
        target_(std::move(other.target_)),
        temporary_(std::exchange(other.temporary_, {})),
        place_(std::exchange(other.place_, Place::kBeside)) {}
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;
  Replacement& operator=(Replacement&&) = delete;
  ~Replacement() {
    if (place_ == Place::kExchanged)
      std::rename(temporary_.c_str(), target_.c_str());
    else if (place_ == Place::kNew)
      unlink(target_.c_str());
    else if (!temporary_.empty())
      unlink(temporary_.c_str());
  }

  void TakePlace() {
    // A target that is there is exchanged for the new file, so that it can be put back.
    if (renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) == 0) {
      place_ = Place::kExchanged;
      return;
    }
    const bool is_new = errno == ENOENT;
    // Some file systems cannot exchange (NFS); what was there before is lost to them.
    const bool can_replace = is_new || errno == EINVAL || errno == ENOSYS;
    if (!can_replace || std::rename(temporary_.c_str(), target_.c_str()) != 0) ThrowCannotWrite(path_, errno);
    place_ = is_new ? Place::kNew : Place::kReplaced;
  }

  void Keep() {
    if (place_ == Place::kExchanged) unlink(temporary_.c_str());
    place_ = Place::kReplaced;
    temporary_.clear();
  }

 private:
  // Where the new content is: beside the target; at its place, with the old content beside it; at a place
  // where there was nothing; or there to stay.
  enum class Place { kBeside, kExchanged, kNew, kReplaced };

  std::string path_;
  std::string target_;
  std::string temporary_;
  Place place_ = Place::kBeside;
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
  for (Replacement& replacement : replacements) replacement.Keep();
}

}  // namespace precompiledseccomp::gen
