package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.RouteBlocksOp.Limit;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import tools.jackson.databind.JsonNode;

/** Clusters, maps and outputs against those of the official code in double precision. */
class Svg2GoldenTest {
    private static final int[] ITERATIONS = {1, 2, 4};

    private static JsonNode json(String name) {
        for (JsonNode c : Goldens.json("svg2", "cases.json").get("cases")) {
            if (c.get("case").asString().equals(name)) {
                return c;
            }
        }
        throw new IllegalStateException("no case " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wan", "hunyuan"})
    void clustersMapsAndOutputsAreTheOfficialOnes(String name) {
        JsonNode settings = json(name);
        Map<String, GoldenTensor> golden = Goldens.tensors("svg2", name + ".safetensors");
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 64 << 20)) {
            Tensor q = workspace.copyOf(golden.get("q").f32(arena));
            Tensor k = workspace.copyOf(golden.get("k").f32(arena));
            Tensor v = workspace.copyOf(golden.get("v").f32(arena));
            int text = settings.get("context").asInt();
            VideoGeometry g =
                    new VideoGeometry(
                            1,
                            q.size(2) - text,
                            text > 0 ? TextPlace.LAST : TextPlace.NONE,
                            text,
                            settings.get("real_prompt").asInt());
            Grouping queries = cluster("q", workspace, g, q, golden, arena);
            Grouping keys = cluster("k", workspace, g, k, golden, arena);
            int clusters = keys.centroids().size(2);
            int rows = queries.centroids().size(2);
            Tensor masses = workspace.allocate(DType.F32, q.size(1), rows, clusters);
            workspace
                    .ops()
                    .blockMass(
                            queries.centroids(),
                            keys.centroids(),
                            keys.bounds(),
                            0,
                            Dense.scale(q),
                            masses);
            assertThat(
                            Errors.relative(
                                    softmax(TestDevice.host(backend, masses).toFloats(), clusters),
                                    golden.get("probabilities").floats()))
                    .isLessThan(1e-5);
            int words = BlockMap.words(keys.blocks().count());
            Tensor bits = workspace.allocate(DType.I32, q.size(1), queries.blocks().count(), words);
            Limit limit =
                    new Limit(
                            settings.get("top_p").asDouble(),
                            0,
                            (int) (settings.get("min_kc_ratio").asDouble() * clusters));
            workspace.ops().routeBlocks(masses, null, keys.bounds(), 0, limit, bits);
            assertMap(TestDevice.host(backend, bits), golden.get("block_map"), g);
            Tensor out = workspace.allocate(DType.F32, 1, q.size(2), q.size(1), q.size(3));
            BlockMap map = new BlockMap(queries.blocks(), keys.blocks(), bits, null);
            workspace.ops().blockAttention(q, k, v, map, null, 0.5, Dense.scale(q), out);
            Tensor byHead = workspace.allocate(DType.F32, q.shape().dims());
            workspace.ops().permute(out, new int[] {0, 2, 1, 3}, byHead);
            float[] expected = golden.get("out").floats();
            float[] found = TestDevice.host(backend, byHead).toFloats();
            for (int i = 0; i < found.length; i++) {
                boolean padding = i / q.size(3) % q.size(2) >= g.videoTokens() + g.promptTokens();
                found[i] = padding ? expected[i] : found[i]; // here it attends to nothing
            }
            assertThat(Errors.relative(found, expected)).isLessThan(2e-5);
        }
    }

    /** k-means from the golden's rows, checked after 1, 2 and 4 iterations. */
    private static Grouping cluster(
            String side,
            Workspace workspace,
            VideoGeometry g,
            Tensor x,
            Map<String, GoldenTensor> golden,
            Arena arena) {
        long[] rows = golden.get(side + "_init_rows").longs();
        int clusters = rows.length / x.size(1);
        int[] starts =
                IntStream.range(0, rows.length)
                        .map(i -> (int) rows[i] + i / clusters * x.size(2))
                        .toArray();
        Tensor centroids = workspace.allocate(DType.F32, 1, x.size(1), clusters, x.size(3));
        Grouping grouping = Grouping.allocate(workspace, g, centroids, null);
        grouping.start(
                workspace.ops(), x, workspace.copyOf(Tensor.of(arena, starts, starts.length)));
        int done = 0;
        for (int iterations : ITERATIONS) {
            grouping.cluster(workspace, x, iterations - done, null);
            done = iterations;
            int[] labels =
                    TestDevice.host(workspace.backend(), grouping.labels())
                            .host()
                            .toArray(ValueLayout.JAVA_INT_UNALIGNED);
            byte[] expected = golden.get(side + "_labels_" + iterations).data();
            for (int i = 0; i < labels.length; i++) {
                int label = (expected[2 * i] & 255) + 256 * expected[2 * i + 1];
                assertThat(labels[i]).as("%s label %d after %d", side, i, done).isEqualTo(label);
            }
        }
        assertThat(
                        Errors.relative(
                                TestDevice.host(workspace.backend(), centroids).toFloats(),
                                golden.get(side + "_centroids_4").floats()))
                .isLessThan(2e-5);
        return grouping;
    }

    private static float[] softmax(float[] logits, int row) {
        float[] shares = new float[logits.length];
        for (int from = 0; from < logits.length; from += row) {
            double sum = 0;
            for (int i = from; i < from + row; i++) {
                sum += Math.exp(logits[i]);
            }
            for (int i = from; i < from + row; i++) {
                shares[i] = (float) (Math.exp(logits[i]) / sum);
            }
        }
        return shares;
    }

    /** Where there is text, the golden has a block of padding behind it, which we have not. */
    private static void assertMap(Tensor bits, GoldenTensor map, VideoGeometry g) {
        int padding = g.textTokens() > 0 ? 1 : 0;
        int rows = map.shape().size(2);
        int columns = map.shape().size(3);
        for (int h = 0; h < bits.size(0); h++) {
            for (int c = 0; c < rows - padding; c++) {
                for (int j = 0; j < columns - padding; j++) {
                    long word = ((long) h * bits.size(1) + c) * bits.size(2) + j / 32;
                    int found = bits.host().getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, word);
                    assertThat(found >> j % 32 & 1)
                            .as("head %d, queries %d, keys %d", h, c, j)
                            .isEqualTo(map.data()[(h * rows + c) * columns + j]);
                }
            }
        }
        assertThat(bits.size(1)).isEqualTo(rows - padding);
    }
}
