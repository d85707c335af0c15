// SPDX-License-Identifier: Apache-2.0
//
// Tables of what passes are given and what they make of it.
#pragma once

#include <functional>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "compile/graph.h"
#include "compile/graph_text.h"

namespace precompiledseccomp::testing {

// What a pass has to leave alone.
inline constexpr const char* kTheSame = "(the same)";

// Graphs as text: see graph_text.h.
struct BeforeAfter {
  const char* what;  // is shown by the row
  const char* before;
  const char* after;
};

using Pass = std::function<compile::NodeId(compile::NodeId root, compile::Graph& graph)>;

// The pass makes `after` of `before`; and the row itself says nothing wrong: both answer alike.
void CheckPass(const std::vector<BeforeAfter>& rows, const Pass& pass);

// Both decide all calls alike, as far as can be seen from the values at which their tests change, in all
// combinations if they are few. Explains itself by a call if not.
boost::test_tools::assertion_result AnswerAlike(compile::NodeId left, compile::NodeId right,
                                                const GraphText& text);

}  // namespace precompiledseccomp::testing
