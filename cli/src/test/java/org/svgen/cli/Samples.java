package org.svgen.cli;

import java.awt.image.BufferedImage;
import java.lang.foreign.Arena;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.lab.study.PromptChoice;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Latents;
import org.svgen.pipeline.Sampling;
import org.svgen.server.job.JobId;
import org.svgen.setting.Setting;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.Goldens;

/** Some value of each type, to call methods with that shall refuse one of their arguments. */
final class Samples {
    /** True if argument {@code i} may be null or cannot be. */
    static boolean takesNull(Executable door, int i) {
        Parameter parameter = door.getParameters()[i];
        return parameter.getType().isPrimitive()
                || door.getAnnotatedParameterTypes()[i].isAnnotationPresent(Nullable.class);
    }

    /** What {@code door} says to null in place of argument {@code i}. */
    String answerToNull(Executable door, int i) {
        try {
            Object[] arguments =
                    Arrays.stream(door.getParameters()).map(p -> of(p.getType())).toArray();
            arguments[i] = null;
            switch (door) {
                case Constructor<?> constructor -> constructor.newInstance(arguments);
                case Method method -> method.invoke(null, arguments);
            }
            return "takes it";
        } catch (InvocationTargetException e) {
            return e.getCause() instanceof NullPointerException cause
                    ? String.valueOf(cause.getMessage())
                    : "answers by " + e.getCause();
        } catch (ReflectiveOperationException | RuntimeException | AssertionError e) {
            return "cannot be tried: " + e;
        }
    }

    private Object of(Class<?> type) {
        if (type == int.class || type == long.class) {
            return 1;
        }
        if (type == double.class || type == float.class) {
            return 1f;
        }
        if (type == boolean.class) {
            return true;
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type.isArray()) {
            return java.lang.reflect.Array.newInstance(type.getComponentType(), 1);
        }
        return switch (type.getSimpleName()) {
            case "String" -> "x";
            case "Object" -> "x";
            case "Throwable" -> new IllegalStateException();
            case "Path" -> Path.of("x");
            case "List" -> List.of();
            case "Set" -> Set.of();
            case "Map" -> Map.of();
            case "Optional" -> Optional.empty();
            case "OptionalInt" -> OptionalInt.empty();
            case "OptionalLong" -> OptionalLong.empty();
            case "OptionalDouble" -> OptionalDouble.empty();
            case "ProxySelector" -> ProxySelector.getDefault();
            case "URI" -> URI.create("http://localhost");
            case "Duration" -> Duration.ZERO;
            case "HttpClient" -> HttpClient.newHttpClient();
            case "BigInteger" -> BigInteger.ONE;
            case "Double" -> 1.0;
            case "Arena" -> Arena.global();
            case "Tensor" -> Tensor.zeros(Arena.global(), DType.F32, 1);
            case "BufferedImage" -> new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
            case "Graphics2D" ->
                    new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
            case "Amount" -> new Amount.Count(1);
            case "Sampling" -> Sampling.of(1, 1);
            case "Setting" -> Setting.flag("x", true, "");
            case "Clip" -> new Clip(1, 1, 1, 1);
            case "Latents" -> new Latents(1);
            case "JobId" -> JobId.random();
            case "PromptChoice" -> new PromptChoice.Given(List.of());
            case "Checkpoint" -> Checkpoint.open(Goldens.folder("cogvideox-t2v-tiny"));
            case "ModelSpec" -> ModelSpec.of(Path.of("x"));
            case "Config" -> Config.parse(Path.of("x"), new byte[] {'{', '}'});
            default -> type.isInterface() ? proxy(type) : made(type);
        };
    }

    private static Object proxy(Class<?> type) {
        return Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> null);
    }

    /** By the constructor with the fewest arguments. */
    private Object made(Class<?> type) {
        Constructor<?> shortest =
                Arrays.stream(type.getDeclaredConstructors())
                        .min(Comparator.comparingInt(Constructor::getParameterCount))
                        .orElseThrow(() -> new AssertionError("no sample of " + type));
        try {
            shortest.setAccessible(true);
            return shortest.newInstance(
                    Arrays.stream(shortest.getParameterTypes()).map(this::of).toArray());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("no sample of " + type, e);
        }
    }
}
