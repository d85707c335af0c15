// SPDX-License-Identifier: Apache-2.0
//
// Prints the README's filter, for descriptors 3 and 4, as the elements of an array of struct sock_filter.

#include <cstdio>

#include "myapp_filters.h"

int main() {
  const auto filter = myapp::Worker{.fd1 = 3, .fd2 = 4}.Render();
  for (const sock_filter& instruction : filter.instructions())
    std::printf("{%u, %u, %u, %uU},\n", unsigned{instruction.code}, unsigned{instruction.jt},
                unsigned{instruction.jf}, unsigned{instruction.k});
}
