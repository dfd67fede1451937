"""No picture of this process's memory on the disk: a crash would write the open record there.

Linux hands the memory of a process that crashed to whatever collects such pictures, unless the
process says that it is none of their business; then no other program of the person can look into
it either. Windows writes one of the stack only, and asks nobody. macOS keeps no memory.
"""

import ctypes
import sys

PR_SET_DUMPABLE = 4  # linux/prctl.h
SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX = 0x0001, 0x0002  # errhandlingapi.h


def forbid_dumps() -> bool:
    """Let no memory of this process be written to disk when it crashes. Tell whether it holds."""
    if sys.platform == "win32":
        ctypes.windll.kernel32.SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX)
        return True
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))
    if not sys.platform.startswith("linux"):
        return True
    # The limit above does not hold for a collector that is a program; this does.
    failed: int = ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    return failed == 0
