package org.svgen.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * A component of a model that lies outside the model's folder: in a file by itself, beside other
 * components in one file, or in a folder of its own.
 */
public interface PartFile {
    /** {@return the files that the component is made of, for its hash and for messages} */
    List<Path> files();

    /**
     * Opens the files.
     *
     * @return the weights; the caller closes them
     * @throws org.svgen.tensor.BadInputException if a file is missing or damaged
     */
    Open open();

    /**
     * {@return the component's configuration}
     *
     * @param folder what the model's folder says of a component of that name
     */
    Config config(Config folder);

    /** Files of a component that are open, mapped into memory. */
    interface Open extends AutoCloseable {
        /** {@return the weights, by the names that the model gives them} */
        StoredWeights weights();

        /** {@return files that are not as they were when they were opened, a line each} */
        List<String> changes();

        /**
         * Holds the files to be those that were opened.
         *
         * @throws org.svgen.tensor.SvgenException if one is gone, or another took its name
         */
        void requireInPlace();

        @Override
        void close();
    }
}
