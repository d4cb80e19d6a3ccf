"""Which model reads which documents: the first route that fits a document's tenant and type."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Any, Final, Self

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from schemas.document_types import DocumentTypes
from schemas.envelope import first_error
from schemas.events import Tenant
from services.answers.calibration import UNFITTED, Calibration
from services.inference.engines.port import EngineUnsuitableError, server_address
from services.models.catalogue import UNKNOWN_LICENCE, AdapterEntry, FolderSource, HubSource, licence_on_card

ModelName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$")]
"""As vLLM servers name their models, too."""


def _is_of_a_server(url: str) -> str:
    """Refuse what is no address wherever it stands: not only where another model's addresses are held against it."""
    try:
        server_address(url)
    except EngineUnsuitableError as error:
        raise ValueError(str(error)) from None
    return url


Url = Annotated[str, StringConstraints(pattern=r"^https?://[^/]"), AfterValidator(_is_of_a_server)]


class RoutesError(ValueError):
    """Routes that cannot be used; the message says where and what would be right."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RoutedModel(_Data):
    """A model beside the deployment's own."""

    urls: tuple[Url, ...] = Field(default=(), description="Servers that offer it under its name.")
    adapter: Annotated[HubSource | FolderSource, Field(discriminator="kind")] | None = None
    licence: str | None = Field(default=None, description="Of an adapter of the hub.")
    base: str | None = Field(default=None, description="As `AdapterEntry` has it.")

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if self.urls and self.adapter:
            message = "either `urls`, or `adapter`"
            raise ValueError(message)
        if isinstance(self.adapter, HubSource) and self.licence is None:
            message = "an adapter of the hub needs its `licence`"
            raise ValueError(message)
        if not isinstance(self.adapter, HubSource) and self.licence is not None:
            message = "`licence` is for an adapter of the hub; a folder is yours, and a server's models too"
            raise ValueError(message)
        if self.base is not None and self.adapter is None:
            message = "`base` is for an `adapter`"
            raise ValueError(message)
        return self

    @property
    def servers(self) -> frozenset[str]:
        """Addresses of its servers."""
        return frozenset(map(server_address, self.urls))

    def entry(self, name: str) -> AdapterEntry | None:
        """Describe the adapter as the catalogue describes models; None if it is none.

        Raises
        ------
        RoutesError
            If it has no name for a folder, or no commit.
        """
        match self.adapter:
            case None:
                return None
            case FolderSource(path=path):
                source: FolderSource | HubSource = FolderSource(path=path.expanduser().resolve())
                licence = licence_on_card(path / "README.md")
            case HubSource() as source:
                licence = self.licence or UNKNOWN_LICENCE
        try:
            return AdapterEntry(name=name, licence=licence, sources=(source,), base=self.base)
        except ValidationError as error:
            message = f"models.{name}: {first_error(error, whole='')}"
            raise RoutesError(message) from None


class Route(_Data):
    """Documents of a tenant, of a type, or both, and the model that reads them."""

    tenant: Tenant | None = None
    document_type: str | None = None
    model: ModelName

    @model_validator(mode="after")
    def _says_for_what(self) -> Self:
        if self.tenant is None and self.document_type is None:
            message = "a route names a `tenant`, a `document_type`, or both; for all others there is POSTKORB_MODEL"
            raise ValueError(message)
        return self

    def fits(self, tenant: str | None, document_type: str | None) -> bool:
        """Say whether it is for such documents; None: for some of them only."""
        return self.tenant in (None, tenant) and self.document_type in (None, document_type)


class Routes(_Data):
    """The routes of a deployment, in order, and the models that they lead to."""

    models: Mapping[ModelName, RoutedModel] = Field(default_factory=dict)
    routes: tuple[Route, ...] = ()

    @model_validator(mode="after")
    def _all_are_of_use(self) -> Self:
        for number, route in enumerate(self.routes):
            if route.model not in self.models:
                message = f"route {number + 1}: there is no model {route.model!r} among `models`"
                raise ValueError(message)
            for earlier, other in enumerate(self.routes[:number]):
                if other.fits(route.tenant, route.document_type):
                    message = f"route {number + 1} is never taken: route {earlier + 1} takes its documents"
                    raise ValueError(message)
        for first, second in combinations(self.models, 2):
            one, another = self.models[first].servers, self.models[second].servers
            if one != another and (shared := one & another):
                message = (
                    f"models {first} and {second} share {', '.join(sorted(shared))}: give both the same `urls`, so "
                    "that each server can be tried for taking one for the other"
                )
                raise ValueError(message)
        if idle := set(self.models) - {route.model for route in self.routes}:
            message = f"no route leads to {', '.join(sorted(idle))}"
            raise ValueError(message)
        return self

    def model_for(self, tenant: str, document_type: str) -> str | None:
        """Name the model that reads such documents; None: the deployment's own."""
        return next((route.model for route in self.routes if route.fits(tenant, document_type)), None)

    def servers(self) -> dict[frozenset[str], list[str]]:
        """Name the models that have servers of their own, by these."""
        found: dict[frozenset[str], list[str]] = {}
        for name, model in self.models.items():
            if model.urls:
                found.setdefault(model.servers, []).append(name)
        return found

    def adapters(self) -> list[AdapterEntry]:
        """Describe the adapters among the models."""
        entries = (model.entry(name) for name, model in self.models.items())
        return [entry for entry in entries if entry is not None]


@dataclass(frozen=True, slots=True)
class Routing:
    """What the service needs of the routes.

    Parameters
    ----------
    calibration
        Makes the confidences of what other models read than the deployment's own.
    """

    routes: Routes
    calibration: Calibration = UNFITTED


NO_ROUTING: Final = Routing(Routes())


def read_routes(text: str | bytes, types: DocumentTypes) -> Routes:
    """Read routes from YAML.

    Raises
    ------
    RoutesError
        With the first thing that is wrong.
    """
    try:
        said: Any = yaml.load(text, yaml.CSafeLoader)
        routes = Routes.model_validate(said)
        routes.adapters()
    except yaml.YAMLError as error:
        message = f"not YAML: {' '.join(str(error).split())}"
        raise RoutesError(message) from None
    except ValidationError as error:
        raise RoutesError(first_error(error, whole="")) from None
    for number, route in enumerate(routes.routes, start=1):
        if route.document_type is not None and route.document_type not in types:
            message = f"route {number}: no document type {route.document_type!r}, but {', '.join(types)}"
            raise RoutesError(message)
    return routes
