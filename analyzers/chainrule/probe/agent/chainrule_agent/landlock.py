"""Landlock: no writes outside one folder (Linux 5.13 and newer).

Numbers and layouts are those of the kernel's include/uapi/linux/landlock.h; what came with which version is
in its Documentation/userspace-api/landlock.rst. Only rights to change something are handled, so reading
stays as it was. Landlock knows no right for modes, owners, times and extended attributes: see seccomp.py.
"""

from __future__ import annotations

import ctypes
import glob
import os

from .kernel import syscall

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1

_WRITE_FILE = 1 << 1
_TRUNCATE = 1 << 14
_REFER = 1 << 13
_REMOVE_AND_MAKE = sum(1 << bit for bit in range(4, 13))  # of files, folders, links, devices, sockets, pipes
_SCOPE_ABSTRACT_SOCKETS, _SCOPE_SIGNALS = 1 << 0, 1 << 1

REFER_VERSION, TRUNCATE_VERSION, NET_VERSION, SCOPE_VERSION = 2, 3, 4, 6

WRITABLE_DEVICES = ("/dev/null", "/dev/zero", "/dev/full")
GPU_DEVICES = ("/dev/nvidia*", "/dev/dri/*", "/dev/kfd", "/dev/dxg")


class _RulesetAttributes(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def confine_writes(scratch: str) -> int:
    """Deny this thread and what it starts every change of files outside `scratch`, and signals to outsiders.

    Returns the version of Landlock. Raises OSError where the kernel has none, or has it switched off. Needs
    PR_SET_NO_NEW_PRIVS.
    """
    version = syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_CREATE_RULESET_VERSION))
    on_files = _WRITE_FILE | (_TRUNCATE if version >= TRUNCATE_VERSION else 0)
    handled = on_files | _REMOVE_AND_MAKE | (_REFER if version >= REFER_VERSION else 0)
    attributes = _RulesetAttributes(handled_access_fs=handled)
    size = 8 if version < NET_VERSION else 16
    if version >= SCOPE_VERSION:
        attributes.scoped = _SCOPE_ABSTRACT_SOCKETS | _SCOPE_SIGNALS
        size = 24
    ruleset = syscall(_CREATE_RULESET, ctypes.byref(attributes), ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        _allow(ruleset, scratch, handled)
        for pattern in (*WRITABLE_DEVICES, *GPU_DEVICES):
            for path in glob.glob(pattern):
                if not os.path.isdir(path):
                    _allow(ruleset, path, on_files)
        syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)
    return version


def _allow(ruleset: int, path: str, access: int) -> None:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _PathBeneath(access, fd)
        syscall(
            _ADD_RULE,
            ctypes.c_int(ruleset),
            ctypes.c_int(_RULE_PATH_BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(fd)
