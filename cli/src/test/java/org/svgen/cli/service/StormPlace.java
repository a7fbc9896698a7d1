package org.svgen.cli.service;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the services of a storm keep their jobs.
 *
 * @param folder of their data
 * @param services how many there are at the same time
 * @param shared options by which they share a store; none for one service alone
 * @param truth what is in the store
 */
record StormPlace(Path folder, int services, List<String> shared, StoreTruth truth) {
    /** One service with its own store. */
    static StormPlace alone(Path folder) {
        return new StormPlace(folder, 1, List.of(), StoreTruth.ofFolder(folder.resolve("0")));
    }

    /**
     * Two services that share a PostgreSQL.
     *
     * @param address {@code HOST:PORT/DATABASE}
     * @param user of the database
     */
    static StormPlace shared(Path folder, String address, String user) {
        return new StormPlace(
                folder,
                2,
                List.of(
                        "--store",
                        "postgres://%s@%s".formatted(user, address),
                        "--blobs",
                        folder.resolve("files").toString(),
                        "--lease",
                        "2s"),
                new StoreTruth("jdbc:postgresql://%s?user=%s".formatted(address, user)));
    }

    Path data(int service) {
        return folder.resolve(String.valueOf(service));
    }

    ServeProcess launch(int service) {
        List<String> options = new ArrayList<>(List.of("--checkpoint-every", "0s"));
        options.addAll(shared);
        return ServeProcess.launch(data(service), options);
    }
}
