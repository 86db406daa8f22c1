"""Searching every byte of a folder for what must not be there."""

import base64
import ipaddress
import os
from urllib.parse import quote


def forms(text):
    """A text as it might stand in a file: plain, percent-encoded, in base64 at each alignment."""
    plain = text.encode()
    found = {plain, quote(text, safe="").encode(), text.lower().encode(), text.upper().encode()}
    found |= {base64_core(plain, shift) for shift in range(3)}
    found.add(plain.hex().encode())
    found.add(text.encode("utf-16-le"))
    return {form for form in found if len(form) >= 6}


def base64_core(data, shift):
    """The part of a base64 text that is the same whatever stands around `data` at this shift."""
    encoded = base64.b64encode(b"\0" * shift + data)
    skipped = (0, 2, 3)[shift]
    whole = (shift + len(data)) // 3 * 4
    return encoded[skipped:whole]


def address_forms(text):
    """An address in its text forms; an IPv6 also packed, and its /64 packed.

    Four packed bytes of an IPv4 would be found by chance, so they are not looked for.
    """
    address = ipaddress.ip_address(text)
    found = forms(str(address)) | forms(address.exploded)
    if address.version == 6:
        found |= {address.packed, address.packed[:8], address.packed.hex().encode()}
    return found


def secret_forms(data):
    """Random bytes as they are, in hex and in base64."""
    return {data, data.hex().encode(), data.hex().upper().encode(),
            *(base64_core(data, shift) for shift in range(3))}


def files_below(folder):
    return [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names]


def found_in_bytes(data, needles):
    """The needles {title: forms} that occur in the bytes, as [title]."""
    return [title for title, shapes in needles.items() if any(shape in data for shape in shapes)]


def found_in_folder(folder, needles):
    """The needles that occur in any file below the folder, or in a file's name: [(file, title)]."""
    found = []
    for path in files_below(folder):
        try:
            with open(path, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            continue  # a journal that was checkpointed away meanwhile
        name = os.path.relpath(path, folder)
        found += [(name, title) for title in found_in_bytes(data + name.encode(), needles)]
    return found
