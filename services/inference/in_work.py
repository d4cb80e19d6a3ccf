"""Which versions of documents this process works on: a record that repeats one waits until it has left."""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from services.inference.parsed import Version


class InWork:
    """The versions in work.

    A record may come twice within moments: a relay that dies after publishing publishes again. If both asked the
    engine, the second would do finished work once more; waiting for the first, it finds the answer. Another version
    of the document does not wait: it is other work.
    """

    def __init__(self) -> None:
        self._left: dict[Version, asyncio.Event] = {}

    def __contains__(self, version: Version) -> bool:
        return version in self._left

    @contextmanager
    def working_on(self, versions: Collection[Version]) -> Iterator[None]:
        """Hold versions that are not in work yet, until each is said to be done, at most to the end of the context."""
        for version in versions:
            self._left[version] = asyncio.Event()
        mine = {version: self._left[version] for version in versions}
        try:
            yield
        finally:
            for version, left in mine.items():
                if self._left.get(version) is left:
                    self.done(version)

    def done(self, version: Version) -> None:
        """Let those in that wait for a version."""
        self._left.pop(version).set()

    async def wait_for(self, version: Version) -> None:
        """Wait until a version is not in work."""
        while left := self._left.get(version):
            await left.wait()
