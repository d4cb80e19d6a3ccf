"""Every setting, from the environment or `.env`, prefix `POSTKORB_`."""

import os
import re
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, NoDecode, SettingsConfigDict

from schemas.topics import Topics


def _split(value: Any) -> Any:  # noqa: ANN401  (a validator takes what comes)
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Commas = Annotated[list[str], NoDecode, BeforeValidator(_split)]
Folders = Annotated[list[Path], NoDecode, BeforeValidator(_split)]


PREFIX: Final = "POSTKORB_"
_OTHERS: Final = re.compile(
    r"\w+_SERVICE_(?:HOST|PORT)(?:_\w+)?=|\w+_PORT(?:_[0-9]+_\w+)?=(?:tcp|udp|sctp)://|\w+_PORT_[0-9]+_\w+="
    r"|POSTKORB_(?:DB_(?:ADMIN_|OWNER_)?PASSWORD=|TESTS_)"
)
"""What Kubernetes puts beside a service whose name begins so, and what a deployment and the tests have of their own."""


class SettingsError(ValueError):
    """A wrong setting; the message is one line that names it and says what would be right."""


class Settings(BaseSettings):
    """Settings of one deployment."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(
        default=Path(".postkorb"),
        description="Everything Postkorb writes on this machine: models, logs, local servers.",
    )
    kafka_bootstrap_servers: str | None = Field(
        default=None,
        description="`host:port`, several separated by commas. Absent: `postkorb up` starts a broker here.",
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_username: str = ""
    kafka_password: SecretStr = SecretStr("")
    kafka_ca_file: Path | None = Field(default=None, description="Certificate authority of the brokers, as PEM.")
    instance: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._-]{1,60}$",
        description="Stable name of this replica, unique among the replicas of a service (a pod's name in a stateful "
        "set): a restarted replica gets its partitions back at once (Kafka's static membership).",
    )
    topic_prefix: str = Field(
        default="", pattern=r"^[A-Za-z0-9._-]{0,100}$", description="Put before every topic name, such as `test.`."
    )
    partitions: int = Field(default=6, ge=1, le=1000, description="Partitions of the topics that Postkorb creates.")
    replication_factor: int = Field(
        default=1, ge=1, le=10, description="Copies of each partition that it creates; 3 in production."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="`postgresql://user:password@host/database`. Absent: `postkorb up` starts a server here.",
    )

    model: str = Field(
        default="qwen2.5-coder-1.5b-instruct",
        description="Name in the catalogue (`postkorb models list`), or a folder with safetensors.",
    )
    models_dir: Path | None = Field(default=None, description="Where models lie; default `models` in the data folder.")
    allowed_licences: Commas = Field(
        default=["Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause"],
        description="Licences of models that may be fetched, by commas: SPDX identifiers, or names as "
        "`postkorb models list` shows them.",
    )
    engine: Literal["in-process", "remote"] = Field(
        default="in-process", description="vLLM in the inference process, or OpenAI-compatible servers."
    )
    engine_urls: Commas = Field(default=[], description="For `remote`: servers such as `http://gpu1:8000`, by commas.")
    engine_api_key: SecretStr | None = None
    routes: Path | None = Field(
        default=None,
        description="Which further models and LoRA adapters read which documents, by tenant and document type: a YAML "
        "file. Absent: the one model reads all.",
    )
    context_tokens: int = Field(
        default=4096, ge=512, le=1_000_000, description="Most tokens that a prompt and its answer have together."
    )
    max_windows: int = Field(
        default=16,
        ge=1,
        le=1000,
        description="Windows in which a document is read that is longer than the context, each a question of its own; "
        "what they do not reach is not read.",
    )
    kv_cache_gib: float = Field(default=2.0, gt=0, le=1024, description="On a CPU: memory for the KV cache, GiB.")
    max_sequences: int | None = Field(
        default=None,
        ge=1,
        le=4096,
        description="Requests that the engine computes side by side, as far as the KV cache has room for them, and "
        "documents that are in work for it; with `remote`, for each server. Absent: 16 on a CPU, 256 on a GPU, 64 for "
        "each server.",
    )
    batch_documents: int = Field(default=4, ge=1, le=1000, description="Most documents of one batch.")
    review_below: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Confidence below which a value or the type needs review; by default the calibration's own bound.",
    )
    propose_below: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Confidence below which a value, or the rows of a document whose type has less, is not stated but "
        "proposed, for a person to accept; by default the calibration's own bounds: 0.78, of optional fields other "
        "than parties 0.88, or 0 where it was not fitted.",
    )
    calibration: Path | None = Field(
        default=None,
        description="What makes the confidences: a file that `postkorb evaluate --calibrate` wrote. Absent: the one "
        "that ships for the model, if there is one; else numbers set by hand, which only order answers.",
    )
    learned_words: Path | None = Field(
        default=None,
        description="What a document's words say of its type: a file that `postkorb types learn` wrote. Absent: those "
        "that ship, which know the types that ship.",
    )
    words_decide_from: float = Field(
        default=0.99,
        ge=0.5,
        le=1,
        description="Probability from which a document's own words and the learned ones name its type, and the model "
        "is not asked; 1: it is always asked. So it is where words were not learned for all types that there are.",
    )
    learned_places: Path | None = Field(
        default=None,
        description="Where values of each field stand: a file that `postkorb types learn-places` wrote. Absent: what "
        "ships, which knows the types that ship.",
    )

    hourly_price: Decimal | None = Field(
        default=None,
        ge=0,
        description="What an hour of the engine costs: the machine of one inference process, or its servers together. "
        "Kept with each answer, for the view `costs`. Absent: costs are told in seconds and tokens.",
    )
    currency: str | None = Field(
        default=None, pattern=r"^[A-Z]{3}$", description="Of that price, as ISO 4217 has it, such as `EUR`."
    )

    types_dirs: Folders = Field(default=[], description="Folders of further document types (YAML), by commas.")
    summary_language: Literal["document", "de", "en"] = Field(
        default="document", description="Language of the summaries: the document's own, German, or English."
    )
    einvoice: Literal["prefer", "check", "ignore"] = Field(
        default="prefer",
        description="An e-invoice's own XML (ZUGFeRD, Factur-X, XRechnung): `prefer` takes its values and does not ask "
        "the model; `check` has the model read the pages, and where the XML says otherwise is a finding; `ignore` does "
        "not look at it. The first two look for each value of the XML on the pages.",
    )

    uri_prefixes: Commas = Field(
        default=[], description="Where documents by `uri` may come from, such as `s3://inbox/`, `file:///srv/in/`."
    )
    max_document_bytes: int = Field(default=20 * 1024 * 1024, ge=1, description="Larger documents fail.")
    max_pages: int = Field(default=2000, ge=1, description="Longer documents fail.")
    parsers: int = Field(default=2, ge=1, le=256, description="Worker processes that read documents.")
    parse_seconds: float = Field(
        default=30,
        gt=0,
        description="A document fails that takes more processor time to read, or three times as long by the clock.",
    )
    parse_memory_mib: int = Field(default=1024, ge=128, description="Address space of a worker, MiB.")

    attempts: int = Field(default=4, ge=1, le=100, description="Tries of a document in all, if trying again may help.")
    retry_seconds: float = Field(
        default=5, gt=0, description="First back-off before another try; doubled each time, with jitter."
    )
    retry_most_seconds: float = Field(default=300, gt=0, description="Longest back-off.")
    ask_seconds: float = Field(
        default=2400,
        gt=0,
        description="A document whose answers take longer is tried again. All in flight share the engine: on a slow "
        "machine with other work some took more than 20 minutes.",
    )
    drain_seconds: float = Field(
        default=25, ge=0, description="How long SIGTERM waits for documents in flight, before they are handed back."
    )
    start_seconds: float = Field(
        default=900,
        gt=0,
        description="How long the loading of a model may go without progress before the process is taken for stuck and "
        "replaced; a large model on a slow disk needs more. The other steps of a start may take 120 s, or less if "
        "this is less.",
    )
    stuck_seconds: float = Field(
        default=7200,
        gt=0,
        description="How long one record may be worked on before the process is taken for stuck and replaced.",
    )
    outbox_keep_days: float = Field(
        default=7,
        gt=0,
        description="Published outbox rows are deleted then; those that tell how a document ended stay.",
    )
    health_host: str = Field(default="127.0.0.1", description="Where `/livez`, `/readyz` and `/metrics` listen.")
    health_port: int = Field(default=0, ge=0, le=65535, description="Their port; 0 finds one, `postkorb doctor` tells.")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["auto", "json", "console"] = "auto"

    @model_validator(mode="after")
    def _engine_has_urls(self) -> Self:
        if self.engine == "remote" and not self.engine_urls:
            message = "POSTKORB_ENGINE=remote needs POSTKORB_ENGINE_URLS, such as http://gpu1:8000"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _price_has_currency(self) -> Self:
        if self.hourly_price is not None and self.currency is None:
            message = "POSTKORB_HOURLY_PRICE needs POSTKORB_CURRENCY, such as EUR"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _patience_grows(self) -> Self:
        if self.stuck_seconds <= self.ask_seconds:
            message = (
                f"POSTKORB_STUCK_SECONDS ({self.stuck_seconds:g}) must be more than POSTKORB_ASK_SECONDS "
                f"({self.ask_seconds:g}): a document that may take so long is not stuck"
            )
            raise ValueError(message)
        return self

    @property
    def topics(self) -> Topics:
        """The deployment's topics."""
        return Topics(self.topic_prefix)

    @property
    def models_folder(self) -> Path:
        """Where models lie."""
        return (self.models_dir or self.data_dir / "models").resolve()


def load_settings(**overrides: object) -> Settings:
    """Read the settings.

    Raises
    ------
    SettingsError
        With one line: which setting is wrong, and what would be right.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic validates what comes
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"][:1]).upper()
        text = first["msg"].removeprefix("Value error, ")
        message = f"POSTKORB_{name}: {text}" if name else text
        raise SettingsError(message) from None


def unknown_settings() -> list[str]:
    """Say of each variable that is called like a setting and is none, in a sentence: a wrong name changes nothing."""
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    try:
        of_file = DotEnvSettingsSource(Settings).env_vars
    except (OSError, UnicodeDecodeError):  # whoever reads a setting says so
        of_file = {}
    given = {name.upper(): value for name, value in (*of_file.items(), *os.environ.items())}
    return [
        _unknown(name, known)
        for name in sorted(given.keys() - known)
        if name.startswith(PREFIX) and not _OTHERS.match(f"{name}={given[name]}")
    ]


def _unknown(name: str, known: set[str]) -> str:
    nearest = get_close_matches(name, known, n=1, cutoff=0.8)
    return f"{name} is no setting, and changes nothing" + (f"; {nearest[0]} is one" if nearest else "")
