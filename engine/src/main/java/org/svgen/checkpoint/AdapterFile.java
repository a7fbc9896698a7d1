package org.svgen.checkpoint;

import java.nio.file.Path;
import java.util.List;

/** A file of changes to the weights of a model: an adapter, which is merged as they are loaded. */
public interface AdapterFile {
    /** {@return the file} */
    Path path();

    /** {@return the components that it changes} */
    List<String> components();

    /** {@return by which its changes count: 1 as it was trained} */
    double strength();

    /** {@return the file and how it is used, in few words; models with other words are others} */
    String words();

    /**
     * Opens the file.
     *
     * @return the adapter; the caller closes it
     * @throws org.svgen.tensor.BadInputException if the file is missing or damaged
     */
    Open open();

    /** An adapter that is open, mapped into memory. */
    interface Open extends AutoCloseable {
        /**
         * {@return the weights of a component with the adapter; themselves if it is about another}
         *
         * @param component such as transformer or vae
         * @param stored its weights without the adapter
         * @throws org.svgen.tensor.BadInputException if the adapter is made for other weights
         */
        StoredWeights merged(String component, StoredWeights stored);

        /** {@return what a user should know of what was merged, a line each} */
        List<String> notes();

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
}
