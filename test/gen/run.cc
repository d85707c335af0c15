// SPDX-License-Identifier: Apache-2.0

#include "run.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace precompiledseccomp::gen {
namespace {

namespace fs = std::filesystem;

// Does not return.
void Execute(const Words& command, const Environment& environment, const fs::path& folder,
             const Words& outputs) {
  // AddressSanitizer would make exits with a report of the crashes that are tested here.
  const char* const options = std::getenv("ASAN_OPTIONS");
  setenv("ASAN_OPTIONS",
         (std::string(options == nullptr ? "" : options) + ":handle_segv=0:handle_abort=0").c_str(), 1);
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  for (int descriptor = STDOUT_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    const int file =
        open(outputs[static_cast<std::size_t>(descriptor)].c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || dup2(file, descriptor) < 0) _exit(126);
    close(file);
  }
  if (chdir(folder.c_str()) != 0) _exit(126);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments.front(), arguments.data());
  _exit(127);
}

}  // namespace

Outcome Run(const Words& command, const Environment& environment, const fs::path& folder) {
  const TemporaryFolder outputs;
  const Words files = {"", outputs / "out", outputs / "err"};
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) Execute(command, environment, folder, files);
  int status = 0;
  rusage usage = {};
  if (wait4(child, &status, 0, &usage) != child) throw std::runtime_error("cannot wait");
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), ReadFile(files[1]),
          ReadFile(files[2]), usage.ru_maxrss};
}

bool Exists(const std::string& program) {
  return Run({"sh", "-c", "command -v " + program}).status == 0;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "precompiledseccomp-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> TemporaryFolder::Files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path_)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void WriteFile(const std::string& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

Words SourcesIn(const TemporaryFolder& folder) {
  return {"--source", folder / "f.cc", "--header", folder / "f.h", "--namespace", "filters"};
}

Words operator+(Words left, const Words& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

}  // namespace precompiledseccomp::gen
