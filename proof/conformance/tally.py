"""Counts what held, by operation, and prints what did not."""

from collections import Counter


class Tally:
    def __init__(self):
        self.held = Counter()
        self.failed = 0

    def check(self, group, what, holds, seen=None):
        if holds:
            self.held[group] += 1
            return
        self.failed += 1
        print(f"FAILED {group}: {what}" + ("" if seen is None else f"; seen: {seen}"), flush=True)

    def print(self):
        for group, count in sorted(self.held.items()):
            print(f"{group}: {count} held")
        print(f"{sum(self.held.values())} passed, {self.failed} failed")
