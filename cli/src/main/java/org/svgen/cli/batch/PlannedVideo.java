package org.svgen.cli.batch;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A video to make.
 *
 * @param task what it is
 * @param key names all that decides what comes of it
 * @param file where it goes
 * @param attempts that failed before
 * @param id of the server's job that is under way since an earlier call
 */
record PlannedVideo(BatchTask task, String key, Path file, int attempts, Optional<String> id) {}
