#!/usr/bin/env python3
"""Recompute Keyturn's audit chain without Keyturn (format: audit-chain.md).

usage: verify_audit.py http://localhost:8080 [SEQ:HASH]    reads GET /audit/events, all pages, oldest first
       verify_audit.py events.json [SEQ:HASH]              reads one page, or a list of entries or of pages
SEQ:HASH is a head noted earlier: with it a cut or wholly rewritten chain is found too."""
import hashlib, json, sys, urllib.request

FIELDS = ("seq id source type topic partition offset kind namespace name rotation time recordedAt payload").split()

def field(value):
    if value is None:
        return b"-,"
    data = str(value).encode()
    return b"%d:%s," % (len(data), data)

def entries(place):
    if not place.startswith(("http://", "https://")):
        read = json.load(open(place, encoding="utf-8"))
        for part in read if isinstance(read, list) else [read]:
            yield from part.get("items", [part])
        return
    query = "?order=oldest&limit=1000"
    while query:
        with urllib.request.urlopen(place.rstrip("/") + "/audit/events" + query) as answer:
            page = json.load(answer)
        yield from page["items"]
        query = page["next"] and "?limit=1000&after=" + page["next"]

def main(place, noted=None):
    seq, last = 0, "0" * 64
    noted_seq, noted_hash = noted.split(":") if noted else (0, None)
    for entry in entries(place):
        seq += 1
        text = b"".join(map(field, ["keyturn-audit-1"] + [entry[name] for name in FIELDS]))
        digest = hashlib.sha256(bytes.fromhex(last) + text).hexdigest()
        if entry["seq"] != seq or entry["prevHash"] != last or entry["hash"] != digest:
            sys.exit(f"BROKEN at entry {seq}")
        if seq == int(noted_seq) and digest != noted_hash:
            sys.exit(f"REWRITTEN: entry {seq} is not the one noted")
        last = digest
    if seq < int(noted_seq):
        sys.exit(f"CUT after entry {seq}")
    print(f"OK {seq} entries, head {seq}:{last}")

main(*sys.argv[1:])
