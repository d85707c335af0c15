// SPDX-License-Identifier: Apache-2.0
//
// The one exception type of the build side. Every message is a single line that says what was given, what was
// expected and the way out; the generator prefixes it with the module and the program it concerns.
#pragma once

#include <exception>
#include <string>
#include <vector>

namespace precompiledseccomp {

// Seen from other modules whatever -fvisibility says: what one of them throws, another one catches.
class __attribute__((visibility("default"))) Error : public std::exception {
 public:
  // `problem` says what is wrong, in one line without a final full stop.
  explicit Error(std::string problem);
  // Defined in error.cc, so that the table of virtual functions is there and in no other object.
  ~Error() override;
  Error(const Error&) = default;
  Error(Error&&) = default;
  Error& operator=(const Error&) = default;
  Error& operator=(Error&&) = default;

  // The same error, said of a program or a module. A name that is already known is kept: the innermost one is
  // right.
  [[nodiscard]] Error InProgram(const std::string& program) const;
  [[nodiscard]] Error InModule(const std::string& module) const;

  // The same error, with others that were found together with it, each of which has no further ones.
  [[nodiscard]] Error With(std::vector<Error> further) const;

  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const std::string& program() const { return program_; }
  [[nodiscard]] const std::string& module() const { return module_; }
  // Other mistakes in the same policy, for whoever tells all of them at once; of very many some. What what()
  // says is this one.
  [[nodiscard]] const std::vector<Error>& further() const { return further_; }

  // `<module>: program "<program>": <problem>`, without the parts that are not known.
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

 private:
  void ComposeMessage();

  std::string problem_;
  std::string program_;
  std::string module_;
  std::string message_;
  std::vector<Error> further_;
};

}  // namespace precompiledseccomp
