package org.svgen.server.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.tensor.BadInputException;

class KeyFileTest {
    @TempDir Path folder;
    private final List<String> notes = new ArrayList<>();

    private Path file() {
        return folder.resolve("keys");
    }

    private NewKey added(String name, Scope... scopes) {
        NewKey key = NewKey.create(name, Set.of(scopes));
        KeyFile.add(file(), key);
        return key;
    }

    private KeyFile opened() {
        return KeyFile.of(file(), notes::add);
    }

    @Test
    void knowsWhoHasAKeyThatWasAdded() {
        NewKey anna = added("anna");
        NewKey ben = added("ben", Scope.METRICS);

        KeyFile keys = opened();

        assertThat(keys.caller(anna.text()))
                .contains(new Caller("anna", Set.of(Scope.VIDEOS, Scope.READ)));
        assertThat(keys.caller(ben.text())).contains(new Caller("ben", Set.of(Scope.METRICS)));
        assertThat(keys.caller(anna.text() + "x")).isEmpty();
        assertThat(keys.caller("")).isEmpty();
    }

    @Test
    void holdsNoKeyItself() throws IOException {
        NewKey key = added("anna");

        assertThat(key.text()).matches("sk-svgen-[0-9A-Za-z]{43}");
        assertThat(Files.readString(file()))
                .doesNotContain(key.text().substring(9))
                .matches("anna:[0-9a-f]{64}:videos,read\n");
        assertThat(key.toString()).doesNotContain(key.text());
    }

    @Test
    void isReadableByItsOwnerAlone() throws IOException {
        added("anna");

        isOwnersAlone();
    }

    @Test
    void addsToALastLineWithoutAnEnd() throws IOException {
        Files.writeString(file(), "# keys of the studio");
        NewKey key = added("anna");

        assertThat(opened().caller(key.text())).isPresent();
    }

    @Test
    void isReadAgainWhenItChanges() throws IOException {
        NewKey anna = added("anna");
        KeyFile keys = opened();
        NewKey ben = added("ben");

        assertThat(keys.caller(ben.text())).isPresent();

        Files.writeString(file(), ben.line() + "\n");
        assertThat(keys.caller(anna.text())).isEmpty();
        assertThat(keys.caller(ben.text())).isPresent();
    }

    @Test
    void opensToNobodyOnceItIsGone() throws IOException {
        NewKey anna = added("anna");
        KeyFile keys = opened();
        Files.delete(file());

        assertThat(keys.caller(anna.text())).isEmpty();
        assertThat(notes).singleElement().asString().contains("cannot read the keys");
    }

    @Test
    void keepsItsOtherLinesWhenOneIsWrongLater() throws IOException {
        NewKey anna = added("anna");
        KeyFile keys = opened();
        Files.writeString(file(), "nonsense\n" + anna.line() + "\n");

        assertThat(keys.caller(anna.text())).isPresent();
        assertThat(notes).singleElement().asString().contains("line 1: expected name:sha256hex");
    }

    @Test
    void isRefusedAtTheStartWithTheLineThatIsWrong() throws IOException {
        Files.writeString(file(), "\nanna:" + "0".repeat(64) + ":everything\n");

        assertThatThrownBy(this::opened)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("line 2: a scope: expected videos, read, metrics, admin");
        Files.writeString(file(), "anna:sk-svgen-secret\n");
        assertThatThrownBy(this::opened)
                .hasMessageContaining("64 digits of hexadecimal")
                .hasMessageNotContaining("secret");
    }

    @Test
    void refusesNamesThatWouldBreakAFile() {
        assertThatThrownBy(() -> NewKey.create("a:b", Set.of()))
                .isInstanceOf(BadInputException.class);
        assertThatThrownBy(() -> NewKey.create("a\nb", Set.of()))
                .isInstanceOf(BadInputException.class);
    }

    @Test
    void listsNamesAndRevokesThem() throws IOException {
        Files.writeString(file(), "# keys of the studio\n");
        NewKey anna = added("anna");
        added("annabel", Scope.READ);
        KeyFile keys = opened();

        assertThat(KeyFile.list(file()))
                .containsExactly(
                        new KeyFile.Line("anna", Set.of(Scope.VIDEOS, Scope.READ)),
                        new KeyFile.Line("annabel", Set.of(Scope.READ)));
        assertThat(KeyFile.revoke(file(), "anna")).isTrue();
        assertThat(KeyFile.revoke(file(), "anna")).isFalse();

        assertThat(keys.caller(anna.text())).isEmpty();
        assertThat(Files.readString(file()))
                .startsWith("# keys of the studio\nannabel:")
                .doesNotContain("anna:");
        isOwnersAlone();
    }

    private void isOwnersAlone() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void scopesGrantWhatIsBelowThem() {
        assertThat(new Caller("a", Set.of(Scope.VIDEOS)).may(Scope.READ)).isTrue();
        assertThat(new Caller("a", Set.of(Scope.READ)).may(Scope.VIDEOS)).isFalse();
        assertThat(new Caller("a", Set.of(Scope.VIDEOS)).may(Scope.METRICS)).isFalse();
        assertThat(new Caller("a", Set.of(Scope.ADMIN)).may(Scope.METRICS)).isTrue();
        assertThat(new Caller("a", Set.of(Scope.ADMIN)).sees("b")).isTrue();
        assertThat(new Caller("a", Set.of(Scope.VIDEOS)).sees("b")).isFalse();
    }
}
