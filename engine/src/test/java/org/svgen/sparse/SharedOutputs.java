package org.svgen.sparse;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;

/**
 * Attention of a transformer, self and cross, as diffusers' PyramidAttentionBroadcast has it where
 * guidance calls the transformer twice a step: a module has one output and one count of calls for
 * both passes, that with the prompt first. So each call is a step to the {@link Broadcast} of the
 * module. It works below the model, whose blocks take both passes in one batch.
 */
public final class SharedOutputs implements AutoCloseable {
    private static final int PASSES = 2;
    private static final double ABOVE = 100; // timesteps of the golden's range
    private static final double BELOW = 900;

    private final Backend backend;
    private final Workspace kept;
    private final double[] timesteps;
    private final int[] every;
    private final List<Broadcast> modules = new ArrayList<>();
    private final List<Boolean> computed = new ArrayList<>();
    private int attentions;

    /**
     * Nothing attended to yet.
     *
     * @param backend computes; stays the caller's
     * @param timesteps of the run
     * @param every for each attention module, in the order in which a pass comes through them:
     *     which of its calls attend within the range
     */
    public SharedOutputs(Backend backend, double[] timesteps, int... every) {
        this.backend = backend;
        this.kept = new Workspace(backend, 1 << 20);
        this.timesteps = timesteps.clone();
        this.every = every.clone();
    }

    /** {@return the device as the model is to see it} */
    public Backend backend() {
        Ops ops = this::run;
        return (Backend)
                Proxy.newProxyInstance(
                        Backend.class.getClassLoader(),
                        new Class<?>[] {Backend.class},
                        (proxy, method, args) -> {
                            try {
                                return method.getName().equals("ops")
                                        ? ops
                                        : method.invoke(backend, args);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    /** {@return whether each call attended: pass by pass, module by module} */
    public List<Boolean> computed() {
        return List.copyOf(computed);
    }

    private void run(Op op) {
        // What the decoder attends to comes behind the last step.
        if (op instanceof AttentionOp attention && attentions < timesteps.length * every.length) {
            attend(attention);
        } else {
            backend.ops().run(op);
        }
    }

    private void attend(AttentionOp op) {
        int step = attentions / every.length;
        int module = attentions % every.length;
        attentions++;
        if (step == 0) {
            modules.add(broadcast(op, every[module]));
        }
        Broadcast broadcast = modules.get(module);
        for (int pass = 0; pass < PASSES; pass++) {
            int branch = PASSES - 1 - pass; // the one without the prompt is the first
            int call = step * PASSES + pass;
            broadcast.beginStep(call, timesteps[step]);
            broadcast.attend(
                    kept,
                    0,
                    0,
                    op.q().rows(branch, branch + 1),
                    op.k().rows(branch, branch + 1),
                    op.v().rows(branch, branch + 1),
                    op.out().rows(branch, branch + 1));
            int at = call * every.length + module;
            while (computed.size() <= at) {
                computed.add(false);
            }
            computed.set(at, broadcast.statistics().stepDensity() > 0);
            broadcast.endStep();
        }
    }

    private Broadcast broadcast(AttentionOp op, int calls) {
        double[] ofCalls = new double[timesteps.length * PASSES];
        for (int i = 0; i < ofCalls.length; i++) {
            ofCalls[i] = timesteps[i / PASSES];
        }
        return new Broadcast(
                op.plan(),
                Broadcast.steps(ofCalls, ABOVE, BELOW, calls, 0),
                kept.allocate(1, 1, op.q().size(2), (long) op.q().size(1) * op.q().size(3)),
                true,
                Precisions.FULL,
                0,
                new AttentionStatistics(1));
    }

    @Override
    public void close() {
        kept.close();
    }
}
