"""Lines of other programs between the records: torchrun, transformers, PEFT, NCCL, Python warnings.

`docs/log-formats.md` section 11, F.5, G. They are known and say nothing to us.
"""

from higgs_logscan.dialect import Dialect, Foreign, Span

FOREIGN = Dialect(
    id="foreign",
    summary="lines of torchrun, transformers, PEFT, NCCL, wandb, Python warnings",
    foreign=(
        # Python warnings: `path:line: Category: text`, and the source line below
        Foreign(r"\S+\.py:\d+: \w*Warning: ", "/opt/lib/transformers/training_args.py:1568: FutureWarning: `evaluation_strategy` is deprecated"),
        Foreign(r"(?:warnings\.)?warn\(", "  warnings.warn("),
        Foreign(r"(?:[\w.]+ = )?(?:super\(\)\.|self\.|torch\.|return |with )[\w.]+\(", "  super().__init__(**kwargs)"),
        Foreign(r"\w*(?:Future|User|Deprecation|Runtime)Warning: ", "FutureWarning: `torch.cuda.amp.autocast` is deprecated"),
        # torchrun, elastic, c10d, reducer
        Foreign(r"\[[WIE]\d{4} [\d:.]+ \S+\] ", "[W1123 07:09:26.868236757 reducer.cpp:1529] Warning: find_unused_parameters=True was specified"),
        Foreign(r"\*{10,}$", "W0827 15:59:01.123000 12345 torch/distributed/run.py:766] *****************************************"),
        Foreign(r"Setting OMP_NUM_THREADS environment variable", "Setting OMP_NUM_THREADS environment variable for each process to be 1 in default"),
        Foreign(r"Sending process \d+ closing signal|failed \(exitcode: ", "W1123 07:09:30.789000 28476 torch/distributed/elastic/multiprocessing/api.py:1028] Sending process 28479 closing signal SIGTERM"),
        Foreign(r"(?:\S+:\d+:\d+ )?\[\d+\] NCCL |NCCL version |\S+:\d+:\d+ \[\d+\] NCCL ", "node1:4711:4711 [0] NCCL INFO Bootstrap : Using eth0"),
        Foreign(r"\[(?:Gloo|c10d)\]|\[rank\d+\]:\[W", "[Gloo] Rank 0 is connected to 1 peer ranks. Expected number of connected peer ranks is : 1"),
        Foreign(r"(?:frame )?#\d+: \S", "frame #4: c10d::ProcessGroupNCCL::heartbeatMonitor() + 0x84c"),
        Foreign(r"Exception raised from \S+ at \S+", "Exception raised from checkTimeout at ProcessGroupNCCL.cpp:525 (most recent call first):"),
        Foreign(r"CUDA kernel errors might be|For debugging consider passing CUDA|Compile with `TORCH_USE_CUDA_DSA", "CUDA kernel errors might be asynchronously reported at some other API call"),
        Foreign(r"Check the documentation of torch\.load", "Check the documentation of torch.load to learn more about types accepted by default"),
        # transformers, datasets, PEFT, accelerate
        Foreign(r"The argument `trust_remote_code`", "The argument `trust_remote_code` is to be used with Auto classes. It has no effect here"),
        Foreign(r"You should probably TRAIN this model", "You should probably TRAIN this model on a down-stream task to be able to use it"),
        Foreign(r"Some weights of |- This IS(?: NOT)? expected", "Some weights of the model checkpoint at ckpt were not used"),
        Foreign(r"max_steps is given, it will override", "max_steps is given, it will override any value given in num_train_epochs"),
        Foreign(r"trainable params: [\d,]+ ", "trainable params: 19,726,336 || all params: 5,397,007,360 || trainable%: 0.3655"),
        Foreign(r"`torch_dtype` is deprecated|`use_cache=True` is incompatible|`loss_type=", "`use_cache=True` is incompatible with gradient checkpointing. Setting `use_cache=False`."),
        Foreign(r"You are (?:using|attempting|resizing)|Special tokens have been added|The tokenizer has new|Setting `pad_token_id`|Token indices sequence length", "Special tokens have been added in the vocabulary, make sure the associated word embeddings are fine-tuned"),
        Foreign(r"Using (?:auto half precision|the `WANDB_DISABLED`|\w+ `?\w*attention)|Detected kernel version|No label_names provided|The model is already on multiple devices", "Detected kernel version 5.4.0, which is below the recommended minimum of 5.5.0"),
        Foreign(r"\*{5} Running |  (?:Num examples|Num Epochs|Num steps|Instantaneous batch|Batch size|Total train batch|Gradient Accumulation steps|Total optimization steps|Number of trainable parameters)\b", "***** Running training *****"),
        Foreign(r"(?:Saving model checkpoint to|Configuration saved in|Model weights saved in|tokenizer config file saved|Special tokens file saved|loading (?:configuration|weights) file|All model checkpoint weights were used|Deleting older checkpoint)", "Saving model checkpoint to out/checkpoint-500"),
        Foreign(r"(?:Fetching|Downloading|Generating|Map|Filter)\b.*(?:files|shards|split|examples|%)", "Generating train split: 1000 examples"),
        Foreign(r"(?:Warning: )?You are sending unauthenticated|huggingface/tokenizers: The current process|To disable this warning|\t- ", "huggingface/tokenizers: The current process just got forked, after parallelism has already been used."),
        Foreign(r"Removed shared tensor|There were missing keys in the checkpoint|Could not estimate the number of tokens", "There were missing keys in the checkpoint model loaded: ['lm_head.weight']."),
        Foreign(r"wandb: ", "wandb: Tracking run with wandb version 0.17.0"),
        # libraries below torch
        Foreign(r"NNPACK|.*Could not initialize NNPACK", "[W NNPACK.cpp:61] Could not initialize NNPACK! Reason: Unsupported hardware."),
        Foreign(r".*\bweight_norm\b", "`torch.nn.utils.weight_norm` is deprecated in favor of `torch.nn.utils.parametrizations.weight_norm`."),
        Foreign(r"\d{4}-\d\d-\d\d [\d:.]+: [IWEF] |All log messages before absl|(?:Unable to register|TF-TRT|E0000 |W0000 |I0000 )", "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR"),
        Foreign(r"(?:bin )?/\S+/bitsandbytes|=+BUG REPORT=+|Welcome to bitsandbytes", "===================================BUG REPORT==================================="),
        # messages that are empty: what follows stands on the next line
        Foreign(r"\s*$", "2025-08-25 15:53:22,417 - ERROR - "),
        # rulers, trees and advice between the records of a trainer
        Foreign(r"[-=*_~#]{3,}$", "=" * 12),
        Foreign(r"[\w()<>' -]{1,60}: torch\.Size\(\[", "├── attention_mask: torch.Size([1, 61]) - dtype: torch.int64"),
        Foreign(r"\s*\w+: torch\.\w+$", "ERROR:__main__:  input_ids: torch.int64"),
        Foreign(r"\s*\w+: (?:Tensor\(|<class |shape=)", "INFO:__main__:  input_ids: Tensor(shape=torch.Size([2, 61]), dtype=torch.int64, device=cuda:0)"),
        Foreign(r"\s*\d\. (?:Check|Verify|Ensure|Validate|PEFT|Audio|Model|No )", "2025-08-27 22:00:01,123 - WARNING - 1. Check dataset for proper audio label generation"),
        Foreign(r"\[[\w ]+\] (?:Memory - GPU: |Time elapsed: )", "[Training] Memory - GPU: 11.52GB (reserved: 12.00GB), CPU: 8.31GB"),
        Foreign(r"\s*-? ?(?:Batch size|Sequence length|Audio tokens|Audio labels|Audio features|Shapes match): ", "2025-08-25 21:24:00 | DEBUG    | collator:check:121 -   - Sequence length: 61"),
        Foreign(r"All required parameters|ENABLED encode|CORRECT: |Using correct|Whisper-large|This may cause|Backward pass successful", "✅ ENABLED encode_whisper_embed for zero-shot voice cloning"),
        Foreign(r"(?:Received interrupt signal|Handling CUDA OOM error)", "Received interrupt signal. Attempting to save current checkpoint before exiting..."),
        Foreign(r"(?:Checking samples|Total samples|Missing \w+ files|Empty/corrupt files|Validation Results:|- (?:Valid|Invalid) samples|- Success rate|- (?:Total|Average) duration|Found \d+ audio files|--- Testing file|Dtype|Min value|Max value|Shape): ?", "- Success rate: 100.00%"),
    ),
    spans=(
        Span(
            "tensor",
            opens=r"(?:[\w .,()/'-]+: ?)?tensor\((?!.*\)\s*$)",
            continues=r"\s+[\[\]\d.-]|\s+(?:device|dtype|grad_fn)=",
            sample="Sample values: tensor([[21, 46, 45],",
            says="Sample values: tensor([[21, 46, 45],",
            kind=None,
        ),
    ),
)  # fmt: skip
