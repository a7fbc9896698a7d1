package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.ClosedException;
import org.svgen.testkit.Goldens;

/** Each of these ended the JVM in the native library. */
class NativeTokenizerTest {
    private static Tokenizer open(String model, String component) {
        return Tokenizers.open(Goldens.folder(model).resolve(component));
    }

    @ParameterizedTest
    @CsvSource({
        "cogvideox-t2v-tiny, tokenizer",
        "hunyuanvideo-tiny, tokenizer",
        "hunyuanvideo-tiny, tokenizer_2"
    })
    void aTokenizerThatIsClosedRefusesTextAndMayBeClosedAgain(String model, String component) {
        Tokenizer tokenizer = open(model, component);
        assertThat(tokenizer.encode("a panda", 16).used()).isPositive();
        tokenizer.close();
        tokenizer.close();
        assertThatThrownBy(() -> tokenizer.encode("a panda", 16))
                .isInstanceOf(ClosedException.class)
                .hasMessageContaining(component)
                .hasMessageEndingWith("is closed");
        tokenizer.close();
    }

    @ParameterizedTest
    @CsvSource({"cogvideox-t2v-tiny, tokenizer", "hunyuanvideo-tiny, tokenizer_2"})
    void closingWaitsForTheThreadsThatEncode(String model, String component) throws Exception {
        String text = "a panda plays guitar ".repeat(2000);
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            for (int round = 0; round < 10; round++) {
                Tokenizer tokenizer = open(model, component);
                Tokens expected = tokenizer.encode(text, 64);
                List<Future<Tokens>> encoding = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    encoding.add(threads.submit(() -> tokenizer.encode(text, 64)));
                }
                Thread.sleep(round);
                tokenizer.close();
                for (Future<Tokens> one : encoding) {
                    try {
                        assertThat(one.get().ids()).isEqualTo(expected.ids());
                    } catch (ExecutionException e) {
                        assertThat(e).hasCauseInstanceOf(ClosedException.class);
                    }
                }
            }
        }
    }
}
