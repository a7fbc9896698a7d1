package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.SyntheticWeights;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.checkpoint.WeightSource;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.StepListener;
import org.svgen.run.MeasuredFamily;
import org.svgen.run.Transformer;
import org.svgen.run.Trial;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.ForwardingBackend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.EightBitNormOp;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.LinearPairOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Weight.Inputs;
import org.svgen.testkit.Goldens;

/** Norms that round to 8 bits change no bit of what a model computes, in f32 and in bf16. */
class NormsThatRoundTest {
    private static final AttentionSettings DENSE =
            AttentionSettings.builder().mode(AttentionSettings.Mode.DENSE).build();

    /** The CPU, with a hash of each product. */
    private static class Noting extends ForwardingBackend {
        final List<Integer> products = new ArrayList<>();
        int norms;
        int rounded;

        Noting() {
            super(Backends.open("cpu", note -> {}));
        }

        @Override
        public Ops ops() {
            return op -> {
                super.ops().run(instead(op));
                switch (op) {
                    case LinearOp o -> note(o.out(), o.weight().inputs(), o.scales() != null);
                    case LinearPairOp o -> note(o.out(), o.weight().inputs(), false);
                    case EightBitNormOp _ -> norms++;
                    default -> {}
                }
            };
        }

        private void note(Tensor out, Inputs inputs, boolean before) {
            products.add(Arrays.hashCode(out.host().toArray(ValueLayout.JAVA_BYTE)));
            rounded += before && inputs == Inputs.EIGHT_BITS ? 1 : 0;
        }

        Op instead(Op op) {
            return op;
        }
    }

    /** The CPU, which norms without rounding, so that products round. */
    private static final class Apart extends Noting {
        private final List<EightBitNormOp> done = new ArrayList<>();
        private final List<Tensor> rows = new ArrayList<>();

        @Override
        Op instead(Op op) {
            if (op instanceof EightBitNormOp norm) {
                Tensor into = Tensor.zeros(Arena.ofAuto(), norm.type(), norm.out().shape().dims());
                done.add(norm);
                rows.add(into);
                return norm.norm(into);
            }
            return op instanceof LinearOp o && o.scales() != null
                    ? new LinearOp(normed(o.x()), o.weight(), o.bias(), o.f(), o.out())
                    : op;
        }

        private Tensor normed(Tensor x) {
            Tensor all = Tensor.zeros(Arena.ofAuto(), rows.getLast().dtype(), x.shape().dims());
            for (int i = 0; i < x.size(0); i++) {
                all.rows(i, i + 1).host().copyFrom(row(x.offset() + (long) i * x.size(1)).host());
            }
            return all;
        }

        /** The row that was written last at that place of the workspace. */
        private Tensor row(long at) {
            for (int i = done.size() - 1; i >= 0; i--) {
                Tensor out = done.get(i).out();
                if (at >= out.offset() && at < out.offset() + out.bytes()) {
                    long row = (at - out.offset()) / out.size(-1);
                    return rows.get(i).rows(row, row + 1);
                }
            }
            throw new IllegalStateException("nothing was normed to byte " + at);
        }
    }

    /**
     * All blocks but the first and the last are in 8 bits.
     *
     * @param norms two a stream of a block, one of a block of one stream; CogVideoX has two
     *     branches
     * @param products of such rows: queries, keys, values and the first of the feed-forward layer
     */
    @ParameterizedTest
    @CsvSource({
        "cogvideox-t2v-tiny, num_layers, F32, 16, 8",
        "cogvideox-t2v-tiny, num_layers, BF16, 16, 8",
        "hunyuanvideo-tiny, num_layers, BF16, 13, 28",
        "hunyuanvideo-tiny, num_single_layers, BF16, 7, 20",
        "hunyuanvideo15-t2v-tiny, num_layers, F32, 8, 16"
    })
    void changeNoBit(String model, String blocks, DType activation, int norms, int products) {
        try (Noting together = new Noting();
                Apart apart = new Apart()) {
            run(model, blocks, activation, together);
            run(model, blocks, activation, apart);
            assertThat(together.products).isEqualTo(apart.products);
            assertThat(together.norms).isEqualTo(apart.norms).isEqualTo(norms);
            assertThat(together.rounded).isEqualTo(products);
        }
    }

    private static void run(String model, String blocks, DType activation, Noting backend) {
        Config config =
                Config.read(Goldens.folder(model).resolve("transformer/config.json"))
                        .with(Map.of(blocks, 4));
        MeasuredFamily family = Families.ofTransformer(config);
        try (SyntheticWeights weights = new SyntheticWeights();
                WeightMemory memory = WeightMemory.resident(backend);
                Workspace workspace = new Workspace(backend, 1 << 24, activation);
                Arena host = Arena.ofShared()) {
            Transformer transformer =
                    family.transformer(
                            config, WeightSource.of(family.eightBits(config).of(weights), memory));
            Trial.begin(
                            transformer,
                            Trial.request(64, 64, 9, DENSE),
                            workspace,
                            host,
                            StepListener.SILENT)
                    .run();
        }
    }
}
