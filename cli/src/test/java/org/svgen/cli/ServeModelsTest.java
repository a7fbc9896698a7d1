package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.svgen.models.GivenModel;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;

/** Names of served models, and which part belongs to which. */
class ServeModelsTest {
    @Command(name = "serve")
    private static final class Holder {
        @ArgGroup(exclusive = false, validate = false)
        ServeModels models = new ServeModels();
    }

    private static List<ServeModels.Served> served(String... words) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(words);
        return holder.models.served();
    }

    private static List<String> names(String... words) {
        return served(words).stream().map(ServeModels.Served::name).toList();
    }

    @Test
    void aModelIsCalledAsItIsGivenUnlessANameIs() {
        assertThat(names()).containsExactly("demo");
        assertThat(
                        names(
                                "--model",
                                "demo",
                                "--model",
                                "THUDM/CogVideoX-2b",
                                "--model",
                                "/srv/models/tiny",
                                "--model",
                                "/srv/wan2.1_t2v.safetensors",
                                "--model",
                                "mine=x.gguf"))
                .containsExactly("demo", "THUDM/CogVideoX-2b", "tiny", "wan2.1_t2v", "mine");
        assertThatThrownBy(() -> names("--model", "demo", "--model", "demo=x.gguf"))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "--model: two models would be called demo; NAME=MODEL calls one otherwise");
    }

    @Test
    void partsBelongToTheModelThatTheyName() {
        List<ServeModels.Served> served =
                served(
                        "--model",
                        "wan=high.safetensors",
                        "--model-2",
                        "wan=low.safetensors",
                        "--vae",
                        "wan=vae.safetensors",
                        "--text-encoder",
                        "hun=llama.gguf",
                        "--text-encoder",
                        "hun=clip.safetensors",
                        "--model",
                        "hun=h.safetensors");
        assertThat(served.get(0).model())
                .isEqualTo(
                        new GivenModel(
                                "high.safetensors",
                                new GivenModel.Parts(
                                        Optional.of("low.safetensors"),
                                        Optional.of("vae.safetensors"),
                                        List.of(),
                                        Optional.empty(),
                                        Optional.empty())));
        assertThat(served.get(1).model().parts().textEncoders())
                .containsExactly("llama.gguf", "clip.safetensors");
    }

    @Test
    void ofOneModelPartsNeedNoName() {
        GivenModel model =
                served("--model", "x.safetensors", "--vae", "v=1.safetensors").getFirst().model();
        assertThat(model.parts().vae()).contains("v=1.safetensors");
    }

    @Test
    void aPartOfNoModelOrTwiceIsRefused() {
        assertThatThrownBy(() -> served("--model", "a", "--model", "b", "--vae", "v.safetensors"))
                .isInstanceOf(BadInputException.class)
                .hasMessage("--vae v.safetensors: expected NAME=FILE, with a NAME of [a, b]");
        assertThatThrownBy(() -> served("--vae", "demo=v", "--vae", "w"))
                .hasMessage("--vae: expected it once for demo, found [v, w]");
    }
}
