package org.svgen.resume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.state.State;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.FarBackend;

class StoredRunTest {
    private static final CheckpointInfo INFO =
            new CheckpointInfo(
                    CheckpointInfo.FORMAT,
                    3,
                    9,
                    "1.2",
                    "Pipeline toy",
                    "abc",
                    "cpu",
                    "f32",
                    Map.of("prompt", "a \"quoted\" prompt", "steps", "9"),
                    "def",
                    Map.of("who", "a test"));

    @TempDir Path folder;

    private Path file() {
        return folder.resolve("checkpoint");
    }

    /** One of each kind of value. */
    private static final class Values {
        long whole = Long.MIN_VALUE + 1;
        double infinite = Double.NEGATIVE_INFINITY;
        double nothing = Double.NaN;
        double third = 1 / 3.0;
        boolean flag = true;
        List<String> texts = List.of("", "st d", "ä");
        long[] wholes = {1, -2, Long.MAX_VALUE};
        double[] numbers = {0.1, -0.0, Double.NaN, Double.POSITIVE_INFINITY};
        double[] none = {};

        void state(State state, Tensor tensor) {
            State part = state.part("part");
            whole = part.whole("whole", whole);
            infinite = part.number("infinite", infinite);
            nothing = part.number("nothing", nothing);
            third = part.number("third", third);
            flag = part.flag("flag", flag);
            texts = part.texts("texts", texts);
            wholes = part.wholes("wholes", wholes);
            numbers = part.numbers("numbers", numbers);
            none = state.numbers("none", none);
            state.tensor("tensor", tensor);
        }
    }

    private void write(Backend backend, Tensor tensor) {
        SavedRun saved = new SavedRun(backend);
        new Values().state(saved, tensor);
        saved.write(file(), INFO);
    }

    private void write() {
        try (Backend backend = Backends.open("cpu", note -> {});
                Arena arena = Arena.ofConfined()) {
            write(backend, Tensor.of(arena, new float[] {1, 2, 3}, 3));
        }
    }

    @Test
    void everyValueComesBackBitByBit() {
        write();
        Values back = new Values();
        back.whole = 0;
        back.infinite = 0;
        back.nothing = 0;
        back.third = 0;
        back.flag = false;
        back.texts = List.of();
        back.wholes = new long[0];
        back.numbers = new double[9];
        back.none = new double[1];
        try (Backend backend = Backends.open("cpu", note -> {});
                StoredRun stored = StoredRun.open(file());
                Arena arena = Arena.ofConfined()) {
            stored.requireWhole(() -> {});
            assertThat(stored.info()).isEqualTo(INFO);
            Tensor tensor = Tensor.zeros(arena, DType.F32, 3);
            back.state(stored.state(backend), tensor);
            assertThat(tensor.toFloats()).containsExactly(1, 2, 3);
        }
        // Which tells the zeros apart, and takes all NaN for one.
        assertThat(back)
                .usingRecursiveComparison()
                .withComparatorForType(Double::compare, Double.class)
                .isEqualTo(new Values());
    }

    /** More than a piece, whose last part is short, in memory that is not the host's. */
    @Test
    void aLargeTensorOfADeviceIsFetchedInPieces() {
        int elements = (20 << 20) / 4 + 5;
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = i;
        }
        try (FarBackend far = new FarBackend(1L << 30);
                Arena arena = Arena.ofConfined()) {
            Tensor device =
                    new Tensor(DType.F32, Shape.of(elements), far.allocate(4L * elements), 0);
            far.write(Tensor.of(arena, values, elements), device);
            SavedRun saved = new SavedRun(far);
            saved.tensor("large", device);
            assertThat(saved.bytes()).isEqualTo(4L * elements);
            saved.write(file(), INFO);
            far.write(Tensor.zeros(arena, DType.F32, elements), device);
            try (StoredRun stored = StoredRun.open(file())) {
                stored.requireWhole(() -> {});
                stored.state(far).tensor("large", device);
            }
            Tensor back = Tensor.zeros(arena, DType.F32, elements);
            far.download(device, back);
            assertThat(back.toFloats()).isEqualTo(values);
            far.release(device.storage());
        }
    }

    @Test
    void aBitThatChangedAnywhereIsFound() throws IOException {
        write();
        byte[] whole = Files.readAllBytes(file());
        for (int at = 0; at < whole.length; at += 5) {
            byte[] changed = whole.clone();
            changed[at] ^= (byte) (1 << at / 5 % 8);
            Files.write(file(), changed);
            assertThatThrownBy(StoredRunTest.this::open)
                    .as("byte %d", at)
                    .isInstanceOf(CheckpointException.class);
        }
        Files.write(file(), whole);
        open();
    }

    private void open() {
        try (StoredRun stored = StoredRun.open(file())) {
            stored.requireWhole(() -> {});
        }
    }

    @Test
    void aFileThatWasCutShortIsFoundWhereverItWasCut() throws IOException {
        write();
        byte[] whole = Files.readAllBytes(file());
        for (int length = 0; length < whole.length; length += 101) {
            Files.write(file(), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> CheckpointInfo.read(file()))
                    .as("%d bytes", length)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("damaged");
        }
    }

    @Test
    void aFileOfANewerFormatSaysSo() throws IOException {
        write();
        byte[] whole = Files.readAllBytes(file());
        String text = new String(whole, StandardCharsets.ISO_8859_1);
        String newer = text.replace("{\\\"format\\\":1,", "{\\\"format\\\":7,");
        assertThat(newer).isNotEqualTo(text);
        Files.write(file(), newer.getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> CheckpointInfo.read(file()))
                .hasMessage(
                        "cannot go on from %s: format: expected 1, found 7, which a newer version of svgen wrote",
                        file());
    }

    @Test
    void allThatDiffersIsSaid() {
        write();
        CheckpointInfo here =
                new CheckpointInfo(
                        CheckpointInfo.FORMAT,
                        0,
                        9,
                        "1.3",
                        "Pipeline toy",
                        "fff",
                        "gpu",
                        "bf16",
                        Map.of("prompt", "another", "image", "123"),
                        "000",
                        Map.of());
        try (StoredRun stored = StoredRun.open(file())) {
            stored.require(INFO);
            assertThatThrownBy(() -> stored.require(here))
                    .isInstanceOfSatisfying(
                            CheckpointException.class,
                            e ->
                                    assertThat(e.reasons())
                                            .containsExactly(
                                                    "version of svgen: expected 1.3, found 1.2",
                                                    "device: expected gpu, found cpu",
                                                    "activations: expected bf16, found f32",
                                                    "image: expected 123, found none",
                                                    "prompt: expected another, found a \"quoted\" prompt",
                                                    "steps: expected none, found 9",
                                                    "model: expected Pipeline toy of hash fff, found Pipeline toy of hash abc"));
        }
    }

    /** Nothing half-written is left, and what was there stays. */
    @Test
    void aWriteThatFailsLeavesWhatWasThere() throws IOException {
        write();
        byte[] before = Files.readAllBytes(file());
        try (FarBackend far = new FarBackend(1 << 20)) {
            SavedRun saved = new SavedRun(far);
            saved.tensor("gone", Tensor.phantom(DType.F32, 5)); // which cannot be fetched
            assertThatThrownBy(() -> saved.write(file(), INFO))
                    .isInstanceOf(RuntimeException.class);
        }
        assertThat(file()).hasBinaryContent(before);
        assertThat(folder.toFile().list()).containsExactly("checkpoint");
    }

    @Test
    void aCheckpointIsDueByStepsTimeAndCost() {
        Pace pace = new Pace(2, Duration.ofSeconds(10), 0.01);
        double milli = 1e6;
        assertThat(pace.due(2, 10_000_000_000L, 100 * milli)).isTrue();
        assertThat(pace.due(1, 10_000_000_000L, 0)).isFalse();
        assertThat(pace.due(9, 9_999_999_999L, 0)).isFalse();
        assertThat(pace.due(9, 10_000_000_000L, 101 * milli)).isFalse();
        assertThat(pace.due(9, 20_000_000_000L, 200 * milli)).isTrue();
        assertThat(Pace.EACH_STEP.due(1, 0, 1e15)).isTrue();
    }
}
