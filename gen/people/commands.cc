// SPDX-License-Identifier: Apache-2.0

#include "people/command.h"

namespace precompiledseccomp::gen {

std::vector<Command> Commands() {
  return {
      DumpCommand(), ExplainCommand(), ShowCommand(), SuggestCommand(), TryCommand(),
  };
}

}  // namespace precompiledseccomp::gen
