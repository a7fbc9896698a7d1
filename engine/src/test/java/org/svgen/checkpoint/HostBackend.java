package org.svgen.checkpoint;

import java.lang.reflect.Proxy;
import java.util.Objects;
import org.svgen.tensor.device.Backend;

/** A backend for loading only: the host's tensors are its own. */
final class HostBackend {
    private HostBackend() {}

    static Backend create() {
        return (Backend)
                Proxy.newProxyInstance(
                        Backend.class.getClassLoader(),
                        new Class<?>[] {Backend.class},
                        (proxy, method, args) -> {
                            if (method.getName().equals("upload")) {
                                return Objects.requireNonNull(args)[0];
                            }
                            throw new UnsupportedOperationException(method.getName());
                        });
    }
}
