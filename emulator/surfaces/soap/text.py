"""Bytes to text at the door (rule 15), and what is refused before any of it is parsed.

Parsing a message takes many times its own size if it consists of nothing but tags and attributes,
and a document type can make it larger still: both are counted beforehand.
"""

from __future__ import annotations

import codecs
import re

from emulator.surfaces.soap.faults import SoapFault

MOST_TAGS = 20_000
MOST_ATTRIBUTES = 10_000
LONGEST_ATTRIBUTE = 256 * 1024
"""Bytes; so a namespace, which is written back, has no more either."""
UTF_8 = "utf-8"

_CHARSETS = {
    **{name: name for name in (UTF_8, "gb18030", "big5", "iso8859-1", "cp1252")},
    **{name: name for name in ("utf-16", "utf-16-le", "utf-16-be")},
    "ascii": UTF_8,
    # Whoever says the older one writes the newer one as often as not; it holds them whole.
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
"""Charsets that are read, by Python's names, and how."""
_IN_HEADER = re.compile(rb"charset\s*=\s*\"?'?([\w.:-]+)", re.IGNORECASE)
_IN_PROLOG = re.compile(
    rb"\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE
)
_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]{0,300}\?>")
_SECOND_BEGIN = re.compile(rb"\xef\xbb\xbf|<\?xml\s")
_DOCTYPE = re.compile(rb"(?>\s|<\?.*?\?>|<!--.*?-->)*+<!DOCTYPE", re.DOTALL)
_ATTRIBUTE = re.compile(rb"=\s*[\"']")
_LONG_ATTRIBUTE = re.compile(
    rb"=\s*(?:\"[^\"<]{%d}|'[^'<]{%d})" % (LONGEST_ATTRIBUTE, LONGEST_ATTRIBUTE)
)


def document_of(body: bytes, content_type: bytes) -> bytes:
    """The message as UTF-8 without a declaration; `SoapFault` if it will not be parsed.

    The charset is that of the HTTP header, else of the declaration, else UTF-8.
    """
    document = _in_utf_8(body, content_type)
    declaration = _DECLARATION.match(document)
    if declaration:
        document = document[declaration.end() :]
    _require_harmless(document)
    return document


def _in_utf_8(body: bytes, content_type: bytes) -> bytes:
    found = _IN_HEADER.search(content_type) or _IN_PROLOG.match(body.removeprefix(codecs.BOM_UTF8))
    name = found.group(1).decode("ascii") if found else UTF_8
    try:
        charset = _CHARSETS[codecs.lookup(name).name]
    except LookupError:
        raise SoapFault(f"the charset {name} is not known") from None
    if not found and body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        charset = "utf-16"
    if charset == UTF_8:
        # The parser sees whether it is: a text of it could take four times as much memory.
        return body.removeprefix(codecs.BOM_UTF8)
    try:
        return body.decode(charset).encode().removeprefix(codecs.BOM_UTF8)
    except UnicodeError:
        raise SoapFault(f"the message is not written in {name}") from None


def _require_harmless(document: bytes) -> None:
    # Nothing is left to say to the parser that the document is written otherwise.
    if b"\0" in document:
        raise SoapFault("not well-formed: there is a NUL")
    if _SECOND_BEGIN.match(document):
        raise SoapFault("not well-formed: it begins twice")
    if _DOCTYPE.match(document):
        raise SoapFault("a message has no document type")
    if document.count(b"<") > MOST_TAGS:
        raise SoapFault("too many elements")
    if document.count(b"=") > MOST_ATTRIBUTES and _more_attributes_than(document, MOST_ATTRIBUTES):
        raise SoapFault("too many attributes")
    if len(document) > LONGEST_ATTRIBUTE and _LONG_ATTRIBUTE.search(document):
        raise SoapFault("an attribute is too long")


def _more_attributes_than(document: bytes, most: int) -> bool:
    return any(count > most for count, _ in enumerate(_ATTRIBUTE.finditer(document), 1))
