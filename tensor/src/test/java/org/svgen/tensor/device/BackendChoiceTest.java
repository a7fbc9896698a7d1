package org.svgen.tensor.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.BadInputException;

class BackendChoiceTest {
    private static BackendProvider unusable(String kind, String reason) {
        return provider(kind, true, Optional.of(reason));
    }

    private static BackendProvider provider(String kind, boolean present, Optional<String> reason) {
        return new BackendProvider() {
            @Override
            public String kind() {
                return kind;
            }

            @Override
            public int preference() {
                return 0;
            }

            @Override
            public Optional<String> unavailable() {
                return reason;
            }

            @Override
            public boolean present() {
                return present;
            }

            @Override
            public Backend open(int index) {
                assertThat(reason).as("opened though it cannot be used").isEmpty();
                return new DryBackend(new Work());
            }
        };
    }

    @Test
    void autoTellsOfThePreferredDeviceThatIsThereAndPassedOverAndOfNoOther() {
        List<String> notes = new ArrayList<>();
        List<BackendProvider> all =
                List.of(
                        provider("npu", false, Optional.of("no such device")),
                        unusable("cuda", "driver too old"),
                        provider("cpu", true, Optional.empty()));
        Backends.open("auto", all, notes::add).close();
        assertThat(notes).containsExactly("cuda is not used: driver too old");
    }

    @Test
    void autoSaysInOneLineWhyNothingCanBeUsed() {
        List<BackendProvider> all =
                List.of(unusable("cuda", "driver too old"), unusable("cpu", "flag missing"));
        assertThatThrownBy(() -> Backends.open("auto", all, note -> {}))
                .isInstanceOf(BadInputException.class)
                .hasMessage("device auto cannot be used: cuda: driver too old; cpu: flag missing");
    }

    @Test
    void aDeviceOfNoKindIsAnErrorOfItsField() {
        List<BackendProvider> all = List.of(unusable("cuda", ""), unusable("cpu", ""));
        assertThatThrownBy(() -> Backends.open("tpu", all, note -> {}))
                .isInstanceOfSatisfying(
                        BadInputException.class,
                        e -> {
                            assertThat(e.field()).hasValue("device");
                            assertThat(e.text(f -> "--" + f))
                                    .isEqualTo(
                                            "--device: expected auto, cpu, cuda or cuda:N, found 'tpu'");
                        });
    }
}
