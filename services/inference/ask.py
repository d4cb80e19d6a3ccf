"""Step 6, ask: the type, where words leave a doubt; then one fused call for fields and summary, one a window."""

import asyncio
import math
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar
from uuid import uuid4

from opentelemetry.trace import Span

from schemas.document_types import OTHER, DocumentType, DocumentTypes
from schemas.events import ErrorCode
from services.answers.calibration import UNFITTED, Calibration, ClassSignals
from services.answers.check import AnswerInvalidError, read_answer, read_beginning
from services.answers.confidence import class_logprobs, class_signals, member_logprobs
from services.answers.einvoice import EInvoice
from services.answers.einvoice_summary import einvoice_summary
from services.answers.headings import SelfDescription, SelfDescriptions, title_against, title_of, weighed
from services.answers.learned_words import NO_WORDS, LearnedWords
from services.answers.places.learned import NO_PLACES, LearnedPlaces
from services.answers.questions import Question
from services.answers.signals import Copies
from services.answers.tables import copied
from services.inference import prompts
from services.inference.admit import Admitted
from services.inference.einvoice import INVOICE, EInvoiceUse, einvoice_for
from services.inference.engines.port import Engine, EngineDeadError, Generation, ModelIdentity, Prompt
from services.inference.routes import NO_ROUTING, Routing
from services.inference.windows import Window, whole, window_with
from services.storage.records import PendingDocument
from services.telemetry import names
from services.telemetry.metrics import Metrics
from services.telemetry.tracing import Tracing, mark_failed

T = TypeVar("T")

CLASS_TOKENS: Final = 32
CLASS_ALTERNATIVES: Final = 20
"""Tokens told at each place of a classification: as many as vLLM allows unless it is told otherwise."""

ANSWER_TOKENS: Final = 160
"""Tokens for a summary and the braces."""

TOKENS_PER_FIELD: Final = 28
"""Tokens for a field's name and a value of ordinary length."""

TOKENS_PER_ROW: Final = 40
"""Tokens for a row's words and amount; a page has no more rows than lines with amounts that may be theirs."""

TEMPLATE_TOKENS: Final = 64
"""Tokens of the chat template, the fence, and the line about the summary's language."""


class AskError(RuntimeError):
    """The engine gave no answer that can be used, even when asked again."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Classified:
    """What a document is taken for.

    Parameters
    ----------
    kind
        `other` where the engine's type is not sure enough.
    confidence
        Of `kind`, 0 to 1.
    nearest, nearest_confidence
        The engine's type.
    signals
        What is known of it.
    titled
        The type that its own title names, if that is another.
    rows_confidence
        That `kind`, or another type with its tables, is right, 0 to 1: an order and its invoice have the same rows.
    """

    kind: DocumentType
    confidence: float
    nearest: DocumentType
    nearest_confidence: float
    signals: ClassSignals
    titled: DocumentType | None = None
    rows_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the engine said of a document, validated against the schemas and not yet checked against the text.

    Parameters
    ----------
    summary
        Of the first window: who wants what from whom is said at the beginning.
    summary_language
        ISO 639-1, of the summary that was asked for.
    copies
        What was copied from each window.
    calibration
        Makes the confidences.
    learned_places
        What was learned of where values stand.
    einvoice
        What the document's own XML says, if that is to be used: alone where there are no generations.
    read_by
        The model that was asked for fields and summary; None: the engine's own.
    cut_off
        Whether the answer about a window was cut off, and only what was whole by then is in `copies` and `summary`.
    """

    admitted: Admitted
    classified: Classified
    summary: str
    summary_language: str
    copies: tuple[Copies, ...]
    generations: tuple[Generation, ...]
    calibration: Calibration
    learned_places: LearnedPlaces = NO_PLACES
    einvoice: EInvoice | None = None
    read_by: ModelIdentity | None = None
    cut_off: bool = False

    @property
    def kind(self) -> DocumentType:
        """What the document is taken for."""
        return self.classified.kind

    @property
    def type_confidence(self) -> float:
        """How sure that is, 0 to 1."""
        return self.classified.confidence

    @property
    def rows_confidence(self) -> float:
        """How sure it is that the document has the tables of this type, 0 to 1."""
        return max(self.classified.confidence, self.classified.rows_confidence)


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """What the engine said to the second question, validated against its schema alone.

    Parameters
    ----------
    summary
        None if it was not asked for.
    """

    kind: DocumentType
    summary: str | None
    copies: Copies
    generation: Generation


@dataclass(frozen=True, slots=True)
class AskedRows:
    """What the engine copied of a table, and not yet looked for in the text.

    Parameters
    ----------
    pages
        Rows by page, from 1; none of a page whose answer was cut off.
    """

    kind: DocumentType
    table: str
    pages: Mapping[int, Sequence[copied.CopiedRow]]
    generations: tuple[Generation, ...]


class Asker:
    """Asks the engine about documents.

    Parameters
    ----------
    summary_language
        `document` for the document's own, or an ISO 639-1 code.
    einvoices
        What the XML of an e-invoice is for.
    calibration
        Makes the confidences, and says below which a document is of none of the types.
    routing
        Which model is asked for fields and summary.
    words
        What a document's words say of its type.
    words_decide_from
        Probability from which a document's own words and the learned ones name its type, and the engine is not asked;
        1 for never. They do not where they were not learned for all types: a new one may look like an old one; nor
        where the document's title names another type.
    learned_places
        What was learned of where values stand.
    """

    def __init__(  # noqa: PLR0913, PLR0917  (all that an answer depends on, put together by the composition root)
        self,
        engine: Engine,
        types: DocumentTypes,
        summary_language: str,
        tracing: Tracing,
        metrics: Metrics,
        einvoices: EInvoiceUse = EInvoiceUse.PREFER,
        calibration: Calibration = UNFITTED,
        routing: Routing = NO_ROUTING,
        words: LearnedWords = NO_WORDS,
        words_decide_from: float = 1.0,
        learned_places: LearnedPlaces = NO_PLACES,
    ) -> None:
        self._engine = engine
        self._tracing = tracing
        self._metrics = metrics
        self._types = types
        self._summary_language = summary_language
        self._einvoices = einvoices
        self._calibration = calibration
        self._routing = routing
        self._words = words
        self._learned_places = learned_places
        self._words_decide_from = 1.0 if words.strange(types) else words_decide_from
        self._descriptions = SelfDescriptions(types)
        self._class_schema = types.class_schema()
        self._class_instruction = prompts.classify_instruction(types)
        self._answer_schemas = {kind.name: kind.answer_schema(prompts.SUMMARY_CHARACTERS) for kind in types.values()}
        self._answer_instructions = {kind.name: prompts.answer_instruction(kind) for kind in types.values()}

    def check_schemas(self) -> None:
        """Let the engine compile every schema, before anything is consumed.

        Raises
        ------
        SchemaRefusedError
            With the type's name and the reason.
        """
        self._engine.check_schema("classification", self._class_schema)
        self._engine.check_schema("rows", copied.SCHEMA)
        for name, schema in self._answer_schemas.items():
            self._engine.check_schema(name, schema)

    def text_budget(self) -> int:
        """Tokens that a document's text may have beside the longest instruction and its answer."""
        instructions = [self._class_instruction, *self._answer_instructions.values()]
        longest = max(self._engine.count_tokens(instructions))
        answers = max(answer_tokens(kind) for kind in self._types.values())
        return self._engine.context_tokens - longest - 2 * answers - TEMPLATE_TOKENS

    async def ask(self, admitted: Admitted) -> Asked:
        """Ask everything about one document; nothing about an e-invoice whose XML is preferred, or alone has text.

        Raises
        ------
        AskError
            If an answer is invalid, or cut off twice before anything in it is whole, or there is no text to ask about.
        EngineError, EngineDeadError
            As the engine raises them.
        """
        einvoice = einvoice_for(admitted.document, self._einvoices)
        blank = not any(page.strip() for page in admitted.document.pages)
        if einvoice is not None and (blank or self._einvoices is EInvoiceUse.PREFER):
            return self._said_by_xml(admitted.document, einvoice)
        if blank:
            message = "no page has text, and the e-invoice in the document is not to be looked at"
            raise AskError(ErrorCode.DOCUMENT_WITHOUT_TEXT, message)
        classified, first = await self.classify(admitted.windows[0])
        if admitted.row_pages:
            admitted = await asyncio.to_thread(admitted.for_type, classified.kind)
        language = self._language(admitted.document)
        model = self._model_for(admitted, classified.kind)
        urgency = admitted.document.priority.order
        asked = (self._answer(item, classified.kind, language, model, urgency) for item in admitted.windows)
        answers = await _side_by_side(asked)
        summaries = [answer.pop("summary", "") for answer, _ in answers]
        return Asked(
            admitted,
            classified,
            summary=summaries[0],
            summary_language=language,
            copies=tuple(Copies(answer, _logprobs(generation)) for answer, generation in answers),
            generations=(*first, *(generation for _, generation in answers)),
            calibration=self._calibration if model is None else self._routing.calibration,
            learned_places=self._learned_places,
            einvoice=einvoice,
            read_by=None if model is None else self._engine.identity.others[model],
            cut_off=any(generation.finish == "length" for _, generation in answers),
        )

    def _said_by_xml(self, document: PendingDocument, einvoice: EInvoice) -> Asked:
        """Take the XML for the engine's answers; the pages, whole, are what it is held against."""
        admitted = Admitted(document, [whole(document.pages)])
        summary = einvoice_summary(einvoice, self._language(document))
        invoice = self._types[INVOICE]
        return Asked(
            admitted,
            Classified(invoice, 1.0, invoice, 1.0, ClassSignals()),
            summary=summary,
            summary_language=self._language(document),
            copies=(),
            generations=(),
            calibration=self._calibration,
            einvoice=einvoice,
        )

    async def ask_again(self, asked: Asked, question: Question) -> AskedAgain:
        """Ask the second question about one document, with the window that has most of what it is about.

        The summary is of the beginning, and written again with the first window only.

        Raises
        ------
        AskError, EngineError, EngineDeadError
            As `ask` does.
        """
        windows = asked.admitted.windows
        window = window_with(question.places, windows)
        if window is not windows[0]:
            question = replace(question, summary=None)
        prompt = Prompt(
            request_id=uuid4().hex,
            system=self._answer_instructions[asked.kind.name],
            user=prompts.second_prompt(window.pages, question, window.numbers),
            schema=question.schema(),
            max_tokens=TOKENS_PER_FIELD * (1 + len(question.fields)) + (ANSWER_TOKENS if question.summary else 0),
            model=self._model_for(asked.admitted, asked.kind),
            urgency=asked.admitted.document.priority.order,
        )
        answer, generation = await self._generate(names.ASK_AGAIN, prompt)
        summary = answer.pop("summary", None)
        return AskedAgain(asked.kind, summary, Copies(answer, _logprobs(generation)), generation)

    async def ask_rows(self, asked: Asked, question: copied.RowsQuestion) -> AskedRows:
        """Ask for the rows of a table, page by page, side by side.

        Raises
        ------
        EngineError, EngineDeadError
            As `ask` does.
        """
        document, model = asked.admitted.document, self._model_for(asked.admitted, asked.kind)

        async def of_page(page: int, lines: int) -> Generation:
            prompt = Prompt(
                request_id=uuid4().hex,
                system=self._answer_instructions[asked.kind.name],
                user=prompts.rows_prompt(document.pages[page - 1]),
                schema=copied.SCHEMA,
                # `text_budget` leaves room for two answers.
                max_tokens=min(TOKENS_PER_ROW * (1 + lines), 2 * answer_tokens(asked.kind)),
                model=model,
                urgency=document.priority.order,
            )
            return await self._generate_once(names.ASK_ROWS, prompt)

        generations = await _side_by_side(of_page(*page) for page in question.lines.items())
        texts = (generation.text for generation in generations)
        rows = dict(zip(question.lines, map(copied.read_copied, texts), strict=True))
        return AskedRows(asked.kind, question.table, rows, tuple(generations))

    def class_prompt(self, pages: Sequence[str]) -> Prompt:
        """Give the first question about a document: its type. It is short, and goes before all others."""
        return Prompt(
            request_id=uuid4().hex,
            system=self._class_instruction,
            user=prompts.classify_prompt(pages),
            schema=self._class_schema,
            max_tokens=CLASS_TOKENS,
            alternatives=CLASS_ALTERNATIVES,
        )

    def type_logprobs(self, generation: Generation) -> dict[str, float]:
        """Give how likely the model thinks each type, from its answer; empty if the engine tells no probabilities."""
        tokens = [(token.text, token.logprob, token.alternatives) for token in generation.tokens]
        return class_logprobs(generation.text, "document_type", tokens, list(self._types))

    async def classify(self, window: Window) -> tuple[Classified, tuple[Generation, ...]]:
        """Name a document's type by its words; if they leave a doubt, ask, and weigh the answer with them.

        Returns
        -------
        tuple
            What it is taken for, and what the engine said; empty if it was not asked.

        Raises
        ------
        AskError, EngineError, EngineDeadError
            As `ask` does.
        """
        described = self._descriptions.of(window.pages)
        learned = self._words.logprobs(window.pages, self._types)
        likely = weighed(dict.fromkeys(self._types, 0.0), described, learned)
        sure = max(likely, key=likely.__getitem__)
        if likely[sure] > math.log(self._words_decide_from) and title_of(described) in {None, sure}:
            return self._likeliest(likely, described, names.TypeNamedBy.WORDS), ()
        answer, generation = await self._generate(names.CLASSIFY, self.class_prompt(window.pages))
        said = self.type_logprobs(generation)
        if not said:  # an engine that tells no probabilities
            nearest = self._types[answer["document_type"]]
            return self._taken_for(nearest, described, ClassSignals(), names.TypeNamedBy.MODEL), (generation,)
        return self._likeliest(weighed(said, described, learned), described, names.TypeNamedBy.MODEL), (generation,)

    def _likeliest(
        self, likely: Mapping[str, float], described: Mapping[str, SelfDescription], by: names.TypeNamedBy
    ) -> Classified:
        nearest = self._types[max(likely, key=likely.__getitem__)]
        found = self._taken_for(nearest, described, class_signals(likely), by)
        alike = {name for name in likely if nearest.tables and self._has_tables_of(nearest, name)}
        others = {name: value for name, value in likely.items() if name not in alike}
        together = math.log(sum(math.exp(likely[name]) for name in alike)) if alike else -math.inf
        sure = self._calibration.class_confidence(class_signals({**others, nearest.name: together}))
        return replace(found, rows_confidence=sure) if alike and found.kind is nearest else found

    def _has_tables_of(self, kind: DocumentType, name: str) -> bool:
        """Say whether another type has all tables of a type, by their names."""
        return {table.name for table in kind.tables} <= {table.name for table in self._types[name].tables}

    def _taken_for(
        self,
        nearest: DocumentType,
        described: Mapping[str, SelfDescription],
        signals: ClassSignals,
        by: names.TypeNamedBy,
    ) -> Classified:
        kind, sure = nearest, self._calibration.class_confidence(signals)
        confidence = sure
        if nearest.name != OTHER and self._calibration.is_unknown(signals):
            kind, confidence = self._types[OTHER], self._calibration.other_confidence(sure)
        self._metrics.type_named(kind.name, by)
        title = title_against(described, kind.name)
        return Classified(kind, confidence, nearest, sure, signals, None if title is None else self._types[title])

    def _model_for(self, admitted: Admitted, kind: DocumentType) -> str | None:
        return self._routing.routes.model_for(admitted.document.tenant, kind.name)

    async def _answer(
        self, window: Window, kind: DocumentType, language: str, model: str | None, urgency: int
    ) -> tuple[dict[str, str], Generation]:
        prompt = Prompt(
            request_id=uuid4().hex,
            system=self._answer_instructions[kind.name],
            user=prompts.answer_prompt(window.pages, language, window.numbers),
            schema=self._answer_schemas[kind.name],
            max_tokens=answer_tokens(kind),
            model=model,
            urgency=urgency,
        )
        return await self._generate(names.EXTRACT, prompt)

    def _language(self, document: PendingDocument) -> str:
        """Give the language of a document's summary."""
        return document.language if self._summary_language == "document" else self._summary_language

    async def _generate(self, task: str, prompt: Prompt) -> tuple[dict[str, str], Generation]:
        model = prompt.model or self._engine.identity.model
        with self._tracing.step_span(task, **{names.GEN_AI_MODEL: model}) as span:
            generation = await self._engine.generate(prompt)
            if generation.finish == "length":
                prompt = replace(prompt, request_id=uuid4().hex, max_tokens=2 * prompt.max_tokens)
                generation = await self._engine.generate(prompt)
            self._count(span, task, model, generation)
            try:
                return _read(task, generation, prompt), generation
            except AskError as error:
                mark_failed(span, error.code, error.message)
                raise

    async def _generate_once(self, task: str, prompt: Prompt) -> Generation:
        """Give what the engine says, cut off or not."""
        model = prompt.model or self._engine.identity.model
        with self._tracing.step_span(task, **{names.GEN_AI_MODEL: model}) as span:
            generation = await self._engine.generate(prompt)
            self._count(span, task, model, generation)
            return generation

    def _count(self, span: Span, task: str, model: str, generation: Generation) -> None:
        span.set_attributes(_usage(generation))
        self._metrics.tokens(
            task,
            model,
            prompt=generation.prompt_tokens,
            cached=generation.cached_tokens,
            completion=generation.completion_tokens,
        )


def answer_tokens(kind: DocumentType) -> int:
    """Give the usual upper bound of a type's answer, in tokens."""
    return ANSWER_TOKENS + TOKENS_PER_FIELD * len(kind.fields)


async def _side_by_side(questions: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """Ask all at once; the first that fails ends the others, and the engine's death outweighs other errors."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(question) for question in questions]
    except ExceptionGroup as failed:
        errors = failed.exceptions
        raise next((error for error in errors if isinstance(error, EngineDeadError)), errors[0]) from None
    return [task.result() for task in tasks]


def _logprobs(generation: Generation) -> dict[str, list[float]]:
    return member_logprobs(generation.text, [(token.text, token.logprob) for token in generation.tokens])


def _read(task: str, generation: Generation, prompt: Prompt) -> dict[str, str]:
    if generation.finish == "length":
        if task == names.EXTRACT and (beginning := read_beginning(generation.text, prompt.schema)):
            return beginning
        message = f"the model's answer ({task}) was cut off at {prompt.max_tokens} tokens, twice the usual limit"
        raise AskError(ErrorCode.ANSWER_CUT_OFF, message)
    try:
        return read_answer(generation.text, prompt.schema)
    except AnswerInvalidError as error:
        message = f"the model's answer ({task}) does not satisfy its schema: {error}"
        raise AskError(ErrorCode.ANSWER_INVALID, message) from error


def _usage(generation: Generation) -> dict[str, int]:
    return {
        names.GEN_AI_INPUT_TOKENS: generation.prompt_tokens,
        names.GEN_AI_CACHED_TOKENS: generation.cached_tokens,
        names.GEN_AI_OUTPUT_TOKENS: generation.completion_tokens,
    }
