package org.svgen.tensor.device;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/** The operations that a run asks for: which, on what sizes, how often. */
public final class Work {
    private final Map<List<Object>, Call> calls = new LinkedHashMap<>();

    /** Nothing counted yet. */
    public Work() {}

    /** What operations of the same name and sizes have in common. */
    public static final class Call {
        private final Method method;
        private final @Nullable Object[] args;
        private long count;

        Call(Method method, @Nullable Object[] args) {
            this.method = method;
            this.args = args;
        }

        /** {@return the method of {@link Ops}} */
        public String operation() {
            return method.getName();
        }

        /** {@return how often it was asked for} */
        public long count() {
            return count;
        }

        /**
         * {@return what it does beyond the plainest form: {@code gelu}, {@code dense}, {@code kept
         * 0.25}}
         */
        public String variant() {
            return OpVariant.of(operation(), args);
        }

        /** {@return what one of them takes, see {@link OpCost}} */
        public double cost() {
            return OpCost.of(operation(), args);
        }

        /** {@return floating point operations of one of them; 0 where it only moves data} */
        public double operations() {
            return OpCost.operations(operation(), args);
        }

        /** {@return bytes that one of them reads and writes, however it is done} */
        public double bytes() {
            return OpCost.bytes(operation(), args);
        }

        /** {@return what all of them take} */
        public double total() {
            return count * cost();
        }

        /**
         * {@return the same operation on a part of its operands, at most {@code share} of them}
         *
         * @param share a fraction of it, 0 to 1
         */
        public Call cut(double share) {
            return share >= 1 ? this : new Call(method, OpCut.cut(operation(), args, share));
        }

        /** {@return every tensor that it reads or writes, or none where it has none} */
        public List<Tensor> tensors() {
            List<Tensor> found = new ArrayList<>();
            replaced(t -> {
                found.add(t);
                return t;
            });
            return found;
        }

        /**
         * {@return the same operation on other tensors of the same types and shapes}
         *
         * @param tensors gives the tensor that takes the place of one
         */
        public Call with(UnaryOperator<Tensor> tensors) {
            return new Call(method, replaced(tensors));
        }

        /**
         * Does it.
         *
         * @param ops runs it
         */
        public void run(Ops ops) {
            try {
                method.invoke(ops, args);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            } catch (InvocationTargetException e) {
                if (e.getTargetException() instanceof IllegalStateException stopped) {
                    throw stopped; // the device was closed
                }
                if (e.getTargetException() instanceof SvgenException told) {
                    throw told;
                }
                throw new SvgenException(operation() + " cannot be measured", e);
            }
        }

        private @Nullable Object[] replaced(UnaryOperator<Tensor> tensors) {
            @Nullable Object[] with = args.clone();
            for (int i = 0; i < with.length; i++) {
                with[i] =
                        switch (with[i]) {
                            case Tensor t -> tensors.apply(t);
                            case HeadNorm n ->
                                    new HeadNorm(
                                            n.kind(),
                                            n.weight() == null ? null : tensors.apply(n.weight()),
                                            n.bias() == null ? null : tensors.apply(n.bias()),
                                            n.eps());
                            case null, default -> with[i];
                        };
            }
            return with;
        }
    }

    void count(Method method, @Nullable Object[] args) {
        List<Object> key = new ArrayList<>();
        key.add(method);
        for (Object arg : args) {
            switch (arg) {
                case Tensor t -> {
                    key.add(t.dtype());
                    key.add(t.shape());
                }
                case AttentionPlan plan ->
                        // By identity: patterns are made once a run, and long to compare.
                        key.add(System.identityHashCode(plan.kinds().getFirst().pattern()));
                case HeadNorm norm -> key.add(norm.kind());
                case Activation f -> key.add(f);
                case null -> key.add("");
                default -> {}
            }
        }
        calls.computeIfAbsent(key, _ -> new Call(method, args)).count++;
    }

    /** {@return each operation once, in the order of its first call} */
    public List<Call> calls() {
        return List.copyOf(calls.values());
    }

    /** {@return what all of it takes, see {@link OpCost}} */
    public double cost() {
        return calls.values().stream().mapToDouble(Call::total).sum();
    }

    /**
     * {@return those of {@code calls} of one operation that take most}
     *
     * @param calls to choose from
     * @param most so many at the most
     * @param enough no further ones are needed once this part of all is covered
     */
    public static List<Call> largest(Collection<Call> calls, int most, double enough) {
        List<Call> sorted = new ArrayList<>(calls);
        sorted.sort(Comparator.comparingDouble(Call::total).reversed());
        double left = enough * calls.stream().mapToDouble(Call::total).sum();
        List<Call> largest = new ArrayList<>();
        for (Call call : sorted) {
            if (largest.size() < most && left > 0) {
                largest.add(call);
                left -= call.total();
            }
        }
        return largest;
    }
}
