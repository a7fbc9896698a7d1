package org.svgen.sparse;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.state.State;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/** Takes the state of a policy to another one, as a checkpoint does. */
final class Carried implements State {
    private final String prefix;
    private final Map<String, Object> kept;
    private final @Nullable Backend from; // none gives back
    private final Backend to;

    private Carried(String prefix, Map<String, Object> kept, @Nullable Backend from, Backend to) {
        this.prefix = prefix;
        this.kept = kept;
        this.from = from;
        this.to = to;
    }

    static void over(AttentionPolicy one, Backend from, AttentionPolicy other, Backend to) {
        Map<String, Object> kept = new HashMap<>();
        one.state(new Carried("", kept, from, to));
        other.state(new Carried("", kept, null, to));
    }

    @SuppressWarnings("unchecked")
    private <T> T pass(String name, T now) {
        if (from != null) {
            kept.put(prefix + name, now);
            return now;
        }
        return (T) Objects.requireNonNull(kept.get(prefix + name), name);
    }

    @Override
    public State part(String name) {
        return new Carried(prefix + name + ".", kept, from, to);
    }

    @Override
    public long whole(String name, long now) {
        return pass(name, now);
    }

    @Override
    public double number(String name, double now) {
        return pass(name, now);
    }

    @Override
    public List<String> texts(String name, List<String> now) {
        return pass(name, now);
    }

    @Override
    public long[] wholes(String name, long... now) {
        return pass(name, now);
    }

    @Override
    public double[] numbers(String name, double... now) {
        return pass(name, now);
    }

    @Override
    public void tensor(String name, Tensor tensor) {
        if (from != null) {
            Tensor host = Tensor.zeros(Arena.ofAuto(), tensor.dtype(), tensor.shape().dims());
            from.download(tensor, host);
            kept.put(prefix + name, host);
        } else {
            to.write((Tensor) Objects.requireNonNull(kept.get(prefix + name)), tensor);
        }
    }
}
