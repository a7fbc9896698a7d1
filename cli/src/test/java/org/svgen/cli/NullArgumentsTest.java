package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Executable;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;
import org.svgen.tensor.device.Backends;

/**
 * What programs call refuses null at its door, by the argument's name: every public constructor and
 * static method of the packages that are the library.
 */
class NullArgumentsTest {
    private static final String[] PACKAGES = {
        "org.svgen.setting",
        "org.svgen.pipeline",
        "org.svgen.models",
        "org.svgen.forecast",
        "org.svgen.media",
        "org.svgen.lab.metrics",
        "org.svgen.lab.weights",
        "org.svgen.lab.heads",
        "org.svgen.lab.study",
        "org.svgen.lab.study.file",
        "org.svgen.lab.statistics",
        "org.svgen.checkpoint.torch",
        "org.svgen.lab.report",
        "org.svgen.server.job",
        "org.svgen.server.store",
        "org.svgen.server.store.sql",
        "org.svgen.server.blob",
        "org.svgen.hub"
    };
    private static final List<Class<?>> TENSOR =
            List.of(Backends.class, BadInputException.class, Field.class, Message.class);

    /** Public for the benchmarks alone: no program calls them. */
    private static final Set<String> ENGINE_ROOM = Set.of("OpProbe", "WorkTimer");

    @Test
    void aNullArgumentIsRefusedByName() {
        Samples samples = new Samples();
        List<String> wrong = new ArrayList<>();
        int tried = 0;
        for (Class<?> type : publicTypes()) {
            for (Executable door : doors(type)) {
                for (int i = 0; i < door.getParameterCount(); i++) {
                    if (Samples.takesNull(door, i)) {
                        continue;
                    }
                    tried++;
                    String answer = samples.answerToNull(door, i);
                    String name = door.getParameters()[i].getName();
                    if (!answer.equals(name)) {
                        wrong.add("%s, %s: %s".formatted(door, name, answer));
                    }
                }
            }
        }
        assertThat(String.join("\n", wrong)).isEmpty();
        assertThat(tried).isGreaterThan(100);
    }

    private static List<Class<?>> publicTypes() {
        Stream<Class<?>> found =
                new ClassFileImporter()
                                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                                .importPackages(PACKAGES)
                                .stream()
                                .filter(c -> Arrays.asList(PACKAGES).contains(c.getPackageName()))
                                .map(JavaClass::reflect);
        return Stream.concat(found, TENSOR.stream())
                .filter(NullArgumentsTest::isPublic)
                .filter(c -> !Throwable.class.isAssignableFrom(c) || TENSOR.contains(c))
                .filter(c -> !ENGINE_ROOM.contains(outermost(c).getSimpleName()))
                .toList();
    }

    private static Class<?> outermost(Class<?> type) {
        return type.getEnclosingClass() == null ? type : outermost(type.getEnclosingClass());
    }

    private static boolean isPublic(Class<?> type) {
        for (Class<?> c = type; c != null; c = c.getEnclosingClass()) {
            if (!Modifier.isPublic(c.getModifiers())) {
                return false;
            }
        }
        return true;
    }

    private static List<Executable> doors(Class<?> type) {
        List<Executable> doors = new ArrayList<>();
        boolean throwable = Throwable.class.isAssignableFrom(type); // may have no message
        if (!Modifier.isAbstract(type.getModifiers()) && !throwable) {
            doors.addAll(Arrays.asList(type.getConstructors()));
        }
        Arrays.stream(type.getDeclaredMethods())
                .filter(m -> Modifier.isPublic(m.getModifiers()) && !m.isSynthetic())
                .filter(m -> Modifier.isStatic(m.getModifiers()))
                .filter(m -> !m.getName().equals("valueOf"))
                .forEach(doors::add);
        return doors;
    }
}
