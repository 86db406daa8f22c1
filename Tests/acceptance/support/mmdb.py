"""Writes small files in MaxMind's format (MaxMind DB file format 2.0), to test their reading."""

import ipaddress

NODE_BYTES = 8  # two records of 32 bits
SEPARATOR = bytes(16)
METADATA_MARK = b"\xab\xcd\xefMaxMind.com"


class Laughs(dict):
    """Maps within each other, each of which points twice to the next, besides what is put in."""

    def __init__(self, depth):
        super().__init__()
        self.depth = depth

    def __or__(self, other):
        joined = Laughs(self.depth)
        joined.update(other)
        return joined


def write(path, places, kind="Test-City", version=6):
    """`places`: network in CIDR form -> what is known of it. Within each other they may not lie."""
    with open(path, "wb") as file:
        file.write(contents(places, kind, version))


def place(country, region=None, city=None):
    """As GeoLite2-City has one."""
    known = {"country": {"iso_code": country, "names": {"en": country}}}
    if region:
        known["subdivisions"] = [{"iso_code": region[:2], "names": {"en": region}}]
    if city:
        known["city"] = {"names": {"en": city}}
    return known


def contents(places, kind="Test-City", version=6):
    nodes, data, offsets = [[None, None]], b"", {}
    for network, known in places.items():
        bits = prefix_bits(ipaddress.ip_network(network), version)
        encoded = encode(known)
        if isinstance(known, Laughs):
            chain, encoded = laughing(known, len(data))
            data += chain
        if encoded not in offsets:
            offsets[encoded] = len(data)
            data += encoded
        node = 0
        for bit in bits[:-1]:
            if nodes[node][bit] is None:
                nodes[node][bit] = len(nodes)
                nodes.append([None, None])
            node = nodes[node][bit]
        nodes[node][bits[-1]] = ("data", offsets[encoded])
    tree = b"".join(record(one, len(nodes)) for node in nodes for one in node)
    metadata = encode({
        "binary_format_major_version": ("uint16", 2), "binary_format_minor_version": ("uint16", 0),
        "build_epoch": ("uint64", 1_795_000_000), "database_type": kind,
        "description": {"en": "a test's"}, "ip_version": ("uint16", version), "languages": ["en"],
        "node_count": ("uint32", len(nodes)), "record_size": ("uint16", NODE_BYTES * 4)})
    return tree + SEPARATOR + data + METADATA_MARK + metadata


def laughing(known, start):
    """The chain of maps, and the entry with a member that points to its last."""
    chain = head(2, 1) + b"x"
    target = start
    for _ in range(known.depth):
        where = start + len(chain)
        chain += head(7, 2) + encode("a") + pointer(target) + encode("b") + pointer(target)
        target = where
    members = b"".join(encode(key) + encode(value) for key, value in known.items())
    return chain, head(7, len(known) + 1) + encode("z") + pointer(target) + members


def pointer(target):
    """Of 4 bytes, into the data."""
    return bytes([1 << 5 | 3 << 3]) + target.to_bytes(4, "big")


def prefix_bits(network, version):
    """The bits of a network's prefix from the tree's root; IPv4 lies in ::/96."""
    address, length = int(network.network_address), network.prefixlen
    total = 128 if version == 6 else 32
    if network.version == 4 and version == 6:
        length += 96
    return [address >> (total - 1 - index) & 1 for index in range(length)]


def record(one, count):
    if one is None:
        number = count
    elif isinstance(one, tuple):
        number = count + len(SEPARATOR) + one[1]
    else:
        number = one
    return number.to_bytes(4, "big")


def encode(value):
    if isinstance(value, str):
        return head(2, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return head(7, len(value)) + b"".join(encode(k) + encode(v) for k, v in value.items())
    if isinstance(value, list):
        return head(11, len(value)) + b"".join(map(encode, value))
    kind, number = value
    digits = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return head({"uint16": 5, "uint32": 6, "uint64": 9}[kind], len(digits)) + digits


def head(kind, size):
    """The control byte, with the extended type and sizes from 29 on behind it."""
    more = b""
    if size >= 29:
        assert size < 29 + 256
        more, size = bytes([size - 29]), 29
    return bytes([size, kind - 7]) + more if kind > 7 else bytes([kind << 5 | size]) + more
