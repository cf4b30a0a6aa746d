"""The column of a quoted line: looked up in the file, never guessed."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import higgs_logscan
from higgs_logscan.catalogue import RULES
from higgs_logscan.document import Evidence
from higgs_logscan.renderers import sarif

LOGS = sorted((Path(__file__).parent.parent / "sample_logs").glob("*.log"))


def evidence(path: Path) -> list[Evidence]:
    findings = higgs_logscan.scan(path).to_dict()["runs"][0]["findings"]
    return [at for finding in findings for at in (finding["first"], finding["last"]) if at]


def test_the_text_stands_at_its_line_and_column() -> None:
    shown = 0
    for log in LOGS:
        lines = log.read_bytes().decode("utf-8", "replace").split("\n")
        for at in evidence(log):
            assert at["column"], (log, at)
            assert lines[at["line"] - 1][at["column"] - 1 :].startswith(at["text"][:40])
            shown += at["column"] > 1
    assert shown, "no sample shows a line behind a bar: the test proves nothing"


def test_what_is_compressed_has_no_column(tmp_path: Path) -> None:
    packed = tmp_path / "train.log.gz"
    packed.write_bytes(gzip.compress(LOGS[0].read_bytes()))
    for log in LOGS:
        packed.write_bytes(gzip.compress(log.read_bytes()))
        assert all(at["column"] is None for at in evidence(packed))


def test_regions_of_sarif_have_columns() -> None:
    out = io.StringIO()
    document = higgs_logscan.scan(*LOGS).to_dict()
    sarif.render(document, out, {rule.id: rule for rule in RULES})
    results = json.loads(out.getvalue())["runs"][0]["results"]
    regions = [result["locations"][0]["physicalLocation"]["region"] for result in results]
    quoted = [region for region in regions if "snippet" in region]
    assert quoted
    for region in quoted:
        assert region["endColumn"] - region["startColumn"] == len(region["snippet"]["text"])
        assert region["startLine"] == region["endLine"] and region["byteLength"] >= len(region["snippet"]["text"])
