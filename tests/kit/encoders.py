"""How frameworks and encoders spell a text: by their own libraries, or written out by hand from what they do."""

from __future__ import annotations

import base64
import binascii
import html
import json
import shlex
import textwrap
from collections.abc import Callable
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import quoteattr

Encoder = Callable[[str], str]


def each(write: Callable[[int], str], only: str = "") -> Encoder:
    """An encoder that writes each of these letters in its own way; every letter, when none are named."""
    return lambda text: "".join(write(ord(letter)) if not only or letter in only else letter for letter in text)


def utf16(write: Callable[[int], str], text: str) -> str:
    """Each unit of UTF-16 written in a way of its own, as JSON does."""
    raw = text.encode("utf-16-be")
    return "".join(write(int.from_bytes(raw[at : at + 2], "big")) for at in range(0, len(raw), 2))


def inner(text: str) -> str:
    return json.dumps(text)[1:-1]


def php(text: str) -> str:
    """json_encode of PHP."""
    return inner(text).replace("/", "\\/")


def dotnet(text: str) -> str:
    """JavaScriptEncoder.Default of .NET: what HTML could mistake, in capitals."""
    return "".join(
        utf16("\\u{:04X}".format, letter) if letter in "\"&'+<>`\\" or ord(letter) > 0x7E else letter for letter in text
    )


def go(text: str) -> str:
    """encoding/json of Go."""
    marks = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}
    return "".join(marks.get(letter, letter) for letter in json.dumps(text, ensure_ascii=False)[1:-1])


def hexadecimal(text: str, mark: str = "") -> str:
    return binascii.hexlify(text.encode(), *((mark,) if mark else ())).decode()


def base64_after(before: bytes, write: Callable[[bytes], bytes] = base64.b64encode) -> Encoder:
    return lambda text: write(before + text.encode() + b"\x00\xff~").decode()


ENCODERS: dict[str, Encoder] = {
    "plain": str,
    "JSON": inner,
    "JSON, UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON in JSON": lambda text: inner(inner(text)),
    "JSON in JSON in JSON": lambda text: inner(inner(inner(text))),
    "PHP": php,
    "PHP in JSON": lambda text: inner(php(text)),
    "PHP with every flag": each("\\u{:04X}".format, "\"&'<>"),
    ".NET": dotnet,
    ".NET, small letters": lambda text: dotnet(text).replace("\\u00", "\\u00").lower(),
    ".NET in JSON": lambda text: inner(dotnet(text)),
    "Go": go,
    "Go in JSON": lambda text: inner(go(text)),
    "every letter as \\u": lambda text: utf16("\\u{:04x}".format, text),
    "every letter as %u": lambda text: utf16("%u{:04X}".format, text),
    "every letter as \\u{}": each("\\u{{{:x}}}".format),
    "every letter as \\U": each("\\U{:08x}".format),
    "HTML": html.escape,
    "HTML in HTML": lambda text: html.escape(html.escape(text)),
    "HTML in JSON": lambda text: dotnet(html.escape(text)),
    "HTML, decimal": each("&#{};".format),
    "HTML, decimal, padded": each("&#{:07};".format),
    "HTML, hexadecimal": each("&#x{:x};".format),
    "HTML, hexadecimal, capitals, padded": each("&#X{:06X};".format),
    "HTML, hexadecimal, in a URL": lambda text: quote(each("&#x{:x};".format)(text), safe=""),
    "XML": quoteattr,
    "XML, ASCII": lambda text: text.encode("ascii", "xmlcharrefreplace").decode(),
    "URL": quote,
    "URL, whole": lambda text: quote(text, safe=""),
    "URL, small letters": lambda text: quote(text, safe="").lower(),
    "URL, twice": lambda text: quote(quote(text, safe=""), safe=""),
    "URL, three times": lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
    "URL, every byte": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "URL, Latin-1": lambda text: quote(text, safe="", encoding="latin-1", errors="xmlcharrefreplace"),
    "form": quote_plus,
    "form in JSON": lambda text: inner(quote_plus(text)),
    "Python": lambda text: repr(text)[1:-1],
    "Python, bytes": lambda text: repr(text.encode())[2:-1],
    "Python, ASCII": lambda text: ascii(text)[1:-1],
    "C, octal": lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()),
    "C, hexadecimal": lambda text: "".join(f"\\x{byte:02X}" for byte in text.encode()),
    "shell": shlex.quote,
    "SQL": lambda text: text.replace("'", "''"),
    "CSV": lambda text: text.replace('"', '""'),
    "capitals": str.upper,
    "small letters": str.lower,
    "read as Latin-1": lambda text: text.encode().decode("latin-1"),
    "read as Windows-1252": lambda text: text.encode().decode("cp1252", "replace"),
    "read as ASCII": lambda text: text.encode().decode("ascii", "replace"),
    "read as ASCII, loosely": lambda text: text.encode("ascii", "ignore").decode(),
    "read as ASCII, with question marks": lambda text: text.encode("ascii", "replace").decode(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 without padding": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64 after 1 byte": base64_after(b"u"),
    "base64 after 2 bytes": base64_after(b"u:"),
    "base64 after 3 bytes": base64_after(b"us:"),
    "base64url after 1 byte": base64_after(b"{", base64.urlsafe_b64encode),
    "base64url after 2 bytes": base64_after(b'{"', base64.urlsafe_b64encode),
    "base64url": base64_after(b"", base64.urlsafe_b64encode),
    "base64 in JSON of PHP": lambda text: php(base64_after(b"~~")(text)),
    "base64 in JSON of .NET": lambda text: dotnet(base64_after(b"~~")(text)),
    "base64 in a URL": lambda text: quote(base64_after(b"?")(text), safe=""),
    "base64 in lines": lambda text: "\n".join(textwrap.wrap(base64_after(b"-")(text), 20)),
    "base64 of JSON": lambda text: base64.b64encode(json.dumps({"key": text}).encode()).decode(),
    "base64 of a URL": lambda text: base64.b64encode(b"?key=" + quote(text, safe="").encode()).decode(),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(text.encode())).decode(),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "base32": lambda text: base64.b32encode(b"key " + text.encode()).decode(),
    "hexadecimal": hexadecimal,
    "hexadecimal, capitals": lambda text: hexadecimal(text).upper(),
    "hexadecimal with colons": lambda text: hexadecimal(text, ":"),
    "hexadecimal with blanks": lambda text: hexadecimal(text, " "),
    "hexadecimal with dashes": lambda text: hexadecimal(text, "-"),
    "hexadecimal of UTF-16": lambda text: text.encode("utf-16-be").hex(),
    "an array of bytes": lambda text: json.dumps(list(text.encode())),
    "bytes as Go prints them": lambda text: str(list(text.encode())).replace(",", ""),
    "bytes in C": lambda text: ", ".join(f"0x{byte:02X}" for byte in text.encode()),
    "UTF-16": lambda text: text.encode("utf-16-le", "replace").decode("latin-1"),
    "soft breaks": lambda text: "\n ".join(textwrap.wrap(text, 7, drop_whitespace=False)),
}
"""Each with a name. Each spells the whole text."""
