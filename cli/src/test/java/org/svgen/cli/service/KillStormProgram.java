package org.svgen.cli.service;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A storm of any length: {@code tools/serve-storm.sh} calls it. */
final class KillStormProgram {
    private static final int JOBS = 6;
    private static final long LONGEST_MILLIS = 6000;

    private KillStormProgram() {}

    /**
     * @param args number of kills, steps of each job, seed; and for two services that share a
     *     PostgreSQL the word {@code postgres}, for one that is started here, or HOST:PORT/DATABASE
     *     and user
     */
    public static void main(String[] args) throws Exception {
        int kills = Integer.parseInt(args[0]);
        long seed = Long.parseLong(args[2]);
        StormOrder order = new StormOrder(JOBS, Integer.parseInt(args[1]));
        Path folder = Files.createTempDirectory("svgen-storm");
        Map<Integer, byte[]> expected;
        long start = System.nanoTime();
        try (ServeProcess calm = ServeProcess.start(folder.resolve("calm"), List.of())) {
            expected = order.undisturbed(Api.of(calm.url()));
        }
        System.out.println(
                "%d videos in peace: %.0f s".formatted(JOBS, (System.nanoTime() - start) / 1e9));
        KillStorm.Outcome outcome;
        if (args.length == 4) {
            requirePostgres(args[3]);
            outcome = storm(folder, order, kills, seed, expected);
        } else {
            StormPlace place =
                    args.length > 4
                            ? StormPlace.shared(folder, args[3], args[4])
                            : StormPlace.alone(folder);
            outcome = new KillStorm(place, order, kills, LONGEST_MILLIS, seed).run(expected);
        }
        System.out.println(outcome.text() + "\nfolder " + folder);
        System.exit(outcome.wrong().isEmpty() ? 0 : 1);
    }

    private static void requirePostgres(String word) {
        if (!word.equals("postgres")) {
            System.err.println(
                    "expected postgres, or HOST:PORT/DATABASE and a user, found " + word);
            System.exit(2);
        }
    }

    private static KillStorm.Outcome storm(
            Path folder, StormOrder order, int kills, long seed, Map<Integer, byte[]> expected)
            throws IOException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            String address = "127.0.0.1:%d/postgres".formatted(postgres.getPort());
            StormPlace place = StormPlace.shared(folder, address, "postgres");
            return new KillStorm(place, order, kills, LONGEST_MILLIS, seed).run(expected);
        }
    }
}
