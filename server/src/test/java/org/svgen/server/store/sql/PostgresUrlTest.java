package org.svgen.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;

class PostgresUrlTest {
    @Test
    void userPasswordHostAndDatabaseAreTakenApart() {
        PostgresUrl url =
                PostgresUrl.parse(
                        "postgres://kim:s%40cr%2Fe+t:@db.example.org/jobs?sslmode=require");
        assertThat(url.jdbc())
                .isEqualTo("jdbc:postgresql://db.example.org:5432/jobs?sslmode=require");
        assertThat(url.login()).containsEntry("user", "kim").containsEntry("password", "s@cr/e+t:");
        assertThat(url).hasToString("postgres://kim@db.example.org:5432/jobs");
        assertThat(PostgresUrl.parse("postgresql://[::1]:6000").jdbc())
                .isEqualTo("jdbc:postgresql://[::1]:6000/");
        assertThat(PostgresUrl.parse("postgres://host/x").login()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "secret",
                "mysql://kim:secret@host/db",
                "postgres:secret",
                "postgres:///secret",
                "postgres://kim:se cret@host/db",
                "postgres://kim:secret%zz@host/db"
            })
    void anythingElseIsRefusedAndNotRepeated(String text) {
        assertThatThrownBy(() -> PostgresUrl.parse(text))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("expected postgres://USER:PASSWORD@HOST")
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }
}
