package org.svgen.lab.study;

import java.nio.file.Path;

/** A process of its own that runs tiny studies, and says each run that is done, to be killed. */
final class StudyProgram {
    private StudyProgram() {}

    /**
     * @param args the studies' folders
     */
    public static void main(String[] args) {
        StudyListener words =
                new StudyListener() {
                    @Override
                    public void opened(int runs, int there) {
                        System.out.println("there " + there);
                    }

                    @Override
                    public void ends(StudyProgress progress, RunResult run) {
                        System.out.println("done " + progress.done());
                    }
                };
        for (String folder : args) {
            TinyStudy.run(TinyStudy.FILE, Path.of(folder), words);
        }
    }
}
