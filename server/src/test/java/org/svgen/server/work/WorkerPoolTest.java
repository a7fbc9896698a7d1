package org.svgen.server.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.imageio.ImageIO;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.media.VideoReader;
import org.svgen.pipeline.Clip;
import org.svgen.server.blob.Blob;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.store.Recovery;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Workers on the CPU with the demo model: jobs end as they should, whatever happens meanwhile. */
class WorkerPoolTest {
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration EACH_STEP = Duration.ZERO;

    @TempDir Path data;

    private static byte[] bytes(Factory factory, JobId id, String name) throws IOException {
        try (Blob blob = factory.blobs.open(BlobKey.of(id, name)).orElseThrow()) {
            return blob.read().readAllBytes();
        }
    }

    private static List<String> names(Factory factory, JobId id) throws IOException {
        return factory.blobs.list(BlobKey.folder(id)).stream()
                .map(key -> key.value().substring(BlobKey.folder(id).length() + 1))
                .toList();
    }

    @Test
    void aJobBecomesAVideoWithItsPicturesAndItsReport() throws Exception {
        try (Factory factory = new Factory(data, EACH_STEP)) {
            List<LiveEvent> events = new CopyOnWriteArrayList<>();
            factory.pool.live().subscribe(events::add);
            factory.pool.start();
            JobId id = factory.ask(Factory.small(3));
            Job job = factory.ended(id);
            assertThat(job.state()).as("%s", job).isEqualTo(JobState.COMPLETED);
            factory.pool.drain(); // what is left to do behind the store's word is done then
            assertThat(names(factory, id))
                    .containsExactly(
                            "report.json", "spritesheet.png", "thumbnail.png", "video.mp4");
            Path video = Files.write(data.resolve("copy.mp4"), bytes(factory, id, "video.mp4"));
            try (Clip clip = VideoReader.read(video)) {
                assertThat(clip.count()).isEqualTo(9);
                assertThat(clip.width()).isEqualTo(64);
            }
            BufferedImage sheet =
                    ImageIO.read(new ByteArrayInputStream(bytes(factory, id, "spritesheet.png")));
            assertThat(sheet.getWidth()).isEqualTo(5 * 64);
            assertThat(sheet.getHeight()).isEqualTo(2 * 64);
            JsonNode report = new JsonMapper().readTree(bytes(factory, id, "report.json"));
            assertThat(report.at("/recipe/seed").asLong()).isEqualTo(7);
            assertThat(report.at("/report/steps").size()).isEqualTo(3);
            assertThat(report.at("/report/steps/2/heads").size()).isPositive();
            assertThat(job.content().outcome())
                    .containsKeys("stage_durations", "inference_time_s", "peak_memory_mb")
                    .extractingByKey("quality")
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("attention", "svg")
                    .containsKeys("density_kept", "checked_heads", "estimated_error", "verdict");
            assertThat(job.content().bytes()).isPositive();
            List<Progress> told =
                    events.stream()
                            .filter(LiveEvent.Progressed.class::isInstance)
                            .map(event -> ((LiveEvent.Progressed) event).progress())
                            .toList();
            assertThat(told).extracting(Progress::progress).isSorted().last().isEqualTo(1.0);
            assertThat(told).extracting(Progress::stage).contains("text", "denoise", "decode");
            assertThat(told).last().extracting(Progress::step).isEqualTo(3);
        }
    }

    @Test
    void modelsAreLoadedBeforeTheStartAndJobsAreRunBehindIt() throws Exception {
        try (Factory factory = new Factory(data, NEVER)) {
            JobId id = factory.ask(Factory.small(1));
            factory.pool.open();
            factory.awaited(id, _ -> factory.pool.unready().isEmpty());
            assertThat(factory.log).anyMatch(line -> line.startsWith("cpu: demo loaded in "));
            factory.pool.wake();
            Thread.sleep(100);
            assertThat(factory.store.find(id).orElseThrow().state()).isEqualTo(JobState.QUEUED);
            factory.pool.start();
            assertThat(factory.ended(id).state()).isEqualTo(JobState.COMPLETED);
        }
        try (Factory unused = new Factory(data, NEVER)) {
            unused.pool.open(); // and closed, though it never started
        }
    }

    @Test
    void fromTheSecondVideoOnThereArePreviews() throws Exception {
        ModelSource unknown = OtherDemo.in(data.resolve("model"));
        try (Factory factory = new Factory(data, NEVER, unknown, Factory.noReserve(data))) {
            List<LiveEvent.Previewed> previews = previews(factory);
            factory.pool.start();
            factory.ended(factory.ask(Factory.small(2)));
            assertThat(previews).isEmpty();
            JobId second = factory.ask(Factory.small(3));
            factory.ended(second);
            assertThat(previews).isNotEmpty();
            assertThat(previews.getFirst()).isEqualTo(new LiveEvent.Previewed(second, 1));
        }
    }

    private static List<LiveEvent.Previewed> previews(Factory factory) {
        List<LiveEvent.Previewed> previews = new CopyOnWriteArrayList<>();
        factory.pool
                .live()
                .subscribe(event -> {
                    if (event instanceof LiveEvent.Previewed previewed) {
                        previews.add(previewed);
                    }
                });
        return previews;
    }

    @Test
    void aModelThatBringsItsColoursHasPreviewsFromTheFirstVideoOn() throws Exception {
        try (Factory factory = new Factory(data, NEVER)) {
            Live live = factory.pool.live();
            List<byte[]> pictures = new CopyOnWriteArrayList<>();
            live.subscribe(event -> {
                if (event instanceof LiveEvent.Previewed(JobId id, int _)) {
                    pictures.add(live.preview(id).orElseThrow().bytes());
                }
            });
            assertThat(factory.pool.cards())
                    .singleElement()
                    .satisfies(card -> assertThat(card.opened()).isEmpty());
            factory.pool.start();
            factory.ended(factory.ask(Factory.small(2)));
            assertThat(factory.pool.cards())
                    .singleElement()
                    .satisfies(card -> {
                        assertThat(card.name()).isEqualTo("cpu");
                        assertThat(card.opened().orElseThrow().memoryBytes()).isPositive();
                        assertThat(card.unready()).isEmpty();
                    });
            BufferedImage picture = ImageIO.read(new ByteArrayInputStream(pictures.getFirst()));
            assertThat(picture.getWidth()).isEqualTo(160);
        }
    }

    @Test
    void aStoppedRunGoesOnFromItsCheckpointAndGivesTheSameBytes() throws Exception {
        Map<String, Object> settings = Factory.small(5);
        JobId undisturbed;
        JobId stopped;
        byte[] expected;
        try (Factory factory = new Factory(data, EACH_STEP)) {
            factory.pool.start();
            undisturbed = factory.ask(settings);
            factory.ended(undisturbed);
            expected = bytes(factory, undisturbed, "video.mp4");
            stopped = factory.ask(settings);
            factory.awaited(stopped, job -> job.run().checkpointStep().orElse(0) >= 2);
            factory.pool.drain();
            Job job = factory.store.find(stopped).orElseThrow();
            assertThat(job.state()).isEqualTo(JobState.QUEUED);
            assertThat(job.run().checkpointStep()).isPresent();
        }
        try (Factory factory = new Factory(data, EACH_STEP)) {
            factory.pool.start();
            Job job = factory.ended(stopped);
            assertThat(job.state()).as("%s", job).isEqualTo(JobState.COMPLETED);
            assertThat(job.content().warnings()).noneMatch(w -> w.contains("began again"));
            assertThat(bytes(factory, stopped, "video.mp4")).isEqualTo(expected);
            assertThat(factory.store.totals().recovered()).containsEntry(Recovery.RESUMED, 1L);
            factory.pool.drain();
            assertThat(names(factory, stopped)).doesNotContain("checkpoint");
        }
    }

    @Test
    void aCheckpointThatDoesNotFitIsLeftAndSaid() throws Exception {
        try (Factory factory = new Factory(data, EACH_STEP)) {
            JobId id = factory.ask(Factory.small(2));
            factory.blobs.put(
                    BlobKey.of(id, "checkpoint"), new ByteArrayInputStream(new byte[100]));
            factory.pool.start();
            Job job = factory.ended(id);
            assertThat(job.state()).as("%s", job).isEqualTo(JobState.COMPLETED);
            assertThat(job.content().warnings())
                    .anyMatch(w -> w.startsWith("began again at the first step: "));
        }
    }

    @Test
    void cancelAndDeleteFreeTheDeviceWithinAStep() throws Exception {
        try (Factory factory = new Factory(data, EACH_STEP)) {
            factory.pool.start();
            JobId cancelled = factory.ask(Factory.small(500));
            factory.awaited(cancelled, job -> job.run().checkpointStep().orElse(0) >= 1);
            factory.store.cancel(cancelled);
            Job job = factory.ended(cancelled);
            assertThat(job.error().map(JobError::code)).hasValue("cancelled");
            JobId deleted = factory.ask(Factory.small(500));
            factory.awaited(deleted, j -> j.run().checkpointStep().orElse(0) >= 1);
            factory.store.delete(deleted);
            JobId next = factory.ask(Factory.small(2));
            assertThat(factory.ended(next).state()).isEqualTo(JobState.COMPLETED);
            assertThat(names(factory, cancelled)).isEmpty();
            assertThat(names(factory, deleted)).isEmpty();
        }
    }

    @Test
    void filesOfADeadServiceThatAreWholeAreHandedOutAsTheyAre() throws Exception {
        try (Factory factory = new Factory(data, NEVER)) {
            JobId id = factory.ask(Factory.small(2));
            factory.blobs.put(
                    BlobKey.of(id, "video.mp4"), new ByteArrayInputStream(new byte[] {1, 2, 3}));
            String outcome = "{\"outcome\": {\"inference_time_s\": 1.5}, \"bytes\": 3}";
            factory.blobs.put(
                    BlobKey.of(id, "outcome.json"), new ByteArrayInputStream(outcome.getBytes()));
            factory.pool.start();
            Job job = factory.ended(id);
            assertThat(job.state()).isEqualTo(JobState.COMPLETED);
            assertThat(job.content().outcome()).containsEntry("inference_time_s", 1.5);
            assertThat(bytes(factory, id, "video.mp4")).containsExactly(1, 2, 3);
        }
    }
}
