"""The lists of dialects, rules, causes, renderers. Nothing else knows all of them."""

from __future__ import annotations

from higgs_logscan.dialect import Dialect
from higgs_logscan.dialects.bar import BAR
from higgs_logscan.dialects.dict_line import DICT_LINE
from higgs_logscan.dialects.forward_pass import FORWARD_PASS
from higgs_logscan.dialects.incident import INCIDENT
from higgs_logscan.dialects.step_line import STEP_LINE
from higgs_logscan.dialects.window import WINDOW
from higgs_logscan.rule import Rule
from higgs_logscan.rules.audio_learning.audio_at_chance import AudioAtChance
from higgs_logscan.rules.audio_learning.audio_loss_zero import AudioLossZero

DIALECTS: tuple[Dialect, ...] = (FORWARD_PASS, WINDOW, STEP_LINE, DICT_LINE, BAR, INCIDENT)

RULES: tuple[type[Rule], ...] = (AudioLossZero, AudioAtChance)
