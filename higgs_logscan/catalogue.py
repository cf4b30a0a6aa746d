"""The lists of dialects, rules, causes, renderers. Nothing else knows all of them."""

from __future__ import annotations

from higgs_logscan.causes.audio_not_trained import AUDIO_NOT_TRAINED
from higgs_logscan.causes.audio_over_masked import AUDIO_OVER_MASKED
from higgs_logscan.causes.bos_eos_swapped import BOS_EOS_SWAPPED
from higgs_logscan.causes.bos_supervised import BOS_SUPERVISED
from higgs_logscan.causes.code_out_of_range import CODE_OUT_OF_RANGE
from higgs_logscan.causes.codebook_count import CODEBOOK_COUNT
from higgs_logscan.causes.crashed import CRASHED
from higgs_logscan.causes.delay_pattern_absent import DELAY_PATTERN_ABSENT
from higgs_logscan.causes.delay_pattern_wrong import DELAY_PATTERN_WRONG
from higgs_logscan.causes.double_shift import DOUBLE_SHIFT
from higgs_logscan.causes.eos_never_supervised import EOS_NEVER_SUPERVISED
from higgs_logscan.causes.frozen_head import FROZEN_HEAD
from higgs_logscan.causes.label_leak import LABEL_LEAK
from higgs_logscan.causes.labels_misaligned import LABELS_MISALIGNED
from higgs_logscan.causes.learning_rate_too_high import LEARNING_RATE_TOO_HIGH
from higgs_logscan.causes.learning_rate_zero import LEARNING_RATE_ZERO
from higgs_logscan.causes.memorisation import MEMORISATION
from higgs_logscan.causes.missing_audio_inputs import MISSING_AUDIO_INPUTS
from higgs_logscan.causes.missing_audio_labels import MISSING_AUDIO_LABELS
from higgs_logscan.causes.no_gradient import NO_GRADIENT
from higgs_logscan.causes.non_finite import NON_FINITE
from higgs_logscan.causes.not_learning import NOT_LEARNING
from higgs_logscan.causes.restarted import RESTARTED
from higgs_logscan.causes.text_not_trained import TEXT_NOT_TRAINED
from higgs_logscan.causes.text_over_masked import TEXT_OVER_MASKED
from higgs_logscan.causes.text_under_masked import TEXT_UNDER_MASKED
from higgs_logscan.causes.truncated import TRUNCATED
from higgs_logscan.diagnosis import Cause
from higgs_logscan.dialect import Dialect
from higgs_logscan.dialects.alignment import ALIGNMENT
from higgs_logscan.dialects.bar import BAR
from higgs_logscan.dialects.dataset_debug import DATASET_DEBUG
from higgs_logscan.dialects.debug_step import DEBUG_STEP
from higgs_logscan.dialects.diagnostics import DIAGNOSTICS
from higgs_logscan.dialects.dict_line import DICT_LINE
from higgs_logscan.dialects.foreign import FOREIGN
from higgs_logscan.dialects.forward_pass import FORWARD_PASS
from higgs_logscan.dialects.incident import INCIDENT
from higgs_logscan.dialects.key_value import KEY_VALUE
from higgs_logscan.dialects.loguru_step import LOGURU_STEP
from higgs_logscan.dialects.metrics_block import METRICS_BLOCK
from higgs_logscan.dialects.startup import STARTUP
from higgs_logscan.dialects.step_line import STEP_LINE
from higgs_logscan.dialects.strategic_log import STRATEGIC_LOG
from higgs_logscan.dialects.swift import SWIFT
from higgs_logscan.dialects.window import WINDOW
from higgs_logscan.rule import Rule
from higgs_logscan.rules.alignment.label_leak import LabelLeak
from higgs_logscan.rules.alignment.labels_memorised import LabelsMemorised
from higgs_logscan.rules.alignment.labels_shifted_twice import LabelsShiftedTwice
from higgs_logscan.rules.alignment.length_mismatch import LengthMismatch
from higgs_logscan.rules.alignment.predictions_collapsed import PredictionsCollapsed
from higgs_logscan.rules.alignment.text_end_missing import TextEndMissing
from higgs_logscan.rules.alignment.text_labels_unshifted import TextLabelsUnshifted
from higgs_logscan.rules.alignment.unshifted_labels import UnshiftedLabels
from higgs_logscan.rules.audio_learning.audio_at_chance import AudioAtChance
from higgs_logscan.rules.audio_learning.audio_left_behind import AudioLeftBehind
from higgs_logscan.rules.audio_learning.audio_loss_near_zero import AudioLossNearZero
from higgs_logscan.rules.audio_learning.audio_loss_skipped import AudioLossSkipped
from higgs_logscan.rules.audio_learning.audio_loss_zero import AudioLossZero
from higgs_logscan.rules.audio_learning.audio_worse_than_chance import AudioWorseThanChance
from higgs_logscan.rules.audio_learning.codebook_frozen import CodebookFrozen
from higgs_logscan.rules.audio_learning.total_leaves_no_audio import TotalLeavesNoAudio
from higgs_logscan.rules.audio_learning.validation_gap import ValidationGap
from higgs_logscan.rules.audio_learning.validation_loss_near_zero import ValidationLossNearZero
from higgs_logscan.rules.audio_learning.validation_not_computed import ValidationNotComputed
from higgs_logscan.rules.balance.loss_drops import LossDrops
from higgs_logscan.rules.balance.loss_not_in_total import LossNotInTotal
from higgs_logscan.rules.balance.total_unexplained import TotalUnexplained
from higgs_logscan.rules.delay_pattern.delay_masks_wrong import DelayMasksWrong
from higgs_logscan.rules.delay_pattern.delay_pattern_absent import DelayPatternAbsent
from higgs_logscan.rules.delay_pattern.delay_pattern_wrong import DelayPatternWrong
from higgs_logscan.rules.incidents.collective_timeout import CollectiveTimeout
from higgs_logscan.rules.incidents.crash import Crash
from higgs_logscan.rules.incidents.disk_full import DiskFull
from higgs_logscan.rules.incidents.log_truncated import LogTruncated
from higgs_logscan.rules.incidents.out_of_memory import OutOfMemory
from higgs_logscan.rules.incidents.process_killed import ProcessKilled
from higgs_logscan.rules.incidents.run_restarted import RunRestarted
from higgs_logscan.rules.incidents.stalled import Stalled
from higgs_logscan.rules.incidents.step_failed import StepFailed
from higgs_logscan.rules.incidents.target_out_of_bounds import TargetOutOfBounds
from higgs_logscan.rules.input_pipeline.audio_logits_empty import AudioLogitsEmpty
from higgs_logscan.rules.input_pipeline.batch_repeated import BatchRepeated
from higgs_logscan.rules.input_pipeline.inputs_missing import InputsMissing
from higgs_logscan.rules.masking.audio_labels_masked import AudioLabelsMasked
from higgs_logscan.rules.masking.audio_over_masked import AudioOverMasked
from higgs_logscan.rules.masking.audio_windows_masked import AudioWindowsMasked
from higgs_logscan.rules.masking.codebook_masks_unequal import CodebookMasksUnequal
from higgs_logscan.rules.masking.codebooks_without_labels import CodebooksWithoutLabels
from higgs_logscan.rules.masking.prompt_supervised import PromptSupervised
from higgs_logscan.rules.masking.text_labels_masked import TextLabelsMasked
from higgs_logscan.rules.masking.text_over_masked import TextOverMasked
from higgs_logscan.rules.optimisation.divergence import Divergence
from higgs_logscan.rules.optimisation.evaluation_frozen import EvaluationFrozen
from higgs_logscan.rules.optimisation.gradient_norm_rises import GradientNormRises
from higgs_logscan.rules.optimisation.gradient_not_finite import GradientNotFinite
from higgs_logscan.rules.optimisation.learning_rate_zero import LearningRateZero
from higgs_logscan.rules.optimisation.loss_flat import LossFlat
from higgs_logscan.rules.optimisation.loss_not_finite import LossNotFinite
from higgs_logscan.rules.optimisation.no_gradient import NoGradient
from higgs_logscan.rules.optimisation.sentinel_loss import SentinelLoss
from higgs_logscan.rules.optimisation.steps_slowed import StepsSlowed
from higgs_logscan.rules.optimisation.total_loss_zero import TotalLossZero
from higgs_logscan.rules.optimisation.weights_blown_up import WeightsBlownUp
from higgs_logscan.rules.optimisation.weights_newly_initialised import WeightsNewlyInitialised
from higgs_logscan.rules.reading.low_coverage import LowCoverage
from higgs_logscan.rules.shapes.axis_order import AxisOrder
from higgs_logscan.rules.shapes.codebook_count import CodebookCount
from higgs_logscan.rules.shapes.logits_width import LogitsWidth
from higgs_logscan.rules.special_tokens.bos_eos_swapped import BosEosSwapped
from higgs_logscan.rules.special_tokens.bos_in_labels import BosInLabels
from higgs_logscan.rules.special_tokens.bos_not_masked import BosNotMasked
from higgs_logscan.rules.special_tokens.eos_missing import EosMissing
from higgs_logscan.rules.special_tokens.eos_repeated import EosRepeated
from higgs_logscan.rules.special_tokens.modality_crossed import ModalityCrossed
from higgs_logscan.rules.special_tokens.value_out_of_range import ValueOutOfRange
from higgs_logscan.rules.text_learning.text_at_chance import TextAtChance
from higgs_logscan.rules.text_learning.text_left_behind import TextLeftBehind
from higgs_logscan.rules.text_learning.text_loss_skipped import TextLossSkipped
from higgs_logscan.rules.text_learning.text_loss_zero import TextLossZero
from higgs_logscan.rules.text_learning.text_not_learning import TextNotLearning
from higgs_logscan.rules.text_learning.text_worse_than_chance import TextWorseThanChance

DIALECTS: tuple[Dialect, ...] = (
    FORWARD_PASS, ALIGNMENT, WINDOW, METRICS_BLOCK, DATASET_DEBUG, STEP_LINE, DICT_LINE, DIAGNOSTICS, LOGURU_STEP,
    DEBUG_STEP, KEY_VALUE, SWIFT, STRATEGIC_LOG, BAR, STARTUP, INCIDENT, FOREIGN,
)  # fmt: skip

RULES: tuple[type[Rule], ...] = (
    # text-learning
    TextAtChance,
    TextLeftBehind,
    TextLossSkipped,
    TextLossZero,
    TextNotLearning,
    TextWorseThanChance,
    # audio-learning
    AudioAtChance,
    AudioLeftBehind,
    AudioLossNearZero,
    AudioLossSkipped,
    AudioLossZero,
    AudioWorseThanChance,
    CodebookFrozen,
    TotalLeavesNoAudio,
    ValidationGap,
    ValidationLossNearZero,
    ValidationNotComputed,
    # masking
    AudioLabelsMasked,
    AudioOverMasked,
    AudioWindowsMasked,
    CodebookMasksUnequal,
    CodebooksWithoutLabels,
    PromptSupervised,
    TextLabelsMasked,
    TextOverMasked,
    # special-tokens
    BosEosSwapped,
    BosInLabels,
    BosNotMasked,
    EosMissing,
    EosRepeated,
    ModalityCrossed,
    ValueOutOfRange,
    # delay-pattern
    DelayMasksWrong,
    DelayPatternAbsent,
    DelayPatternWrong,
    # shapes
    AxisOrder,
    CodebookCount,
    LogitsWidth,
    # alignment
    LabelLeak,
    LabelsMemorised,
    LabelsShiftedTwice,
    LengthMismatch,
    PredictionsCollapsed,
    TextEndMissing,
    TextLabelsUnshifted,
    UnshiftedLabels,
    # balance
    LossDrops,
    LossNotInTotal,
    TotalUnexplained,
    # input-pipeline
    AudioLogitsEmpty,
    BatchRepeated,
    InputsMissing,
    # optimisation
    Divergence,
    EvaluationFrozen,
    GradientNormRises,
    GradientNotFinite,
    LearningRateZero,
    LossFlat,
    LossNotFinite,
    NoGradient,
    SentinelLoss,
    StepsSlowed,
    TotalLossZero,
    WeightsBlownUp,
    WeightsNewlyInitialised,
    # incidents
    CollectiveTimeout,
    Crash,
    DiskFull,
    LogTruncated,
    OutOfMemory,
    ProcessKilled,
    RunRestarted,
    Stalled,
    StepFailed,
    TargetOutOfBounds,
    # reading
    LowCoverage,
)

#: By harm: of two causes that are as sure, the earlier one is named first.
CAUSES: tuple[Cause, ...] = (
    LABEL_LEAK,
    MEMORISATION,
    MISSING_AUDIO_INPUTS,
    AUDIO_OVER_MASKED,
    CODE_OUT_OF_RANGE,
    NON_FINITE,
    CODEBOOK_COUNT,
    LEARNING_RATE_TOO_HIGH,
    LEARNING_RATE_ZERO,
    NO_GRADIENT,
    TEXT_OVER_MASKED,
    TEXT_UNDER_MASKED,
    BOS_SUPERVISED,
    BOS_EOS_SWAPPED,
    EOS_NEVER_SUPERVISED,
    DELAY_PATTERN_ABSENT,
    DELAY_PATTERN_WRONG,
    FROZEN_HEAD,
    AUDIO_NOT_TRAINED,
    TEXT_NOT_TRAINED,
    LABELS_MISALIGNED,
    DOUBLE_SHIFT,
    MISSING_AUDIO_LABELS,
    NOT_LEARNING,
    CRASHED,
    TRUNCATED,
    RESTARTED,
)
