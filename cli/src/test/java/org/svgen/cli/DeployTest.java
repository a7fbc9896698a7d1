package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.databind.json.JsonMapper;

/** Files for operators name options, addresses and places that there are. */
class DeployTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Path DEPLOY = ROOT.resolve("deploy");
    private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*");

    private static Map<String, Object> map(Object value) {
        @SuppressWarnings("unchecked")
        Map<String, Object> map = (Map<String, Object>) value;
        return map;
    }

    private static Collection<Object> list(Object value) {
        @SuppressWarnings("unchecked")
        Collection<Object> list = (Collection<Object>) value;
        return list;
    }

    /** All documents of all YAML files. */
    private static List<Map<String, Object>> documents() throws IOException {
        List<Map<String, Object>> documents = new ArrayList<>();
        try (Stream<Path> files = Files.walk(DEPLOY)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
                new Load(LoadSettings.builder().setLabel(file.toString()).build())
                        .loadAllFromString(Files.readString(file))
                        .forEach(document -> documents.add(map(document)));
            }
        }
        return documents;
    }

    /** Every list that is a command line of {@code serve}, and every address that is probed. */
    private static void collect(Object value, List<List<String>> commands, Set<String> probes) {
        switch (value) {
            case Map<?, ?> map -> {
                if (map.get("httpGet") instanceof Map<?, ?> get) {
                    probes.add(String.valueOf(get.get("path")));
                }
                map.values().forEach(below -> collect(below, commands, probes));
            }
            case Collection<?> items -> {
                if (!items.isEmpty() && "serve".equals(items.iterator().next())) {
                    commands.add(items.stream().map(String::valueOf).toList());
                }
                items.forEach(below -> collect(below, commands, probes));
            }
            case null, default -> {}
        }
    }

    private static Set<String> options() {
        return HelpText.options("serve");
    }

    private static Set<String> found(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        pattern.matcher(text).results().map(MatchResult::group).forEach(found::add);
        return found;
    }

    @Test
    void theServiceKnowsAllOptionsAndAddressesThatTheyName() throws IOException {
        List<List<String>> commands = new ArrayList<>();
        Set<String> probes = new TreeSet<>();
        documents().forEach(document -> collect(document, commands, probes));
        assertThat(commands).hasSizeGreaterThan(4);
        Set<String> options = options();
        for (List<String> command : commands) {
            assertThat(options).containsAll(found(OPTION, String.join(" ", command)));
        }
        assertThat(probes).containsExactlyInAnyOrder("/health", "/ready");
        assertThat(addresses()).containsAll(probes);
        String healthcheck = Files.readString(DEPLOY.resolve("healthcheck"));
        assertThat(found(Pattern.compile("(?<=GET )/\\S+"), healthcheck))
                .isNotEmpty()
                .isSubsetOf(addresses());
    }

    @Test
    void thoseThatShareAStoreSignWebhooksByOneSecret() throws IOException {
        List<List<String>> commands = new ArrayList<>();
        documents().forEach(document -> collect(document, commands, new TreeSet<>()));
        assertThat(commands)
                .filteredOn(command -> command.toString().contains("--store="))
                .hasSizeGreaterThan(1)
                .allSatisfy(command ->
                        assertThat(command.toString()).contains("--webhook-secret-file="));
    }

    /** Kustomize refuses one that builds on a folder above itself. */
    @Test
    void eachKustomizationBuildsOnWhatIsThereAndNotAboveIt() throws IOException {
        int found = 0;
        try (Stream<Path> files = Files.walk(DEPLOY)) {
            for (Path file : files.filter(f -> f.endsWith("kustomization.yaml")).toList()) {
                Path folder = file.resolveSibling("").toAbsolutePath().normalize();
                Map<String, Object> content =
                        map(
                                new Load(LoadSettings.builder().build())
                                        .loadFromString(Files.readString(file)));
                for (Object resource : list(content.get("resources"))) {
                    Path target = folder.resolve(String.valueOf(resource)).normalize();
                    assertThat(target).exists();
                    assertThat(folder.startsWith(target)).as("%s of %s", target, file).isFalse();
                    found++;
                }
            }
        }
        assertThat(found).isGreaterThan(1);
    }

    private static Set<String> addresses() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        DeployTest.class.getResourceAsStream(
                                "/org/svgen/server/http/openapi.json"))) {
            return map(new JsonMapper().readValue(in, Map.class).get("paths")).keySet();
        }
    }

    @Test
    void unitAndImageStartTheServiceWithOptionsThatThereAre() throws IOException {
        Set<String> options = options();
        for (String name : List.of("deploy/svgen.service", "deploy/gpu.conf", "Dockerfile")) {
            String text = Files.readString(ROOT.resolve(name));
            List<String> starts =
                    text.lines()
                            .filter(line -> line.matches("(ExecStart=/|CMD \\[\"serve).*"))
                            .toList();
            assertThat(starts).as(name).hasSize(1);
            assertThat(options).containsAll(found(OPTION, starts.getFirst()));
        }
    }

    @Test
    void aJobIsGivenTimeToBeCheckpointed() throws IOException {
        assertThat(Files.readString(DEPLOY.resolve("svgen.service")))
                .contains("KillSignal=SIGTERM", "TimeoutStopSec=180");
        for (Map<String, Object> document : documents()) {
            if (document.get("services") instanceof Map<?, ?> services
                    && services.containsKey("svgen")
                    && map(services.get("svgen")).containsKey("image")) {
                assertThat(map(services.get("svgen"))).containsEntry("stop_grace_period", "3m");
            }
            if ("StatefulSet".equals(document.get("kind"))
                    && document.toString().contains("readinessProbe")) {
                assertThat(document.toString()).contains("terminationGracePeriodSeconds=180");
            }
        }
    }

    @Test
    void whatIsMountedIsDeclared() throws IOException {
        for (Map<String, Object> document : documents()) {
            if (document.get("services") instanceof Map<?, ?> services) {
                composed(services, document);
            }
            if (document.get("spec") instanceof Map<?, ?> spec
                    && spec.get("template") instanceof Map<?, ?> template
                    && document.toString().contains("volumeMounts")) {
                Set<String> declared = new HashSet<>();
                Map<String, Object> pod = map(template.get("spec"));
                list(pod.get("volumes")).forEach(v -> declared.add(named(v)));
                if (spec.get("volumeClaimTemplates") != null) {
                    list(spec.get("volumeClaimTemplates"))
                            .forEach(claim -> declared.add(named(map(claim).get("metadata"))));
                }
                for (Object container : list(pod.get("containers"))) {
                    assertThat(list(map(container).get("volumeMounts")))
                            .allSatisfy(mount -> assertThat(declared).contains(named(mount)));
                }
            }
        }
    }

    private static String named(Object thing) {
        return String.valueOf(map(thing).get("name"));
    }

    private static void composed(Map<?, ?> services, Map<String, Object> document) {
        Object volumes = document.get("volumes");
        Set<String> declared = volumes == null ? Set.of() : map(volumes).keySet();
        for (Object service : services.values()) {
            Object mounts = map(service).get("volumes");
            if (mounts != null) {
                assertThat(list(mounts).stream().map(String::valueOf))
                        .filteredOn(mount -> !mount.startsWith("."))
                        .allSatisfy(mount ->
                                assertThat(declared).contains(mount.replaceFirst(":.*", "")));
            }
        }
    }

    @Test
    void thePageOnTheServiceNamesAddressesAndOptionsThatThereAre() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/serve.md"));
        Set<String> addresses =
                found(Pattern.compile("(?<=(?:GET|POST|PATCH|DELETE) )/[^`?]*"), page);
        assertThat(addresses).contains("/v1/videos/{id}/events").isSubsetOf(addresses());
        Set<String> named = found(Pattern.compile("(?<=`)--[a-z][a-z-]*"), page);
        assertThat(named).contains("--keep").isSubsetOf(options());
        page.lines()
                .filter(line -> line.startsWith("    svgen serve "))
                .forEach(line -> assertThat(options()).containsAll(found(OPTION, line)));
    }

    @Test
    void noPasswordAndNoKeyStandsInThem() throws IOException {
        try (Stream<Path> files = Files.walk(DEPLOY)) {
            assertThat(files.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allSatisfy(file ->
                            assertThat(Files.readString(file))
                                    .doesNotContain("sk-svgen-")
                                    .doesNotContainPattern("whsec_[A-Za-z0-9+/]{8}")
                                    .doesNotContainPattern("postgres://[^@/]*:[^@/]*@"));
        }
    }
}
