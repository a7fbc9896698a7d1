package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.svgen.setting.FamilySettings;
import org.svgen.tensor.BadInputException;

/** A list of times and the number of steps agree. */
class TimestepsTest {
    private static final List<Double> LIST = List.of(1000.0, 757.0, 522.5);

    private static Defaults defaults(int steps, List<Double> times) {
        return new Defaults(
                new VideoSize(64, 64, 9, 8),
                Sampling.of(steps, 5),
                AttentionSettings.DEFAULT,
                CacheSettings.NONE,
                FamilySettings.NONE.with(Timesteps.SETTING, times),
                List.of());
    }

    private static RequestBuilder request(int steps, List<Double> times) {
        return Request.builder(defaults(steps, times)).prompt("x");
    }

    @Test
    void stepsFollowAList() {
        Request request = request(50, List.of()).set("timesteps", "1000, 757,522.5").build();
        assertThat(request.steps()).isEqualTo(3);
        assertThat(request.get(Timesteps.SETTING)).isEqualTo(LIST);
        assertThat(request.settings().values()).containsEntry("timesteps", "1000,757,522.5");
        assertThat(request.toBuilder().build()).isEqualTo(request);
        assertThat(request(50, List.of()).set("timesteps", "900").build().steps()).isEqualTo(1);
        assertThat(request(50, List.of()).set("timesteps", "AUTO").build().steps()).isEqualTo(50);
    }

    @Test
    void aModelsListDoesNotHoldForOtherSteps() {
        Request request = request(3, LIST).steps(6).build();
        assertThat(request.steps()).isEqualTo(6);
        assertThat(request.get(Timesteps.SETTING)).isEmpty();
        assertThat(request(3, LIST).steps(3).build().get(Timesteps.SETTING)).isEqualTo(LIST);
    }

    @Test
    void bothMustAgreeWhereSomebodyAsksForBoth() {
        RequestBuilder both = request(50, List.of()).steps(4).set(Timesteps.SETTING, LIST);
        assertThatThrownBy(both::build)
                .isInstanceOf(BadInputException.class)
                .hasMessage("timesteps: expected as many as there are steps, 4, found 3");
        assertThat(both.steps(3).build().steps()).isEqualTo(3);
    }

    /** A model that takes no list has its own steps, and says that the list is not used. */
    @Test
    void stepsOfAModelWithoutListsFollowNothing() {
        Defaults plain =
                Defaults.of(
                        new VideoSize(64, 64, 9, 8), Sampling.of(50, 5), AttentionSettings.DEFAULT);
        Request request = Request.builder(plain).set("timesteps", "1000,500").build();
        assertThat(request.steps()).isEqualTo(50);
    }
}
