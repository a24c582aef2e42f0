"""Zip files that hold a palette: no more of a member is unpacked than a palette can need."""

import io
import struct
import zipfile
import zlib

#: Ways of packing that unpack in a little memory; others may ask for gigabytes of it.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: The largest member that is unpacked.
MOST = 1 << 23


class Archive:
    """The members of a zip file, each read at most `MOST` bytes far, whatever it claims to hold."""

    def __init__(self, data: bytes) -> None:
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError) as error:
            raise ValueError(f"the file must be a zip file that can be read: {error}") from None

    def __contains__(self, name: str) -> bool:
        return name in self._file.NameToInfo

    def read(self, name: str) -> bytes:
        """Return a member; ValueError if it is missing, damaged, locked, packed in a rare way, or too large."""
        if name not in self:
            raise ValueError(f"the zip file must hold {name!r}, got {', '.join(self._file.namelist()[:5])[:80]!r}")
        if self._file.getinfo(name).compress_type not in _METHODS:
            raise ValueError(f"{name} must be stored or deflated, got another way of packing")
        try:
            with self._file.open(name) as member:
                found = member.read(MOST + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error) as error:
            raise ValueError(f"{name} must be readable: {error}") from None
        if len(found) > MOST:
            raise ValueError(f"{name} must have at most {MOST} bytes, got more")
        return found


def pack(members: dict[str, bytes]) -> bytes:
    """Return a zip file of members in their order, the first of them as it is; the same bytes each time."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for i, (name, content) in enumerate(members.items()):
            method = zipfile.ZIP_DEFLATED if i else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()
