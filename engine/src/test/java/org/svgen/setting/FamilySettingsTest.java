package org.svgen.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;

class FamilySettingsTest {
    private static final Setting<Double> NEAR =
            Setting.of("howNear", Values.numbers(0, 1), 0.5, "FRACTION", "Near.");
    private static final Setting<Boolean> RISE = Setting.flag("rise", true, "Rise.");

    @Test
    void aSettingIsWhatItIsByDefaultUntilItIsSet() {
        assertThat(FamilySettings.NONE.get(NEAR)).isEqualTo(0.5);
        FamilySettings all = FamilySettings.NONE.with(NEAR, 1.0).with("rise", false);
        assertThat(all.get(NEAR)).isEqualTo(1);
        assertThat(all.get(RISE)).isFalse();
        assertThat(all.keyed()).isEqualTo(Map.of("how_near", 1.0, "rise", false));
        assertThat(all.with(NEAR, 0.5).with(RISE, true))
                .isEqualTo(new FamilySettings(Map.of("howNear", 0.5, "rise", true)));
        assertThat(FamilySettings.NONE.values()).isEmpty();
    }

    @Test
    void aValueThatItDoesNotTakeIsRefusedAtOnceOrWhereTheNameIsKnown() {
        assertThatThrownBy(() -> FamilySettings.NONE.with(NEAR, 1.5))
                .isInstanceOf(BadInputException.class)
                .hasMessage("howNear: expected a number from 0 to 1, found 1.5");
        FamilySettings byName = FamilySettings.NONE.with("howNear", "close");
        assertThatThrownBy(() -> byName.get(NEAR))
                .isInstanceOf(BadInputException.class)
                .hasMessage("howNear: expected a number from 0 to 1, found 'close'");
    }

    @Test
    void onlyPlainValuesAreKept() {
        assertThatThrownBy(() -> FamilySettings.NONE.with("a", List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a: ");
        Map<String, Object> mine = new HashMap<>(Map.of("a", 1));
        FamilySettings kept = new FamilySettings(mine);
        mine.put("b", 2);
        assertThat(kept.values()).isEqualTo(Map.of("a", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HowNear", "how-near", "how_near", "1st"})
    void namesAreInCamelCaseSoThatOptionsAndKeysCanBeMadeOfThem(String name) {
        assertThatThrownBy(() -> Setting.flag(name, true, ""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theDefaultIsOneOfTheValues() {
        assertThatThrownBy(() -> Setting.of("near", Values.numbers(0, 1), 2.0, "N", ""))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("near");
    }
}
