package org.svgen.checkpoint.torch;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.svgen.checkpoint.torch.Value.Storage;

/** One of the two layouts of torch's files. */
interface Container extends AutoCloseable {
    /** {@return what was saved} */
    Value content();

    /**
     * {@return the bytes of some numbers}
     *
     * @throws NotTensorsException if they are not there, or not as many
     */
    MemorySegment bytes(Storage storage) throws IOException, NotTensorsException;

    @Override
    default void close() throws IOException {}
}
