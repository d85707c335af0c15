// SPDX-License-Identifier: Apache-2.0
//
// Running the generator, compilers and other programs, and looking at what they leave behind.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace precompiledseccomp::gen {

struct Outcome {
  int status = 0;  // exit status, or 128 plus the number of the signal
  std::string out;
  std::string err;
  long peak_kilobytes = 0;  // of memory, of the largest of the processes it consisted of
};

using Words = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

// Runs a program (found in PATH, unless it has a slash) with these additions to the environment, in `folder`.
Outcome Run(const Words& command, const Environment& environment = {},
            const std::filesystem::path& folder = ".");

// Runs the generator on a module of these tests, such as "good", with further arguments.
Outcome RunGenerator(const std::string& module, const Words& arguments, const Environment& environment = {},
                     const std::filesystem::path& folder = ".");

// The file of a module.
std::string ModuleFile(const std::string& module);

// Whether a program is in PATH.
bool Exists(const std::string& program);

// A folder that lives as long as this object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // The path of a file in it.
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  // The names of the files in it, sorted.
  [[nodiscard]] std::vector<std::string> Files() const;

 private:
  std::filesystem::path path_;
};

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& content);

// The arguments that write f.cc and f.h into a folder, in the namespace `filters`.
Words SourcesIn(const TemporaryFolder& folder);

// Both lists, one behind the other.
Words operator+(Words left, const Words& right);

}  // namespace precompiledseccomp::gen
