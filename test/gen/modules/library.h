// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <precompiledseccomp/define.h>

precompiledseccomp::Policy PolicyOfLibrary();
