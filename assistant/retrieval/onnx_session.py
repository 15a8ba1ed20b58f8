"""How models of ONNX are opened: on the processor, on few threads, the same numbers every time."""

from typing import Any

_THREADS = 2


def open_session(model: bytes | str) -> Any:
    """An onnxruntime session of a model's bytes, or of the file of that path.

    Raises:
        Exception: onnxruntime cannot use it; its errors have no common root.
    """
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _THREADS
    options.log_severity_level = 3
    options.use_deterministic_compute = True
    # A pool that spins while it waits takes the cores from other answers.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
