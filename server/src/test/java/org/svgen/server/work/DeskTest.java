package org.svgen.server.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.pipeline.VideoSize;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.Lease;

/** The desk answers while the device is busy, by the rules of the models. */
class DeskTest {
    @TempDir Path folder;
    private final Backend cpu = Backends.open("cpu", note -> {});

    @AfterEach
    void close() {
        cpu.close();
    }

    private Desk desk(long capacity) {
        Desk desk =
                new Desk(
                        List.of(ModelSource.of("demo", Factory.DEMO)),
                        new Estimates(new Pace(folder.resolve("pace.json"))),
                        Long.MAX_VALUE,
                        () -> 3);
        desk.open(cpu, () -> capacity);
        return desk;
    }

    private static Order order(Map<String, Object> changed) {
        Map<String, Object> settings = new HashMap<>(Factory.small(4));
        settings.putAll(changed);
        return new Order("demo", settings, Map.of());
    }

    @Test
    void plansDoNotWaitForTheDevice() throws InterruptedException {
        try (Desk desk = desk(1L << 40)) {
            Thread busy =
                    Thread.ofPlatform()
                            .start(() -> {
                                try (Lease alone = cpu.lease(() -> {})) {
                                    Thread.sleep(60_000);
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                }
                            });
            Thread.sleep(100);
            Foreseen foreseen = desk.plan(order(Map.of()));
            assertThat(foreseen.feasible()).isTrue();
            assertThat(foreseen.tokens()).isEqualTo(192);
            assertThat(foreseen.seconds().orElseThrow())
                    .isBetween(
                            foreseen.secondsLow().orElseThrow(),
                            foreseen.secondsHigh().orElseThrow());
            assertThat(foreseen.stages())
                    .extracting(stage -> stage.get("stage"))
                    .containsExactly("text", "denoise", "decode");
            assertThat(desk.check(order(Map.of())).recipeHash()).hasSize(64);
            assertThat(desk.waitSeconds("demo", 0)).hasValue(3);
            assertThat(busy.isAlive()).isTrue();
            busy.interrupt();
            busy.join();
        }
    }

    @Test
    void theSameOrderHasTheSameRecipeHashAndAnotherSeedAnother() {
        try (Desk desk = desk(1L << 40)) {
            String one = desk.check(order(Map.of())).recipeHash();
            assertThat(desk.check(order(Map.of())).recipeHash()).isEqualTo(one);
            assertThat(desk.check(order(Map.of("seed", 8))).recipeHash()).isNotEqualTo(one);
        }
    }

    @Test
    void whatFindsNoRoomIsRefusedWithWhatWould() {
        try (Desk desk = desk(20_000_000)) {
            Order large = order(Map.of("width", 160, "height", 160, "frames", 33));
            assertThatThrownBy(() -> desk.check(large)).hasMessageContaining("what would fit");
            Foreseen foreseen = desk.plan(large);
            assertThat(foreseen.feasible()).isFalse();
            assertThat(foreseen.reason()).contains("need at least");
            assertThat(foreseen.alternatives()).isNotEmpty();
            Order fits = order(foreseen.alternatives().getFirst().settings());
            assertThat(desk.plan(fits).feasible()).isTrue();
        }
        try (Desk desk = desk(1000)) {
            assertThat(desk.plan(order(Map.of())).alternatives()).isEmpty();
            assertThat(desk.waitSeconds("demo", 2)).hasValue(3);
        }
    }

    /** They would keep all other plans waiting, and their bytes are more than 64 bits count. */
    @Test
    void whatNoMemoryAndNoPatienceSufficesForIsRefusedAtOnce() {
        try (Desk desk = desk(1L << 40)) {
            assertThatThrownBy(() -> desk.plan(order(Map.of("frames", 8_000_001))))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage("frames: expected at most 10000, found 8000001");
            int side = 2_147_483_640;
            Foreseen huge = desk.plan(order(Map.of("width", side, "height", side, "frames", 9)));
            assertThat(huge.feasible()).isFalse();
            assertThat(huge.reason()).contains("of the host's memory by themselves");
        }
    }

    @Test
    void whatAModelCannotMakeIsRefusedAndTheNearestIsKnown() {
        try (Desk desk = desk(1L << 40)) {
            assertThatThrownBy(() -> desk.check(order(Map.of("width", 70))))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage("width 70: expected a multiple of 8; the nearest are 64 and 72");
            assertThatThrownBy(() -> desk.check(order(Map.of("steps", 0))))
                    .hasMessageContaining("steps");
            assertThatThrownBy(() -> desk.check(order(Map.of("attentionDtype", "fp8"))))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("expected a device that attends in 8 bits");
            assertThat(desk.nearest("demo", new VideoSize(1280, 719, 48, 24)))
                    .isEqualTo(new VideoSize(1280, 720, 49, 24));
            assertThatThrownBy(() -> desk.check(new Order("sora-2", Map.of(), Map.of())))
                    .hasMessage("there is no model sora-2; there are [demo]");
        }
    }
}
