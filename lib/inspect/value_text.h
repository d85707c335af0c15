// SPDX-License-Identifier: Apache-2.0
//
// Sets of values of a field of a call, as people write tests of it: the shortest text that says exactly which
// they are.
//
//   fd == 3     cmd in {TCGETS, TIOCGWINSZ}     len <= 0x1000     prot in 0..3     (flags & 0x7e020000) == 0
//
// A parameter of which the kernel looks at 32 bits is called by its name alone where the filter looks at no
// more, and where the upper half has to be what it is in a call of any libc: 0, or the sign of an int.
// `(u64)cmd` are all 64 bits of such a parameter, and `(u32)addr` the lower 32 bits of a wider one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <precompiledseccomp/target.h>

#include "target/parameters.h"
#include "verify/sources.h"
#include "verify/value_set.h"

namespace precompiledseccomp::inspect {

struct FieldName {
  // "cmd"; "ip"; "arg3" of what is no parameter that is known, or "args[3]" where a parameter is called so.
  std::string text;
  int bits = 64;  // that the kernel looks at
  bool is_signed = false;
  std::string call;  // whose parameter it is, for names of values
};

// Of the call with this name; a name that is none, "" or "#500", has no parameters that are known.
class FieldNames {
 public:
  FieldNames(const Target& target, const std::string& call);

  // By the first word of a field (verify/sources.h).
  [[nodiscard]] const FieldName& Of(verify::Source field) const;

 private:
  std::vector<FieldName> names_;  // architecture, number, instruction pointer, arguments
};

// Neither all values nor none.
std::string ValuesText(const verify::ValueSet& values, const FieldName& field);

// "0, 3..5, 0x400..0x4ff": without a name. Of very many, what of their bits has to be.
std::string NumberSetText(const verify::ValueSet& values, const std::string& prefix = "");

}  // namespace precompiledseccomp::inspect
