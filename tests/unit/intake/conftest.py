"""What the tests of intake share."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from services.intake.document import ReadingLimits
from services.intake.parse import Parser

# Test folders are no packages: the makers of PDFs beside this file are found by their folder.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def limits() -> ReadingLimits:
    return ReadingLimits(max_pages=50, max_characters=200_000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def parser() -> AsyncIterator[Parser]:
    """Two workers for all tests of a module: what one test does to them must not matter to the next.

    What must end here ends by counts; the clock is for a parser that hangs, on a machine however slow.
    """
    async with Parser(workers=2, seconds=200, memory_mib=512, max_pages=50, max_characters=200_000) as parser:
        yield parser
