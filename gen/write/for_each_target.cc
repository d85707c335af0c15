// SPDX-License-Identifier: Apache-2.0

#include "write/for_each_target.h"

namespace precompiledseccomp::gen {

std::string ForEachTarget(std::span<const CompiledTarget> targets,
                          const std::function<std::string(const CompiledTarget&)>& text_for) {
  std::string text;
  std::string names;
  for (const CompiledTarget& target : targets) {
    text += (text.empty() ? "#if " : "#elif ") + std::string(target.target.compiler_condition) + "\n";
    text += text_for(target);
    names += (names.empty() ? "" : ", ") + std::string(target.target.name);
  }
  return text + "#else\n#error \"These seccomp filters are compiled for " + names +
         " only: give precompiledseccomp-gen the --arch of this compiler's target\"\n#endif\n\n";
}

}  // namespace precompiledseccomp::gen
