"""Routes: the first that fits decides, and a file that cannot mean what it says is refused."""

from pathlib import Path

import pytest

from schemas.document_types import load_document_types
from services.inference.routes import Routes, RoutesError, read_routes

TYPES = load_document_types()
FILE = """
models:
  acme-invoices:
    adapter: {kind: folder, path: adapters/acme}
  letters:
    adapter: {kind: hub, id: owner/letters, revision: 0123456789abcdef0123456789abcdef01234567}
    licence: MIT
    base: owner/Another-Name
  medical: {urls: ["http://gpu2:8000"]}
routes:
  - {tenant: acme, document_type: invoice, model: acme-invoices}
  - {document_type: medical_report, model: medical}
  - {tenant: acme, model: letters}
"""


@pytest.fixture
def routes() -> Routes:
    return read_routes(FILE, TYPES)


@pytest.mark.parametrize(
    ("tenant", "document_type", "model"),
    [
        ("acme", "invoice", "acme-invoices"),
        ("acme", "medical_report", "medical"),
        ("acme", "contract", "letters"),
        ("other", "medical_report", "medical"),
        ("other", "invoice", None),
    ],
)
def test_the_first_route_that_fits_tenant_and_type_names_the_model(
    routes: Routes, tenant: str, document_type: str, model: str | None
):
    assert routes.model_for(tenant, document_type) == model


def test_without_routes_the_deployments_own_model_reads_all():
    assert Routes().model_for("acme", "invoice") is None


def test_adapters_are_described_as_the_catalogue_describes_models(routes: Routes):
    folder, hub = routes.adapters()
    assert (folder.name, folder.folder) == ("acme-invoices", Path("adapters/acme").resolve())
    assert (hub.name, hub.licence, hub.base) == ("letters", "MIT", "owner/Another-Name")
    assert (hub.folder, hub.revision) == (None, "0123456789abcdef0123456789abcdef01234567")


def test_the_licence_of_a_folder_is_that_of_its_card(tmp_path: Path):
    (tmp_path / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    text = f"models: {{a-b: {{adapter: {{kind: folder, path: {tmp_path}}}}}}}\nroutes: [{{tenant: a, model: a-b}}]"
    assert [entry.licence for entry in read_routes(text, TYPES).adapters()] == ["apache-2.0"]


ONE = "models: {m: {urls: [http://u]}}"
HUB = "{kind: hub, id: o/r, revision: " + 40 * "a" + "}"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("models: [", "not YAML"),
        ("- a", "valid dictionary"),
        ("models: {m: {urls: [http://u]}}\nroutes: [{model: m}]", "a `tenant`, a `document_type`, or both"),
        ("routes: [{tenant: t, model: m}]", "route 1: there is no model 'm'"),
        ("models: {m: {urls: [http://u]}}", "no route leads to m"),
        (
            "models: {m: {urls: [http://u]}}\nroutes: [{document_type: bill, model: m}]",
            "route 1: no document type 'bill'",
        ),
        ("models: {m: {urls: [http://u]}}\nroutes: [{tenant: 'no name', model: m}]", "routes.0.tenant"),
        (
            f"{ONE}\nroutes: [{{tenant: t, model: m}}, {{tenant: t, document_type: invoice, model: m}}]",
            "route 2 is never taken: route 1",
        ),
        ("models: {m: {urls: [http://u], model: x}}\nroutes: [{tenant: t, model: m}]", "models.m.model"),
        (f"models: {{m: {{urls: [http://u], adapter: {HUB}}}}}\nroutes: [{{tenant: t, model: m}}]", "either `urls`"),
        (f"models: {{m: {{adapter: {HUB}}}}}\nroutes: [{{tenant: t, model: m}}]", "needs its `licence`"),
        (
            "models: {m: {urls: [http://u], licence: MIT}}\nroutes: [{tenant: t, model: m}]",
            "`licence` is for an adapter",
        ),
        ("models: {m: {urls: [http://u], base: b}}\nroutes: [{tenant: t, model: m}]", "`base` is for an `adapter`"),
        ("models: {m: {urls: [gpu2:8000]}}\nroutes: [{tenant: t, model: m}]", "models.m.urls.0"),
        (
            "models: {m: {urls: [http://u/v1/]}, n: {urls: [http://u, http://v]}}\nroutes: [{tenant: t, model: m}]",
            "m and n share http://u: give both the same",
        ),
        (
            "models: {mm: {adapter: {kind: hub, id: o/r}, licence: MIT}}\nroutes: [{tenant: t, model: mm}]",
            "models.mm: .*at a `revision`",
        ),
        (f"models: {{M/m: {{adapter: {HUB}, licence: MIT}}}}\nroutes: [{{tenant: t, model: M/m}}]", "models.M/m: name"),
    ],
)
def test_a_file_that_cannot_mean_what_it_says_is_refused(text: str, reason: str):
    with pytest.raises(RoutesError, match=reason):
        read_routes(text, TYPES)


def test_an_earlier_route_may_be_the_narrower_one():
    text = f"{ONE}\nroutes: [{{tenant: t, document_type: invoice, model: m}}, {{tenant: t, model: m}}]"
    assert len(read_routes(text, TYPES).routes) == 2
