package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A class that stands in front of another of its kind hands on every call. What an interface says
 * by default would silently take the place of what the class behind it says.
 */
class StandInsTest {
    @ParameterizedTest
    @CsvSource({
        "org.svgen.tensor.device.GuardedBackend, org.svgen.tensor.device.Backend",
        "org.svgen.bench.TimedBackend, org.svgen.tensor.device.Backend",
        "org.svgen.run.GuardedPipeline, org.svgen.pipeline.VideoPipeline"
    })
    void whatStandsInFrontHandsOnEveryCall(String standIn, String kind) throws Exception {
        List<Method> declared = new ArrayList<>();
        for (Class<?> each = Class.forName(standIn);
                !Object.class.equals(each);
                each = each.getSuperclass()) {
            declared.addAll(List.of(each.getDeclaredMethods()));
        }
        assertThat(Class.forName(kind).getMethods())
                .filteredOn(method -> !Modifier.isStatic(method.getModifiers()))
                .isNotEmpty()
                .allSatisfy(method ->
                        assertThat(declared)
                                .as("%s in %s", method, standIn)
                                .anyMatch(own ->
                                        own.getName().equals(method.getName())
                                                && Arrays.equals(
                                                        own.getParameterTypes(),
                                                        method.getParameterTypes())));
    }
}
