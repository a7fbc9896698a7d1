package org.svgen.checkpoint.torch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.svgen.checkpoint.Untrusted;
import org.svgen.checkpoint.torch.Value.Items;
import org.svgen.checkpoint.torch.Value.Name;
import org.svgen.checkpoint.torch.Value.Pairs;
import org.svgen.checkpoint.torch.Value.Storage;
import org.svgen.checkpoint.torch.Value.Text;
import org.svgen.checkpoint.torch.Value.View;
import org.svgen.checkpoint.torch.Value.Whole;
import org.svgen.tensor.DType;

/** The few functions and classes that state dicts name, and what comes of calling them. */
final class Calls {
    private static final String STORAGE = "Storage";

    private Calls() {}

    /** What a name means. */
    sealed interface Known {
        /** {@code collections.OrderedDict}. */
        record Dict() implements Known {}

        /** {@code torch._utils._rebuild_tensor} and its successor. */
        record Tensor() implements Known {}

        /** {@code torch.nn.parameter.Parameter}, and what rebuilds one. */
        record Parameter() implements Known {}

        /** The class of numbers of a type. */
        record Numbers(DType type) implements Known {}
    }

    /**
     * {@return what {@code module.name} means}
     *
     * @throws NotTensorsException if state dicts need no such thing
     */
    static Name named(String module, String name) throws NotTensorsException {
        String whole = module + "." + name;
        Known known =
                switch (whole) {
                    case "collections.OrderedDict" -> new Known.Dict();
                    case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" ->
                            new Known.Tensor();
                    case "torch._utils._rebuild_parameter", "torch.nn.parameter.Parameter" ->
                            new Known.Parameter();
                    default ->
                            numbers(module, name)
                                    .map(Known.Numbers::new)
                                    .orElseThrow(() ->
                                            new NotTensorsException(
                                                    "expected tensors and nothing else, found code: it names %s; nothing of it was run"
                                                            .formatted(Untrusted.quoted(whole))));
                };
        return new Name(known);
    }

    private static Optional<DType> numbers(String module, String name) {
        if (!module.equals("torch") || !name.endsWith(STORAGE)) {
            return Optional.empty();
        }
        return switch (name.substring(0, name.length() - STORAGE.length())) {
            case "Double" -> Optional.of(DType.F64);
            case "Float" -> Optional.of(DType.F32);
            case "Half" -> Optional.of(DType.F16);
            case "BFloat16" -> Optional.of(DType.BF16);
            case "Long" -> Optional.of(DType.I64);
            case "Int" -> Optional.of(DType.I32);
            case "Short" -> Optional.of(DType.I16);
            case "Char" -> Optional.of(DType.I8);
            case "Byte" -> Optional.of(DType.U8);
            case "Bool" -> Optional.of(DType.BOOL);
            default -> Optional.empty();
        };
    }

    /**
     * {@return what a call gives}
     *
     * @throws NotTensorsException if nothing that is known can be called so
     */
    static Value call(Value function, Value arguments) throws NotTensorsException {
        if (function instanceof Name(Known known) && arguments instanceof Items(List<Value> all)) {
            switch (known) {
                case Known.Dict _ -> {
                    return dict(all);
                }
                case Known.Tensor _ -> {
                    return view(all);
                }
                case Known.Parameter _ -> {
                    if (!all.isEmpty() && all.getFirst() instanceof View view) {
                        return view;
                    }
                }
                case Known.Numbers _ -> {}
            }
        }
        throw new NotTensorsException("expected tensors, found a call that makes none");
    }

    private static Pairs dict(List<Value> arguments) throws NotTensorsException {
        Map<String, Value> pairs = new LinkedHashMap<>();
        if (!arguments.isEmpty()) {
            for (Value pair : items(arguments.getFirst())) {
                List<Value> two = items(pair);
                if (two.size() != 2 || !(two.getFirst() instanceof Text(String key))) {
                    throw new NotTensorsException("expected a dict of pairs");
                }
                pairs.put(key, two.getLast());
            }
        }
        return new Pairs(pairs);
    }

    /** Of storage, offset, sizes and strides; what follows tells how to train it. */
    private static View view(List<Value> arguments) throws NotTensorsException {
        if (arguments.size() >= 4
                && arguments.getFirst() instanceof Storage storage
                && arguments.get(1) instanceof Whole(long offset)) {
            return new View(storage, offset, numbers(arguments.get(2)), numbers(arguments.get(3)));
        }
        throw new NotTensorsException("expected a tensor as storage, offset, sizes and strides");
    }

    private static List<Long> numbers(Value value) throws NotTensorsException {
        List<Long> out = new ArrayList<>();
        for (Value item : items(value)) {
            if (!(item instanceof Whole(long number))) {
                throw new NotTensorsException("expected sizes and strides as whole numbers");
            }
            out.add(number);
        }
        return out;
    }

    static List<Value> items(Value value) throws NotTensorsException {
        if (value instanceof Items(List<Value> items)) {
            return items;
        }
        throw new NotTensorsException("expected a list or a tuple");
    }

    /**
     * {@return the storage that a persistent id means}
     *
     * @throws NotTensorsException if it means something else
     */
    static Storage storage(Value id) throws NotTensorsException {
        List<Value> parts = items(id);
        if (parts.size() >= 5
                && parts.getFirst() instanceof Text(String kind)
                && kind.equals("storage")
                && parts.get(1) instanceof Name(Known.Numbers(DType type))
                && parts.get(2) instanceof Text(String key)
                && parts.get(4) instanceof Whole(long count)
                && count >= 0
                && (parts.size() == 5 || parts.get(5) == Value.Nothing.NOTHING)) {
            return new Storage(type, key, count);
        }
        throw new NotTensorsException(
                "expected numbers as (\"storage\", type, key, device, count)");
    }
}
