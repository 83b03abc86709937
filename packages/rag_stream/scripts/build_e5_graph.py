"""Write `models/local/e5.onnx`: the graph of multilingual-e5-small without its weights.

Run by hand, when the graph changes, with the dependency group `model-graph`:

    python packages/rag_stream/scripts/build_e5_graph.py

What the graph leaves out is handed to onnxruntime under the names it has here, by
`models/local/e5.py`, from the file as it was published. The vectors of words are looked up there
as well: they are the graph's input.
"""

from pathlib import Path
from typing import Any

from onnx import ModelProto, NodeProto, TensorProto, helper

from rag_stream.models.local.e5 import MATRICES, POSITIONS
from rag_stream.models.local.e5_file import HEADS, HIDDEN, LAYERS
from rag_stream.models.local.q4 import WIDE_BLOCK

GRAPH = Path(__file__).resolve().parents[1] / "rag_stream" / "models" / "local" / "e5.onnx"

EPSILON = 1e-12
BITS = 8
# What a product is computed in: integers of 8 bits.
IN_INTEGERS = 4
OURS = "com.microsoft"


class GraphBuilder:
    """Collects nodes and initializers; every method returns the name of its output."""

    def __init__(self) -> None:
        self._initializers: dict[str, TensorProto] = {}
        self._nodes: list[NodeProto] = []

    def weight(self, name: str, kind: int, *shape: int) -> str:
        """A tensor that comes from elsewhere."""
        tensor = TensorProto(
            name=name, dims=shape, data_type=kind, data_location=TensorProto.EXTERNAL
        )
        tensor.external_data.add(key="location", value="handed-over")
        self._initializers[name] = tensor
        return name

    def integers(self, *values: int) -> str:
        name = "i" + "_".join(str(value) for value in values)
        self._initializers[name] = helper.make_tensor(
            name, TensorProto.INT64, [len(values)], values
        )
        return name

    def node(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        name = f"{kind}_{len(self._nodes)}"
        output = output or name
        self._nodes.append(helper.make_node(kind, inputs, [output], name=name, **attributes))
        return output

    def linear(self, x: str, layer: int, matrix: str) -> str:
        """`x @ weight.T + bias`, the weight in eight bits."""
        rows, columns = MATRICES[matrix]
        blocks, name = columns // WIDE_BLOCK, f"l{layer}.{matrix}"
        return self.node(
            "MatMulNBits",
            x,
            self.weight(f"{name}.w", TensorProto.UINT8, rows, blocks, WIDE_BLOCK),
            self.weight(f"{name}.scales", TensorProto.FLOAT, rows, blocks),
            "",  # where zero is: in the middle
            "",  # the order of the columns: as they are
            self.weight(f"{name}.b", TensorProto.FLOAT, rows),
            domain=OURS,
            K=columns,
            N=rows,
            bits=BITS,
            block_size=WIDE_BLOCK,
            accuracy_level=IN_INTEGERS,
        )

    def layer_norm(self, x: str, name: str) -> str:
        scale, bias = (self.weight(f"{name}.{part}", TensorProto.FLOAT, HIDDEN) for part in "wb")
        return self.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=EPSILON)

    def model(self) -> ModelProto:
        words = helper.make_tensor_value_info(
            "words", TensorProto.FLOAT, ["batch", "length", HIDDEN]
        )
        mask = helper.make_tensor_value_info("mask", TensorProto.INT32, ["batch", "length"])
        result = helper.make_tensor_value_info(
            "sentence_embedding", TensorProto.FLOAT, ["batch", HIDDEN]
        )
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            [words, mask],
            [result],
            [*self._initializers.values()],
        )
        # Opset 20 is the first with Gelu, and IR 9 belongs to it.
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(OURS, 1)],
            ir_version=9,
            producer_name="rag-stream",
        )


def build() -> bytes:
    """The serialized graph."""
    g = GraphBuilder()
    length = g.node("Shape", "mask", start=1, end=2)
    places = g.weight("positions", TensorProto.FLOAT, POSITIONS, HIDDEN)
    positions = g.node("Slice", places, g.integers(0), length, g.integers(0))
    x = g.layer_norm(g.node("Add", "words", positions), "emb.ln")
    for layer in range(LAYERS):
        query, key, value = (g.linear(x, layer, matrix) for matrix in "qkv")
        attended = g.node(
            "MultiHeadAttention", query, key, value, "", "mask", domain=OURS, num_heads=HEADS
        )
        x = g.layer_norm(g.node("Add", g.linear(attended, layer, "ao"), x), f"l{layer}.aln")
        wide = g.node("Gelu", g.linear(x, layer, "fi"))
        x = g.layer_norm(g.node("Add", g.linear(wide, layer, "fo"), x), f"l{layer}.oln")
    # Mean pooling, then length one: the mean's division by the number of tokens cancels in the
    # normalisation, so the masked sum (one product with the mask) is enough.
    row_mask = g.node("Unsqueeze", g.node("Cast", "mask", to=TensorProto.FLOAT), g.integers(1))
    pooled = g.node("Squeeze", g.node("MatMul", row_mask, x), g.integers(1))
    g.node("LpNormalization", pooled, axis=-1, p=2, output="sentence_embedding")
    return bytes(g.model().SerializeToString(deterministic=True))


def main() -> None:
    data = build()
    GRAPH.write_bytes(data)
    print(f"{GRAPH}: {len(data)} bytes")


if __name__ == "__main__":
    main()
