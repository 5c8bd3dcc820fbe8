"""seccomp: no sockets, no leaving the process group, no changes that Landlock has no right for.

A filter is a program for the classic BPF machine that the kernel runs on `struct seccomp_data` (number,
architecture, instruction pointer, six arguments) of every call: include/uapi/linux/seccomp.h and
bpf_common.h. Numbers of calls are those of arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable, Sequence

from .kernel import raise_errno, syscall

_X86_64 = {
    "seccomp": 317, "socket": 41, "connect": 42, "io_uring_setup": 425, "setsid": 112, "setpgid": 109,
    "chmod": 90, "fchmod": 91, "fchmodat": 268, "fchmodat2": 452,
    "chown": 92, "fchown": 93, "lchown": 94, "fchownat": 260,
    "utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280,
    "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "setxattrat": 463,
    "removexattr": 197, "lremovexattr": 198, "fremovexattr": 199, "removexattrat": 466,
    "kill": 62, "tkill": 200, "tgkill": 234, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297,
    "pidfd_open": 434, "ptrace": 101, "process_vm_writev": 311,
    "truncate": 76, "open": 2, "openat": 257, "openat2": 437,
}  # fmt: skip
_AARCH64 = {
    "seccomp": 277, "socket": 198, "connect": 203, "io_uring_setup": 425, "setsid": 157, "setpgid": 154,
    "fchmod": 52, "fchmodat": 53, "fchmodat2": 452,
    "fchown": 55, "fchownat": 54,
    "utimensat": 88,
    "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "setxattrat": 463,
    "removexattr": 14, "lremovexattr": 15, "fremovexattr": 16, "removexattrat": 466,
    "kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240,
    "pidfd_open": 434, "ptrace": 117, "process_vm_writev": 271,
    "truncate": 45, "openat": 56, "openat2": 437,
}  # fmt: skip
ARCHITECTURES = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}
_FIRST_X32_CALL = 0x40000000

DENIED = ("socket", "connect", "ptrace", "process_vm_writev")
UNKNOWN = ("io_uring_setup",)
"""Answered as a kernel that lacks them would; a ring makes sockets without passing by here."""
PRETENDED = (
    "setsid", "setpgid",
    "chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat",
    "utime", "utimes", "futimesat", "utimensat",
    "setxattr", "lsetxattr", "fsetxattr", "setxattrat",
    "removexattr", "lremovexattr", "fremovexattr", "removexattrat",
)  # fmt: skip
"""Nothing is done, and success is answered: `shutil.copy` or `subprocess` into the scratch folder still
work."""
SIGNALLING = ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open")
EVERYBODY = 0xFFFFFFFF  # kill(-1, …)

LOAD, _EQUAL, _AT_LEAST, _AND, RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16
ALLOW, ERRNO = 0x7FFF0000, 0x00050000
_SET_MODE_FILTER, _ALL_THREADS = 1, 1

Instruction = tuple[int, int, int, int]
"""Code, instructions to skip if true and if false, operand."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def deny_calls(protected: Iterable[int], guard_truncate: bool) -> None:
    """Install the filter on every thread of this process; children inherit it.

    `protected` are processes that must not be signalled. `guard_truncate` adds what Landlock before its
    third version let pass. Raises OSError where the kernel refuses or the processor is not known. Needs
    PR_SET_NO_NEW_PRIVS.
    """
    numbers = call_numbers()
    architecture, _ = ARCHITECTURES[platform.machine()]
    install(_filter(architecture, numbers, protected, guard_truncate))


def call_numbers() -> dict[str, int]:
    """By name, for this processor. Raises OSError where it is not known."""
    if platform.machine() not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no call numbers for {platform.machine()}")
    return ARCHITECTURES[platform.machine()][1]


def install(program: Sequence[Instruction]) -> None:
    """Make `program` a filter of every thread of this process. Raises OSError where the kernel refuses."""
    packed = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    attributes = _Program(len(program), packed)
    thread = syscall(
        call_numbers()["seccomp"],
        ctypes.c_uint(_SET_MODE_FILTER),
        ctypes.c_uint(_ALL_THREADS),
        ctypes.byref(attributes),
    )
    if thread > 0:  # the number of a thread that has another filter
        ctypes.set_errno(errno.EBUSY)
        raise_errno()


def _filter(
    architecture: int, numbers: dict[str, int], protected: Iterable[int], guard_truncate: bool
) -> list[Instruction]:
    refuse = ERRNO | errno.EPERM
    program = [
        (LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, refuse),
        (LOAD, 0, 0, NUMBER),
        (_AT_LEAST, 0, 1, _FIRST_X32_CALL),
        (RETURN, 0, 0, refuse),
    ]
    answers = {
        **dict.fromkeys(DENIED, ERRNO | errno.EACCES),
        **dict.fromkeys(UNKNOWN, ERRNO | errno.ENOSYS),
        **dict.fromkeys(PRETENDED, ERRNO),
    }
    if guard_truncate:
        answers.update(truncate=ERRNO | errno.EACCES, openat2=ERRNO | errno.ENOSYS)
    for name in answers:
        if name in numbers:
            program += answer(numbers[name], answers[name])
    for name in SIGNALLING:
        for pid in (EVERYBODY, *protected):
            program += _when_argument(numbers[name], 0, 0xFFFFFFFF, pid, refuse)
    if guard_truncate:
        mask = os.O_TRUNC | os.O_ACCMODE
        for name, position in (("open", 1), ("openat", 2)):
            if name in numbers:
                truncating = os.O_TRUNC | os.O_RDONLY
                program += _when_argument(numbers[name], position, mask, truncating, ERRNO | errno.EACCES)
    return [*program, (RETURN, 0, 0, ALLOW)]


def answer(number: int, result: int) -> list[Instruction]:
    """Give `result` to the call `number`, which is loaded."""
    return [(_EQUAL, 0, 1, number), (RETURN, 0, 0, result)]


def _when_argument(number: int, position: int, mask: int, value: int, result: int) -> list[Instruction]:
    """Give `result` to the call `number` when the low half of one argument, masked, is `value`."""
    return [
        (_EQUAL, 0, 5, number),
        (LOAD, 0, 0, _ARGUMENTS + 8 * position),  # both architectures are little-endian
        (_AND, 0, 0, mask),
        (_EQUAL, 0, 1, value),
        (RETURN, 0, 0, result),
        (LOAD, 0, 0, NUMBER),
    ]
