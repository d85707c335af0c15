// SPDX-License-Identifier: Apache-2.0
#include "good.h"

PRECOMPILEDSECCOMP_MODULE(GoodPrograms)
