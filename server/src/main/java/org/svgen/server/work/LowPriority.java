package org.svgen.server.work;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Lets threads that compute give way to those that answer requests, where both want the same cores.
 * Only on Linux, where each thread has a priority of its own, and inherits that of the thread that
 * starts it (setpriority(2), "C library/kernel differences").
 */
final class LowPriority {
    /** A tenth of the share of a thread that others have: enough where nobody else computes. */
    private static final int NICE = 10;

    private static final int PROCESS = 0; // PRIO_PROCESS
    private static final int CALLING = 0; // the calling thread

    private static final @Nullable MethodHandle SETPRIORITY = bind();

    private LowPriority() {}

    /**
     * Lowers the priority of the calling thread, and of all that it starts from now on.
     *
     * @return false where threads have none
     */
    static boolean take() {
        MethodHandle call = SETPRIORITY;
        if (call == null) {
            return false;
        }
        try {
            return (int) call.invokeExact(PROCESS, CALLING, NICE) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("setpriority", e);
        }
    }

    /** Without native access Java would refuse or, by default, print a warning. */
    private static @Nullable MethodHandle bind() {
        boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");
        if (!linux || !LowPriority.class.getModule().isNativeAccessEnabled()) {
            return null;
        }
        try {
            Linker linker = Linker.nativeLinker();
            FunctionDescriptor type = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
            return linker.defaultLookup()
                    .find("setpriority")
                    .map(function -> linker.downcallHandle(function, type))
                    .orElse(null);
        } catch (UnsupportedOperationException e) {
            return null;
        }
    }
}
