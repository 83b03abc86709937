"""Write `models/local/minilm.onnx`: the graph of all-MiniLM-L6-v2 without its weights.

Run by hand, when the graph changes, with the dependency group `model-graph`:

    python packages/rag_stream/scripts/build_minilm_graph.py

The graph names its weights as byte ranges of the official `model.safetensors` (an
ONNX "external data" location), so the 91 MB file is used as it was published and is
memory-mapped, never converted or copied.
"""

import json
import sys
from pathlib import Path
from typing import Any

from onnx import ModelProto, NodeProto, TensorProto, helper, shape_inference

from rag_stream.models.local.manifest import WEIGHTS_FILE
from rag_stream.models.local.weights import find_model

GRAPH = Path(__file__).resolve().parents[1] / "rag_stream" / "models" / "local" / "minilm.onnx"

HIDDEN = 384
HEADS = 12
HEAD_SIZE = HIDDEN // HEADS
LAYERS = 6
EPSILON = 1e-12
# Large enough that a padded position's share rounds to zero, small enough to stay finite.
MASKED = 1e9


class GraphBuilder:
    """Collects nodes and initializers; every method returns the name of its output."""

    def __init__(self, weights: Path) -> None:
        with weights.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            self._header: dict[str, Any] = json.loads(file.read(size))
        # Offsets in the header count from the end of the header.
        self._data_start = 8 + size
        self._initializers: dict[str, TensorProto] = {}
        self._nodes: list[NodeProto] = []

    def weight(self, name: str) -> str:
        """A tensor of the safetensors file, by its own name."""
        entry = self._header[name]
        begin, end = entry["data_offsets"]
        tensor = TensorProto(
            name=name,
            dims=entry["shape"],
            data_type=TensorProto.FLOAT,
            data_location=TensorProto.EXTERNAL,
        )
        where = {
            "location": WEIGHTS_FILE,
            "offset": str(self._data_start + begin),
            "length": str(end - begin),
        }
        for key, value in where.items():
            tensor.external_data.add(key=key, value=value)
        self._initializers[name] = tensor
        return name

    def integers(self, *values: int) -> str:
        name = "i" + "_".join(str(value) for value in values)
        self._initializers[name] = helper.make_tensor(
            name, TensorProto.INT64, [len(values)], values
        )
        return name

    def scalar(self, value: float) -> str:
        name = f"f{value:g}"
        self._initializers[name] = helper.make_tensor(name, TensorProto.FLOAT, [], [value])
        return name

    def node(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = f"{kind}_{len(self._nodes)}"
        output = output or name
        self._nodes.append(helper.make_node(kind, inputs, [output], name=name, **attributes))
        return output

    def linear(self, x: str, name: str) -> str:
        """`x @ weight.T + bias` on [rows, features].

        Gemm's transB takes the file's [out, in] layout as it is; a Transpose before MatMul
        would be folded into a copy of every matrix while the model loads: a third more
        time and 10 MB more that stay, for no speed afterwards.
        """
        return self.node(
            "Gemm", x, self.weight(f"{name}.weight"), self.weight(f"{name}.bias"), transB=1
        )

    def layer_norm(self, x: str, name: str) -> str:
        scale, bias = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=EPSILON)

    def model(self) -> ModelProto:
        ids, mask = (
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
            for name in ("input_ids", "attention_mask")
        )
        result = helper.make_tensor_value_info(
            "sentence_embedding", TensorProto.FLOAT, ["batch", HIDDEN]
        )
        graph = helper.make_graph(
            self._nodes, "all-MiniLM-L6-v2", [ids, mask], [result], [*self._initializers.values()]
        )
        # Opset 20 is the first with Gelu, and IR 9 belongs to it. Standard operators only:
        # onnxruntime's own fused attention measured no faster and is tied to it.
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", 20)],
            ir_version=9,
            producer_name="rag-stream",
        )


def embeddings(g: GraphBuilder) -> str:
    """Word + position + segment embeddings, normalised: [batch, length, hidden]."""
    length = g.node("Shape", "input_ids", start=1, end=2)
    words = g.node("Gather", g.weight("embeddings.word_embeddings.weight"), "input_ids")
    positions = g.node(
        "Slice",
        g.weight("embeddings.position_embeddings.weight"),
        g.integers(0),
        length,
        g.integers(0),
    )
    # One text at a time is always segment 0.
    segment = g.node("Gather", g.weight("embeddings.token_type_embeddings.weight"), g.integers(0))
    summed = g.node("Add", words, g.node("Add", positions, segment))
    return g.layer_norm(summed, "embeddings.LayerNorm")


def attention(g: GraphBuilder, x: str, name: str, split: str, bias: str) -> str:
    """Multi-head self-attention on [rows, hidden]; `split` is [batch, length, heads, size]."""
    query, key, value = (
        g.node("Reshape", g.linear(x, f"{name}.self.{part}"), split)
        for part in ("query", "key", "value")
    )
    query = g.node("Transpose", query, perm=[0, 2, 1, 3])
    key = g.node("Transpose", key, perm=[0, 2, 3, 1])
    value = g.node("Transpose", value, perm=[0, 2, 1, 3])
    scores = g.node("Mul", g.node("MatMul", query, key), g.scalar(HEAD_SIZE**-0.5))
    shares = g.node("Softmax", g.node("Add", scores, bias), axis=-1)
    mixed = g.node("Transpose", g.node("MatMul", shares, value), perm=[0, 2, 1, 3])
    rows = g.node("Reshape", mixed, g.integers(-1, HIDDEN))
    return g.linear(rows, f"{name}.output.dense")


def build(weights: Path) -> bytes:
    """The serialized graph; `weights` is read for the names, shapes and offsets only."""
    g = GraphBuilder(weights)
    shape = g.node("Shape", "input_ids")
    split = g.node("Concat", shape, g.integers(HEADS, HEAD_SIZE), axis=0)
    mask = g.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    hidden_places = g.node("Mul", g.node("Sub", mask, g.scalar(1.0)), g.scalar(MASKED))
    bias = g.node("Unsqueeze", hidden_places, g.integers(1, 2))

    # Between the attention steps batch and length are one axis, as Gemm wants them.
    x = g.node("Reshape", embeddings(g), g.integers(-1, HIDDEN))
    for number in range(LAYERS):
        layer = f"encoder.layer.{number}"
        attended = attention(g, x, f"{layer}.attention", split, bias)
        x = g.layer_norm(g.node("Add", attended, x), f"{layer}.attention.output.LayerNorm")
        wide = g.node("Gelu", g.linear(x, f"{layer}.intermediate.dense"))
        narrow = g.linear(wide, f"{layer}.output.dense")
        x = g.layer_norm(g.node("Add", narrow, x), f"{layer}.output.LayerNorm")

    # Mean pooling, then length one. The mean's division by the number of tokens cancels in
    # the normalisation, so the masked sum (one product with the mask) is enough.
    tokens = g.node("Reshape", x, g.node("Concat", shape, g.integers(HIDDEN), axis=0))
    row_mask = g.node("Unsqueeze", mask, g.integers(1))
    pooled = g.node("Squeeze", g.node("MatMul", row_mask, tokens), g.integers(1))
    g.node("LpNormalization", pooled, axis=-1, p=2, output="sentence_embedding")
    model = g.model()
    # Not onnx.checker: it refuses external data that is a link, as uv installs files.
    shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    return bytes(model.SerializeToString(deterministic=True))


def main() -> None:
    files = find_model(None)
    if files is None:
        sys.exit("no weights on this machine: run `python -m rag_stream.weights` first")
    data = build(files / WEIGHTS_FILE)
    GRAPH.write_bytes(data)
    print(f"{GRAPH}: {len(data)} bytes")


if __name__ == "__main__":
    main()
