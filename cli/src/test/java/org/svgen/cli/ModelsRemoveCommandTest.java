package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsRemoveCommandTest {
    private static final String OLD = "0".repeat(40);
    private static final String NEW = "1".repeat(40);

    @TempDir Path cache;

    private Path repo;

    /** Two revisions that share their weights, as after an update of the configs. */
    @BeforeEach
    void twoRevisions() throws IOException {
        repo = cache.resolve("models--org--name");
        for (String blob : new String[] {"shared", "old", "new"}) {
            Files.createDirectories(repo.resolve("blobs"));
            Files.writeString(repo.resolve("blobs/" + blob), blob.repeat(100));
        }
        snapshot(OLD, "old");
        snapshot(NEW, "new");
        Files.createDirectories(repo.resolve("refs"));
        Files.writeString(repo.resolve("refs/main"), NEW);
        Files.writeString(repo.resolve("refs/v1"), OLD);
        Path other = cache.resolve("models--org--other/snapshots/" + OLD);
        Files.createDirectories(other);
        Files.writeString(other.resolve("model_index.json"), "{}");
    }

    private void snapshot(String commit, String index) throws IOException {
        Path folder = repo.resolve("snapshots/" + commit);
        Files.createDirectories(folder.resolve("vae"));
        Files.createSymbolicLink(
                folder.resolve("model_index.json"), Path.of("../../blobs/" + index));
        Files.createSymbolicLink(
                folder.resolve("vae/weights.safetensors"), Path.of("../../../blobs/shared"));
    }

    private Cli rm(String stdin, String... args) {
        String[] all = new String[args.length + 2];
        all[0] = "models";
        all[1] = "rm";
        System.arraycopy(args, 0, all, 2, args.length);
        return Cli.run(
                Map.of("HF_HUB_CACHE", cache.toString()),
                (folder, backend, activation) -> new FakePipeline(0, false),
                stdin,
                all);
    }

    @Test
    void oneRevisionGoesWithWhatNoOtherNeeds() {
        Cli cli = rm("", "org/name@v1", "--yes");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.errLines()).containsExactly("svgen: org/name@v1 removed, 300 B freed");
        assertThat(repo.resolve("snapshots/" + OLD)).doesNotExist();
        assertThat(repo.resolve("blobs/old")).doesNotExist();
        assertThat(repo.resolve("refs/v1")).doesNotExist();
        assertThat(repo.resolve("blobs/shared")).exists();
        assertThat(repo.resolve("snapshots/" + NEW + "/vae/weights.safetensors")).exists();
    }

    @Test
    void allRevisionsGoWithTheFolderAndItsBrokenDownloads() throws IOException {
        Files.createFile(repo.resolve("blobs/abc.svgen.incomplete"));
        Cli cli = rm("", "org/name", "--yes");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err()).contains("org/name removed, 1.2 kB freed");
        assertThat(repo).doesNotExist();
        assertThat(cache.resolve("models--org--other/snapshots/" + OLD + "/model_index.json"))
                .exists();
    }

    @Test
    void nothingGoesWithoutConsent() {
        for (String answer : new String[] {"", "n\n", "what?\n"}) {
            Cli cli = rm(answer, "org/name");
            assertThat(cli.code()).isEqualTo(1);
            assertThat(cli.err()).contains("remove org/name, 2 revisions").contains("[y/N]");
            assertThat(repo.resolve("blobs/old")).exists();
        }
        assertThat(rm("y\n", "org/name").code()).isZero();
        assertThat(repo).doesNotExist();
    }

    @Test
    void whatComesWithSvgenOrIsAFolderOrIsNotThereIsRefused() {
        for (String model :
                new String[] {"demo", cache.toString(), "", "org/none", "org/name@v9"}) {
            Cli cli = rm("y\n", model);
            assertThat(cli.code()).as(model).isEqualTo(2);
            assertThat(cli.errLines()).hasSize(1);
        }
        assertThat(repo.resolve("blobs/old")).exists();
    }

    @Test
    void aBlobStaysThatAnotherRevisionLinksToUnderAnotherNameOfTheCache() throws IOException {
        Path weights = repo.resolve("snapshots/" + NEW + "/vae/weights.safetensors");
        Path alias = Files.createSymbolicLink(cache.resolve("alias"), repo);
        Files.delete(weights);
        Files.createSymbolicLink(weights, alias.resolve("blobs/shared"));
        assertThat(rm("", "org/name@v1", "--yes").code()).isZero();
        assertThat(weights).exists();
    }

    @Test
    void blobsElsewhereAreNeverTouched() throws IOException {
        Path mine = Files.writeString(cache.resolve("mine"), "precious");
        Files.createSymbolicLink(repo.resolve("snapshots/" + OLD + "/link"), mine);
        assertThat(rm("", "org/name", "--yes").code()).isZero();
        assertThat(mine).exists();
    }
}
