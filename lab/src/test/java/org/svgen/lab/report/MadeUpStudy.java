package org.svgen.lab.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.svgen.lab.study.Method;
import org.svgen.lab.study.Picture;
import org.svgen.lab.study.RunResult;
import org.svgen.lab.study.StepResult;
import org.svgen.lab.study.StudyResults;
import org.svgen.lab.study.Subject;

/** Results of a study that never ran: seven methods, the numbers about as in a real one. */
final class MadeUpStudy {
    static final int STEPS = 50;
    static final String EVIL = "a <script>alert(1)</script> & \"quotes\" {{title}} '</style>";

    private static final List<String> PROMPTS =
            List.of(
                    "a red circle moves right on a black background",
                    "a purple heart grows at sunset",
                    "a green triangle moves up on a checkerboard",
                    "a yellow circle shrinks on a checkerboard",
                    "an orange star moves down on a grey background",
                    "a red square moves left and a yellow heart grows on a black background");

    /** By name: times as fast, PSNR, density, skipped steps. */
    private record Kind(String name, double speed, double psnr, double density, int skipped) {}

    private static final List<Kind> KINDS =
            List.of(
                    new Kind("svg", 1.49, 27.3, 0.25, 0),
                    new Kind("falling density", 1.5, 29.2, 0.25, 0),
                    new Kind("budget by head", 1.44, 30.4, 0.25, 0),
                    new Kind("both", 1.46, 31.6, 0.25, 0),
                    new Kind("both, EasyCache", 2.24, 28.9, 0.25, 19),
                    new Kind("spatial", 1.51, 22.1, 0.25, 0),
                    new Kind("temporal", 1.51, 20.9, 0.25, 0),
                    new Kind("both, half", 1.3, 36.2, 0.5, 0));

    private final Random random = new Random(4);

    private MadeUpStudy() {}

    static StudyResults of(int prompts, int seeds) {
        return new MadeUpStudy().results(prompts, seeds, 31.9, Map.of());
    }

    /** A second dense run gives the same bits. */
    static StudyResults exact(int prompts, int seeds) {
        return new MadeUpStudy().results(prompts, seeds, Double.POSITIVE_INFINITY, Map.of());
    }

    /** Writes a strip of frames for each run, and a map for each method, into the folder. */
    static StudyResults withPictures(Path folder, int prompts, int seeds) {
        StudyResults bare = of(prompts, seeds);
        List<RunResult> runs = new ArrayList<>();
        for (RunResult run : bare.runs()) {
            String name = "%d-%d-%s".formatted(run.prompt(), run.seed(), run.method());
            Map<Picture, String> pictures = new LinkedHashMap<>();
            pictures.put(Picture.FRAMES, name + ".png");
            strip(folder.resolve(name + ".png"), run);
            if (run.prompt() == 0 && run.density() < 1) {
                pictures.put(Picture.HEADS, name + "-heads.png");
                strip(folder.resolve(name + "-heads.png"), run);
            }
            runs.add(with(run, pictures));
        }
        return with(bare, runs);
    }

    static StudyResults with(StudyResults results, List<RunResult> runs) {
        return new StudyResults(
                results.title(),
                results.command(),
                results.subject(),
                results.settings(),
                results.prompts(),
                results.seeds(),
                results.methods(),
                runs,
                results.notes());
    }

    private static RunResult with(RunResult run, Map<Picture, String> pictures) {
        return new RunResult(
                run.method(),
                run.prompt(),
                run.seed(),
                run.seconds(),
                run.denoisingSeconds(),
                run.density(),
                run.steps(),
                run.measures(),
                run.others(),
                pictures);
    }

    private StudyResults results(
            int prompts, int seeds, double floor, Map<Picture, String> pictures) {
        List<Method> methods = new ArrayList<>();
        methods.add(new Method("dense", Method.Role.REFERENCE, Map.of("attention", "dense")));
        methods.add(new Method("dense, other kernel", Method.Role.FLOOR, Map.of()));
        for (Kind kind : KINDS) {
            methods.add(
                    new Method(
                            kind.name,
                            Method.Role.METHOD,
                            kind.skipped > 0
                                    ? Map.of("cache", "easy")
                                    : Map.of("density", kind.density)));
        }
        List<String> texts = new ArrayList<>();
        List<RunResult> runs = new ArrayList<>();
        for (int prompt = 0; prompt < prompts; prompt++) {
            texts.add(prompt == 1 ? EVIL : PROMPTS.get(prompt % PROMPTS.size()));
            double hard = random.nextGaussian() * 2.2;
            for (long seed = 1; seed <= seeds; seed++) {
                double clip = hard + random.nextGaussian();
                runs.add(run("dense", prompt, seed, new Kind("", 1, 0, 1, 0), 0, pictures));
                runs.add(
                        run(
                                "dense, other kernel",
                                prompt,
                                seed,
                                new Kind("", 1.01, floor, 1, 0),
                                floor + clip * 0.3,
                                pictures));
                for (Kind kind : KINDS) {
                    double psnr = kind.psnr + clip + random.nextGaussian() * 0.7;
                    runs.add(run(kind.name, prompt, seed, kind, psnr, pictures));
                }
            }
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("width", 160);
        settings.put("height", 160);
        settings.put("frames", 33);
        settings.put("steps", STEPS);
        settings.put("denseSteps", 0.2);
        return new StudyResults(
                "The whole stack on the demo model",
                "svgen study stack.yaml --device cpu --dtype f32",
                new Subject(
                        "CogVideoXPipeline, demo",
                        "7a56f2bf1b73363505a7424c64f48070bf8684e1806907f68ca4e67f7b1ed97e",
                        "CPU, 16 threads, Vector API 512 bit",
                        "f32",
                        "0.1.0-SNAPSHOT"),
                settings,
                texts,
                IntStream.rangeClosed(1, seeds).mapToObj(Long::valueOf).toList(),
                methods,
                runs,
                List.of());
    }

    private RunResult run(
            String method,
            int prompt,
            long seed,
            Kind kind,
            double psnr,
            Map<Picture, String> pictures) {
        double denoising = 21.4 / kind.speed * (1 + 0.01 * random.nextGaussian());
        Map<String, Double> measures = new LinkedHashMap<>();
        Map<String, Double> others = new LinkedHashMap<>();
        if (!method.equals("dense")) {
            double error = Math.pow(10, -psnr / 10);
            measures.put("mse", error);
            measures.put("psnr", psnr);
            measures.put("psnr_mean_over_frames", psnr + 0.6);
            measures.put("psnr_of_changes", psnr + 2);
            measures.put("ssim", 1 - 2 * Math.sqrt(error) / 3);
            measures.put("ms_ssim", 1 - Math.sqrt(error) / 3);
            measures.put("gmsd", Math.sqrt(error));
            others.put("receipt_error", Math.sqrt(error) * (1 + 0.1 * random.nextGaussian()));
        }
        List<StepResult> steps = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            boolean reused = kind.skipped > 0 && i > 9 && random.nextInt(40) < kind.skipped;
            double density =
                    i < 10 ? 1 : method.equals("svg") ? kind.density : kind.density * (60 - i) / 30;
            steps.add(
                    new StepResult(
                            i,
                            reused ? 0.002 : denoising / STEPS * (0.5 + density / 2),
                            reused ? 0 : Math.min(1, density),
                            reused));
        }
        return new RunResult(
                method,
                prompt,
                seed,
                denoising + 3.1,
                denoising,
                kind.density,
                steps,
                measures,
                others,
                pictures);
    }

    /** Six frames of 160 x 100, and noise as strong as the run's error. */
    private static void strip(Path file, RunResult run) {
        BufferedImage picture = new BufferedImage(960, 100, BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = picture.createGraphics();
        Random random = new Random(run.prompt() * 31L + run.seed());
        for (int frame = 0; frame < 6; frame++) {
            canvas.setColor(Color.getHSBColor(run.prompt() / 7f, 0.3f, 0.35f));
            canvas.fillRect(frame * 160, 0, 160, 100);
            canvas.setColor(Color.getHSBColor(run.seed() / 5f, 0.8f, 0.9f));
            canvas.fillOval(frame * 160 + 10 + frame * 14, 20, 60, 60);
        }
        canvas.dispose();
        int noise = (int) (2000 * run.measures().getOrDefault("mse", 0.0)) * 4 + 1;
        for (int y = 0; y < 100; y++) {
            for (int x = 0; x < 960; x++) {
                int rgb = picture.getRGB(x, y);
                int g = Math.min(255, (rgb >> 8 & 255) + random.nextInt(noise));
                picture.setRGB(x, y, rgb & 0xff00ff | g << 8);
            }
        }
        try {
            ImageIO.write(picture, "png", file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
