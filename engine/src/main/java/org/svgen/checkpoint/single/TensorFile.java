package org.svgen.checkpoint.single;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.svgen.checkpoint.StoredTensor;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.tensor.Shape;

/** A file of tensors, of whatever format, that is open and mapped into memory. */
public interface TensorFile extends AutoCloseable {
    /** {@return the file} */
    Path path();

    /** {@return what the format is called} */
    String format();

    /** {@return free texts of the header} */
    Map<String, String> metadata();

    /** {@return the dimensions of all tensors by name, in the order of the file} */
    Map<String, Shape> shapes();

    /** {@return what the header says of all tensors by name, in the order of the file} */
    Map<String, StoredTensor> stored();

    /**
     * {@return the numbers, by the names in the file} What is stored in blocks of few bits is
     * computed when it is asked for.
     */
    StoredWeights weights();

    /**
     * {@return the bytes of a tensor; empty if there is none, or none so small}
     *
     * @param name of the tensor
     * @param limit the most bytes that it may have
     */
    Optional<byte[]> bytes(String name, int limit);

    /** {@return what happened to the file since it was opened, a line each} */
    List<String> changes();

    /**
     * Holds the file to be the one that was opened.
     *
     * @throws org.svgen.tensor.SvgenException if it is gone, or another took its name
     */
    void requireInPlace();

    @Override
    void close();
}
