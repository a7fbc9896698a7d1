package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;

class HubSettingsTest {
    @TempDir Path home;

    @Test
    void withoutVariablesAllIsWherePythonHasIt() {
        HubSettings settings = HubSettings.of(Map.of(), home);
        assertThat(settings.cache()).isEqualTo(home.resolve(".cache/huggingface/hub"));
        assertThat(settings.endpoint()).hasToString("https://huggingface.co");
        assertThat(settings.token()).isNull();
        assertThat(settings.offline()).isFalse();
        assertThat(settings.symlinks()).isTrue();
    }

    @Test
    void theNearestVariableNamesTheCache() {
        assertThat(cache("XDG_CACHE_HOME", "/x")).isEqualTo(Path.of("/x/huggingface/hub"));
        assertThat(cache("XDG_CACHE_HOME", "/x", "HF_HOME", "/h")).isEqualTo(Path.of("/h/hub"));
        assertThat(cache("HF_HOME", "/h", "HUGGINGFACE_HUB_CACHE", "/o")).isEqualTo(Path.of("/o"));
        assertThat(cache("HUGGINGFACE_HUB_CACHE", "/o", "HF_HUB_CACHE", "/c"))
                .isEqualTo(Path.of("/c"));
        assertThat(cache("HF_HOME", "~/hf")).isEqualTo(home.resolve("hf/hub"));
        assertThat(cache("HF_HOME", "${DISK}/$USER", "DISK", "/d", "USER", "u"))
                .isEqualTo(Path.of("/d/u/hub"));
    }

    @Test
    void theTokenIsTheVariablesElseTheFiles() throws IOException {
        Path file = home.resolve(".cache/huggingface/token");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "hf_file\n");
        assertThat(HubSettings.of(Map.of(), home).token()).isEqualTo("hf_file");
        assertThat(HubSettings.of(Map.of("HF_TOKEN", " hf_variable "), home).token())
                .isEqualTo("hf_variable");
        assertThat(HubSettings.of(Map.of("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"), home).token())
                .isNull();
        Path other = Files.writeString(home.resolve("other"), "hf_other");
        assertThat(HubSettings.of(Map.of("HF_TOKEN_PATH", other.toString()), home).token())
                .isEqualTo("hf_other");
        assertThat(HubSettings.of(Map.of("HF_TOKEN", "hf_variable"), home).toString())
                .doesNotContain("hf_variable");
    }

    @Test
    void aTokenThatIsNoneIsRefusedWithoutShowingIt() {
        assertThatThrownBy(() -> HubSettings.of(Map.of("HF_TOKEN", "secret word"), home))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("HF_TOKEN: ")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @CsvSource({"1,true", "yes,true", "On,true", "TRUE,true", "0,false", "'',false", "no,false"})
    void flagsAreReadAsPythonDoes(String value, boolean expected) {
        HubSettings settings =
                HubSettings.of(
                        Map.of("HF_HUB_OFFLINE", value, "HF_HUB_DISABLE_SYMLINKS", value), home);
        assertThat(settings.offline()).isEqualTo(expected);
        assertThat(settings.symlinks()).isEqualTo(!expected);
    }

    @Test
    void anEndpointMayBeAMirror() {
        assertThat(HubSettings.of(Map.of("HF_ENDPOINT", "https://hf-mirror.com/"), home).endpoint())
                .hasToString("https://hf-mirror.com");
    }

    @ParameterizedTest
    @CsvSource({
        "https://huggingface.co/x, a:1",
        "http://huggingface.co/x, b:80",
        "https://hub.corp/x, ''",
        "https://corp/x, ''",
        "https://notcorp/x, a:1",
        "https://127.0.0.1:8080/x, ''"
    })
    void proxiesByTheirVariables(String address, String expected) {
        HubSettings settings =
                HubSettings.of(
                        Map.of(
                                "HTTPS_PROXY", "http://a:1",
                                "all_proxy", "b",
                                "NO_PROXY", ".corp,127.0.0.1"),
                        home);
        Proxy proxy = settings.proxies().select(URI.create(address)).getFirst();
        String shown =
                proxy.address() instanceof InetSocketAddress a
                        ? a.getHostString() + ":" + a.getPort()
                        : "";
        assertThat(shown).isEqualTo(expected);
    }

    @Test
    void proxiesThatWeCannotUseAreRefusedWithoutShowingThePassword() {
        assertThatThrownBy(() -> HubSettings.of(Map.of("HTTPS_PROXY", "http://u:secret@p:1"), home))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("HTTPS_PROXY: ")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> HubSettings.of(Map.of("all_proxy", "socks5://p:1"), home))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("all_proxy: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf-mirror.com",
                "ftp://x.y",
                "https://",
                "ht tp://x",
                "https://x.y/?a=b",
                "https://x.y/#a"
            })
    void anEndpointThatIsNoAddressIsRefused(String value) {
        assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", value), home))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("HF_ENDPOINT: ");
    }

    @Test
    void aPasswordInTheEndpointIsRefusedAndNotTold() {
        assertThatThrownBy(() ->
                        HubSettings.of(Map.of("HF_ENDPOINT", "https://me:secret@x.y/z"), home))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("without a name and a password")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aTokensFileThatHoldsSomethingElseIsSaid() throws IOException {
        Path file = Files.write(home.resolve("token"), new byte[] {(byte) 0xff, 0, 1});
        assertThatThrownBy(() -> HubSettings.of(Map.of("HF_TOKEN_PATH", file.toString()), home))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(file + ": expected a token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "THUDM/CogVideoX-2b",
                "hunyuanvideo-community/HunyuanVideo",
                "a/b@refs/pr/1",
                "a/b@v1.0+x",
                "_a/b_@0123456789abcdef0123456789abcdef01234567"
            })
    void namesOfModels(String name) {
        assertThat(ModelId.isMeantBy(name)).isTrue();
        assertThat(ModelId.parse(name)).hasToString(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a/b/c",
                "../b",
                "./b",
                "a/..",
                "a--b/c",
                "a/b.git",
                "-a/b",
                "a/b@",
                "a/b@../x",
                "a/b@x//y",
                "a/b@/x",
                "a/b@x\\y",
                "a/b@x y",
                "a b/c",
                "/a/b",
                "a/",
                "/b",
                ""
            })
    void namesThatAreNone(String name) {
        assertThatThrownBy(() -> ModelId.parse(name))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("expected");
    }

    private Path cache(String... pairs) {
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            variables.put(pairs[i], pairs[i + 1]);
        }
        return HubSettings.of(variables, home).cache();
    }
}
