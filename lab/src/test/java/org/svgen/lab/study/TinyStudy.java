package org.svgen.lab.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.svgen.lab.study.file.StudyFile;

/** A small study, and who listens to it. */
final class TinyStudy {
    static final String FILE =
            """
            title: Tiny
            prompts: [a panda, a fox]
            seeds: [5]
            settings: {width: 32, height: 32, frames: 13, steps: 3, guidance: 3, sampled_rows: 8, audit_rows: 8}
            floor: yes
            methods:
              svg: {density: [0.4, 0.6], dense_steps: 1, dense_layers: 0}
            warm_up: no
            """;

    /** Videos that cost nothing. */
    static final StudyModel DRAWN =
            new StudyModel(
                    new DrawnPipeline(),
                    new Subject("DrawnPipeline", DrawnPipeline.HASH, "cpu", "f32", "dev"),
                    Long.MAX_VALUE);

    private TinyStudy() {}

    static Study study(String text) {
        return StudyFile.parse("s.yaml", text, Path.of(""));
    }

    static StudyResults run(String text, Path out, StudyListener listener) {
        return StudyRun.run(study(text), DRAWN, out, "svgen study s.yaml", listener);
    }

    /** Hears what was run, and may end the study behind some runs. */
    static final class Ear implements StudyListener {
        final List<String> runs = new ArrayList<>();
        final List<String> notes = new ArrayList<>();
        final List<StudyProgress> progress = new ArrayList<>();
        int there = -1;
        private final int most;

        Ear() {
            this(Integer.MAX_VALUE);
        }

        Ear(int most) {
            this.most = most;
        }

        @Override
        public void opened(int all, int done) {
            there = done;
        }

        @Override
        public void note(String line) {
            notes.add(line);
        }

        @Override
        public void ends(StudyProgress now, RunResult run) {
            progress.add(now);
            runs.add("%s %d %d".formatted(run.method(), run.prompt(), run.seed()));
        }

        @Override
        public boolean cancelled() {
            return runs.size() >= most;
        }
    }
}
