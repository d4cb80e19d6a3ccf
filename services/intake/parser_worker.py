"""A process that reads documents for `services.intake.parse`, each in a child of its own.

The process itself never sees a document: it loads the libraries, limits itself, and forks. The child waits for one
document on standard input, answers on standard output, and ends, so that nothing of a document outlives it; the process
says on standard error that it has. A child that dies takes the process with it; the parser then starts another.
"""

import ctypes
import gc
import json
import logging
import os
import resource
import signal
import sys
from typing import Any, Final, NoReturn

from schemas.events import ErrorCode
from services.intake.document import ParsedDocument, ReadingLimits
from services.intake.einvoice_page import read_einvoice_xml
from services.intake.failure import IntakeError
from services.intake.frames import ENDED, READY, read_frame, write_frame
from services.intake.mail import read_mail
from services.intake.media import MAIL, PDF, TEXT, XML
from services.intake.pdf import read_pdf
from services.intake.plain import read_plain
from services.intake.stored_text import notes_on_writing

_READERS: Final = {PDF: read_pdf, MAIL: read_mail, TEXT: read_plain, XML: read_einvoice_xml}

_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
_PR_SET_DUMPABLE: Final = 4  # linux/prctl.h
_PR_SET_NO_NEW_PRIVS: Final = 38  # linux/prctl.h

_OPEN_FILES: Final = 16
_NO_MORE_DOCUMENTS: Final = 64
"""Exit status of a child that found standard input closed."""


def main() -> None:
    """Serve documents until standard input is closed.

    The arguments are the parser's process id, memory in MiB, processor seconds a document, pages, and characters.
    """
    parent, memory_mib, cpu_seconds, max_pages, max_characters = map(int, sys.argv[1:])
    _die_with(parent)
    _confine(memory_mib)
    logging.disable()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    gc.collect()
    gc.freeze()
    write_frame(sys.stdout.fileno(), READY)
    limits = ReadingLimits(max_pages, max_characters)
    while (status := _in_child(cpu_seconds, limits)) == 0:
        write_frame(sys.stderr.fileno(), ENDED)
    if status != _NO_MORE_DOCUMENTS:
        # As a shell says it: 128 and the signal.
        sys.exit(128 - status if status < 0 else status)


def _die_with(parent: int) -> None:
    """Have the kernel kill this process when its parent dies, however that dies."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent is gone")


def _confine(memory_mib: int) -> None:
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_DUMPABLE, 0)  # a child can neither trace this process nor open what it has open
    memory = memory_mib * 2**20
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
    ):
        resource.setrlimit(kind, (limit, limit))


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}) failed")


def _in_child(cpu_seconds: int, limits: ReadingLimits) -> int:
    """Read one document in a child; give its exit status, negative for the signal that ended it."""
    here = os.getpid()
    child = os.fork()
    if child == 0:
        _serve_one(here, cpu_seconds, limits)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except SystemExit:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise


def _serve_one(parent: int, cpu_seconds: int, limits: ReadingLimits) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with(parent)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stderr.fileno())
    os.close(nowhere)
    # At the first limit the kernel says why, at the second it kills what would not hear.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    request, content = read_frame(sys.stdin.fileno()), read_frame(sys.stdin.fileno())
    if request is None or content is None:
        os._exit(_NO_MORE_DOCUMENTS)
    order = json.loads(request)
    answer = _answer(content, order["media_type"], limits) | {"token": order["token"]}
    write_frame(sys.stdout.fileno(), json.dumps(answer).encode("ascii"))
    os._exit(0)


def _answer(content: bytes, media_type: str, limits: ReadingLimits) -> dict[str, Any]:
    try:
        document: ParsedDocument = _READERS[media_type](content, limits)
    except IntakeError as error:
        return {"code": error.code, "message": error.message}
    except MemoryError:
        message = "the document needs more memory than a parser may use; make the file anew, smaller"
        return {"code": ErrorCode.PARSE_MEMORY, "message": message}
    except Exception as error:  # noqa: BLE001  (hostile documents make libraries raise anything; it becomes the answer)
        message = f"the document is damaged ({type(error).__name__} while reading it); make the file anew"
        return {"code": ErrorCode.DOCUMENT_BROKEN, "message": message}
    einvoice = document.einvoice and document.einvoice.model_dump(mode="json", exclude_none=True)
    found = [*document.notes, *notes_on_writing(document.pages)]
    notes = {"de": [note.de for note in found], "en": [note.en for note in found]}
    return {"pages": document.pages, "layouts": document.layouts, "notes": notes, "einvoice": einvoice}


if __name__ == "__main__":
    main()
