package org.svgen.server.work;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.svgen.server.blob.Blobs;
import org.svgen.server.store.JobStore;

/**
 * What all workers of a process share.
 *
 * @param store has the jobs
 * @param blobs has their files
 * @param live hears how runs go on
 * @param estimates learn from runs
 * @param disk must have room
 * @param observer hears what runs measure
 * @param settings how workers go about it
 * @param folders where they keep what is theirs
 * @param log gets lines for whoever runs the service
 */
record Workshop(
        JobStore store,
        Blobs blobs,
        LiveRuns live,
        Estimates estimates,
        DiskReserve disk,
        RunObserver observer,
        WorkSettings settings,
        Folders folders,
        Consumer<String> log) {

    /**
     * Folders on this machine.
     *
     * @param scratch for what only a run needs
     * @param models for what is learned of models
     * @param books what is known of the colours of each model, by its name
     */
    record Folders(Path scratch, Path models, Map<String, ColourBook> books) {
        static Folders of(Path data, List<ModelSource> served) {
            Path models = data.resolve("models");
            Map<String, ColourBook> books = new HashMap<>();
            for (ModelSource model : served) {
                String name = model.name().replaceAll("[^A-Za-z0-9._-]", "-");
                books.put(
                        model.name(),
                        new ColourBook(
                                models.resolve(name).resolve(ColourBook.FILE),
                                model.folder().resolve(ColourBook.FILE)));
            }
            return new Folders(data.resolve("scratch"), models, Map.copyOf(books));
        }

        ColourBook book(String model) {
            return Objects.requireNonNull(books.get(model), model);
        }
    }
}
