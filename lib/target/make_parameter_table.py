#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes parameter_table.inc: the parameters of the system calls, as a running kernel declares them.

    lib/target/make_parameter_table.py [DIRECTORY] > lib/target/parameter_table.inc

DIRECTORY is the trace events of system calls, /sys/kernel/tracing/events/syscalls unless given; only root can read it,
and it needs CONFIG_FTRACE_SYSCALLS. The kernel has to be x86-64's, as parameter_supplement.cc has what differs on other
architectures. The table says which version made it, by uname(2).

A call has an event if it is defined by SYSCALL_DEFINEn and configured. Its file sys_enter_NAME/format has a line for each
parameter, in order (kernel/trace/trace_syscalls.c):

    field:const char * filename;	offset:24;	size:8;	signed:0;

`size` and `signed` are the same for all; what the kernel reads is told by the C type. A type that this script does not
know is an error. The same events give the same table, whatever order they are read in.
"""

import os
import re
import sys

# Events are named after the kernel's function, which some calls have another name than (arch/*/entry/syscalls,
# include/uapi/asm-generic/unistd.h).
CALL_OF_EVENT = {
    "newfstat": "fstat",
    "newlstat": "lstat",
    "newstat": "stat",
    "newuname": "uname",
    "sendfile64": "sendfile",
    "umount": "umount2",
}

# What the kernel reads of a parameter of that type on a 64-bit architecture: asm-generic/posix_types.h, linux/types.h,
# linux/key.h, uapi/linux/aio_abi.h, uapi/linux/capability.h, uapi/linux/fs.h, uapi/linux/mqueue.h.
CLASSES = {
    "s32": ["int", "__s32", "pid_t", "key_t", "clockid_t", "timer_t", "mqd_t", "key_serial_t", "rwf_t"],
    "u32": ["unsigned", "unsigned int", "u32", "__u32", "uid_t", "gid_t", "qid_t"],
    "u16": ["umode_t"],
    "s64": ["long", "loff_t", "off_t"],
    "u64": ["unsigned long", "size_t", "u64", "__u64", "aio_context_t"],
    # Pointers by another name.
    "ptr": ["cap_user_header_t", "cap_user_data_t"],
}
CLASS_OF_TYPE = {name: kind for kind, names in CLASSES.items() for name in names}

FIELD = re.compile(r"\tfield:(.*?)(\w+);\toffset:(\d+);")


def class_of(declared, event):
    if "*" in declared:
        return "ptr"
    name = " ".join(word for word in declared.split() if word != "const")
    # GCC and Clang give an enumeration without negative constants the type unsigned int.
    if name.startswith("enum "):
        return "u32"
    if name not in CLASS_OF_TYPE:
        sys.exit(f"{event}: which class has the type \"{name}\"? Add it to CLASSES.")
    return CLASS_OF_TYPE[name]


def parameters_of(path, event):
    parameters = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            field = FIELD.match(line)
            # Before the parameters stand the fields of all events, and the number of the call.
            if field is None or field[2].startswith("common_") or field[2] == "__syscall_nr":
                continue
            parameters.append(f"{class_of(field[1], event)} {field[2]}")
    return ", ".join(parameters)


def main():
    directory = sys.argv[1] if len(sys.argv) > 1 else "/sys/kernel/tracing/events/syscalls"
    rows = {}
    for event in os.listdir(directory):
        if not event.startswith("sys_enter_"):
            continue
        name = event[len("sys_enter_"):]
        call = CALL_OF_EVENT.get(name, name)
        rows[call] = parameters_of(os.path.join(directory, event, "format"), event)
    if not rows:
        sys.exit(f"{directory}: no events of system calls")

    kernel = os.uname()
    if kernel.machine != "x86_64":
        sys.exit(f"the table is to be made on x86_64, and this is {kernel.machine}")
    release = ".".join(re.findall(r"\d+", kernel.release)[:2])
    print("// SPDX-License-Identifier: Apache-2.0")
    print("//")
    print(f"// The parameters of {len(rows)} calls as Linux {release} on {kernel.machine} declares them, by name.")
    print("// Made by make_parameter_table.py, not to be edited: what is to be added or corrected stands in")
    print("// parameter_supplement.cc.")
    print()
    for call in sorted(rows):
        print(f'{{"{call}", "{rows[call]}"}},')


main()
