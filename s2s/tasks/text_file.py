"""What kind of file is this? Bytes to lines of text, or one sentence that says what to do."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from s2s.errors import UserError
from s2s.text import label
from s2s.text.language import N_, later
from s2s.text.system_words import reason

_BEGINNINGS = (
    (b"%PDF", N_("a PDF")),
    (b"\xd0\xcf\x11\xe0", N_("an old Office document")),
    (b"BZh", N_("packed with bzip2")),
    (b"\xfd7zXZ\x00", N_("packed with xz")),
    (b"7z\xbc\xaf\x27\x1c", N_("a 7z archive")),
    (b"\x28\xb5\x2f\xfd", N_("packed with zstd")),
    (b"SQLite format 3\x00", N_("a database")),
    (b"PAR1", N_("a Parquet table")),
    (b"Rar!", N_("a RAR archive")),
    (b"\x89PNG", N_("a picture")),
    (b"\xff\xd8\xff", N_("a picture")),
    (b"\x1f\x8b", N_("packed with gzip twice")),
    (b"{\\rtf", N_("an RTF document")),
    (b"<!DOCTYPE", N_("a web page")),
    (b"<!doctype", N_("a web page")),
    (b"<html", N_("a web page")),
    (b"<?xml", "XML"),
)
_WIDE = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# What texts in Western languages have beyond ASCII.
_WESTERN = frozenset("àâäáãåæçéèêëíìîïñóòôöõøœúùûüýßÀÂÄÁÅÆÇÉÈÊËÍÎÏÑÓÔÖØŒÚÙÛÜ«»’‘“”–—…€°¿¡\u00a0")
_ENCODINGS = (
    ("Latin-1 (Windows-1252)", "cp1252", _WESTERN.__contains__),
    ("EUC-KR (CP949)", "cp949", lambda character: "가" <= character <= "힣"),
    ("Mac Roman", "mac_roman", _WESTERN.__contains__),
    (N_("the DOS code page 850"), "cp850", _WESTERN.__contains__),
)
"""Encodings that are told by the characters they give."""
_OTHER_ENDS = re.compile("\u2028|\u2029|\u0085".encode())
MANY = 3
"""Damaged lines in a file without any other character beyond ASCII: it is in another encoding."""


def sha256(path: str) -> str:
    """SHA-256 of the file as it lies on disk."""
    return hashlib.sha256(read_bytes(path)).hexdigest()


def text_sha256(path: str) -> str:
    """SHA-256 of a file's content, the same whether it is packed or not."""
    return hashlib.sha256(_unpacked(read_bytes(path), path, None)).hexdigest()


def read_bytes(path: str, most: int | None = None) -> bytes:
    """A file's bytes, one more than `most` at the most; a file that is not there is named."""
    try:
        with Path(path).open("rb") as file:
            return file.read() if most is None else file.read(most + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise UserError(
            later("{path} cannot be read: {reason}.", path=label(path, 200), reason=reason(error))
        ) from None


def lines(data: bytes, name: str, most: int | None = None) -> list[bytes]:
    """Lines of a UTF-8 file, perhaps gzip; they end in LF, CRLF or CR.

    Args:
        data: the file.
        name: as messages name it.
        most: bytes, before and after unpacking; None: any number.

    Raises:
        UserError: for other kinds of files and other encodings, each by name.
    """
    data = _unpacked(data, name, most)
    _check_kind(data, name)
    data = data.removeprefix(codecs.BOM_UTF8)
    found = data.splitlines()
    if len(found) == 1 and _OTHER_ENDS.search(data):
        found = _OTHER_ENDS.split(found[0])
        found = found if found[-1] else found[:-1]
    _check_encoding(found, name)
    return found


def check_start(data: bytes, name: str) -> None:
    """Refuse what begins as text in UTF-8 does not; for a stream, of which no more is known.

    Raises:
        UserError: naming the kind.
    """
    if data[:2] == b"\x1f\x8b":
        raise UserError(later("{name} is packed with gzip; unpack it first.", name=name))
    _check_kind(data, name)


def decoded(line: bytes) -> str:
    """A line's text; UserError with the reason if it has none."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(later("It is not UTF-8 (byte {n}).", n=error.start + 1)) from None


def comma_separated(texts: Sequence[str]) -> str | None:
    """The mark that stands between columns where no tab does; None if none does so throughout."""
    # A longer line is no row of a table, and more than the reader of tables takes.
    full = [text for text in texts[:2000] if text.strip() and len(text) < 100_000][:1000]
    if not full or any("\t" in text for text in full):
        return None
    for mark in ",;":
        counts = {len(row) for row in csv.reader(full, delimiter=mark)}
        if len(counts) == 1 and counts.pop() >= 2:
            return mark
    return None


def _unpacked(data: bytes, name: str, most: int | None) -> bytes:
    """The bytes, unpacked if gzip, never more than the limit of them."""
    limit = (most or 0) // 1_000_000
    if most is not None and len(data) > most:
        raise UserError(
            later("{name} is too large; at most {most} MB are read.", name=name, most=limit)
        )
    if data[:2] != b"\x1f\x8b":
        return data
    parts: list[bytes] = []
    room = (1 << 40 if most is None else most) + 1
    try:
        while data and room:  # a gzip file may hold several members one after another
            member = zlib.decompressobj(wbits=31)
            parts.append(member.decompress(data, room))
            room -= len(parts[-1])
            if room and not member.eof:
                raise UserError(later("{name} is a damaged gzip file; fetch it again.", name=name))
            data = member.unused_data.lstrip(b"\0")
    except zlib.error:
        raise UserError(
            later("{name} is a damaged gzip file; fetch it again.", name=name)
        ) from None
    if not room:
        raise UserError(later("{name} is too large when unpacked; at most {most} MB are read.",
                              name=name, most=limit))  # fmt: skip
    return b"".join(parts)


def _check_kind(data: bytes, name: str) -> None:
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        try:
            inside = zipfile.ZipFile(io.BytesIO(data)).namelist()
        except zipfile.BadZipFile:
            inside = []
        if "[Content_Types].xml" in inside:
            raise UserError(
                later(
                    "{name} is an Office document; save it as text with tabs, in UTF-8.", name=name
                )
            )
        wanted = next((n for n in inside if n.endswith((".txt", ".tsv", ".gz"))), None)
        raise UserError(
            later("{name} is a zip; unpack it and give {file}.", name=name, file=label(wanted, 60))
            if wanted
            else later("{name} is a zip; unpack it and give the text file in it.", name=name)
        )
    if data[257:262] == b"ustar":
        raise UserError(
            later("{name} is a tar archive; unpack it and give the text file in it.", name=name)
        )
    for start, what in _BEGINNINGS:
        if data.startswith(start):
            raise UserError(
                later(
                    "{name} is {what}; give plain text in UTF-8, or text packed as .gz.",
                    name=name,
                    what=later(what),
                )
            )
    for start, what in _WIDE:
        if data.startswith(start):
            raise UserError(later("{name} is {what}; save it as UTF-8.", name=name, what=what))
    if kind := _wide(data[:4000]):
        raise UserError(
            later("{name} looks like {kind}; save it as UTF-8.", name=name, kind=later(kind))
        )


def _wide(data: bytes) -> str:
    """UTF-16 or UTF-32 without a mark, by where the empty bytes are; empty if it is neither."""
    size = len(data) - len(data) % 4
    if size >= 8:
        for kind, empty in (("UTF-32LE", (2, 3)), ("UTF-32BE", (0, 1))):
            if not any(any(data[place:size:4]) for place in empty):
                return kind
    size = len(data) - len(data) % 2
    low, high = (data[place:size:2].count(0) for place in (0, 1))
    for kind, here, there in (("UTF-16LE", high, low), ("UTF-16BE", low, high)):
        if here >= max(2, size / 10, 4 * there):
            text = data[:size].decode(kind, "replace")
            if "\ufffd" not in text[:-1] and any(mark in text for mark in "\t\n\r "):
                return kind
    return ""


def _check_encoding(found: Sequence[bytes], name: str) -> None:
    """Refuse a file in another encoding as a whole; single damaged lines are left to the caller."""
    bad = []
    for line in found:
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            bad.append(line)
        else:
            return  # it is UTF-8
    whole = b"\n".join(bad)
    likely: dict[str, int] = {}
    for kind, encoding, usual in _ENCODINGS:
        try:
            beyond = [c for c in whole.decode(encoding) if not c.isascii()]
        except UnicodeDecodeError:
            continue
        if beyond and sum(map(usual, beyond)) >= 0.9 * len(beyond):
            likely[kind] = sum(map(str.islower, beyond))  # of two, small letters are commoner
    if likely:
        kind = max(likely, key=lambda kind: likely[kind])
        raise UserError(
            later(
                "{name} is not UTF-8 but looks like {kind}; save it as UTF-8.",
                name=name,
                kind=later(kind),
            )
        )
    if len(bad) >= MANY:
        raise UserError(later("{name} is not UTF-8; save it as UTF-8.", name=name))
