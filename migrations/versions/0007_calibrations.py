"""By what a pipeline makes its confidences, and what that was fitted on."""

from alembic import op

revision = "0007"
down_revision = "0006"

CALIBRATION = "What makes its confidences: features and weights, and what they were fitted on; null if it was not kept."

VIEW = """
CREATE VIEW postkorb.calibrations AS
SELECT p.pipeline_id, p.model, nullif(p.calibration -> 'fitted', 'null') AS fitted, p.calibration, p.created_at
FROM postkorb.pipelines AS p
"""
COMMENT = "A row a pipeline: what makes its confidences, and whether that was fitted to documents whose truth is known."
COLUMNS = {
    "pipeline_id": "The pipeline, as in results.",
    "model": "Name of the model in the catalogue.",
    "fitted": "On what it was fitted, and how it did on documents left out; null: set by hand, a confidence is a rank.",
    "calibration": CALIBRATION,
    "created_at": "When the pipeline was first used.",
}


def upgrade() -> None:
    op.execute("ALTER TABLE postkorb.pipelines ADD COLUMN calibration jsonb")
    op.execute(f"COMMENT ON COLUMN postkorb.pipelines.calibration IS '{CALIBRATION}'")
    op.execute(
        "ALTER TABLE postkorb.pipelines ADD CONSTRAINT pipelines_calibration_check"
        " CHECK (jsonb_typeof(calibration) = 'object')"
    )
    op.execute(VIEW)
    op.execute(f"COMMENT ON VIEW postkorb.calibrations IS '{COMMENT}'")
    for name, comment in COLUMNS.items():
        op.execute(f"COMMENT ON COLUMN postkorb.calibrations.{name} IS '{comment}'")
    op.execute("GRANT SELECT ON postkorb.calibrations TO postkorb_analyst, postkorb_service")


def downgrade() -> None:
    op.execute("DROP VIEW postkorb.calibrations")
    op.execute("ALTER TABLE postkorb.pipelines DROP COLUMN calibration")  # its constraint goes with it
