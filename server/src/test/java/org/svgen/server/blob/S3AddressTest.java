package org.svgen.server.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.BadInputException;

class S3AddressTest {
    @Test
    void allBehindTheBucketMayBeMissing() {
        assertThat(S3Address.parse("s3://videos"))
                .isEqualTo(
                        new S3Address(
                                "videos",
                                "",
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()));
        assertThat(
                        S3Address.parse(
                                "s3://my.videos/team/svgen/?endpoint=http%3A%2F%2Fminio:9000&region=eu-central-1&path-style=false"))
                .isEqualTo(
                        new S3Address(
                                "my.videos",
                                "team/svgen",
                                Optional.of(URI.create("http://minio:9000")),
                                Optional.of("eu-central-1"),
                                Optional.of(false)));
    }

    @Test
    void filesHaveTheirNamesBehindThePrefix() {
        S3Address address = S3Address.parse("s3://videos/svgen");
        assertThat(address.object("jobs/a")).isEqualTo("svgen/jobs/a");
        assertThat(address.name("svgen/jobs/a")).isEqualTo("jobs/a");
        assertThat(S3Address.parse("s3://videos").object("jobs/a")).isEqualTo("jobs/a");
        assertThat(address).hasToString("s3://videos/svgen");
    }

    @Test
    void theServerIsThatOfTheSurroundingsWhereTheAddressNamesNone() {
        Map<String, String> variables =
                Map.of("AWS_ENDPOINT_URL", "http://all:1", "AWS_ENDPOINT_URL_S3", "http://s3:2");
        S3Address bare = S3Address.parse("s3://videos");
        assertThat(S3Clients.endpoint(bare, variables)).hasValue(URI.create("http://s3:2"));
        assertThat(
                        S3Clients.endpoint(
                                S3Address.parse("s3://videos?endpoint=http://own:3"), variables))
                .hasValue(URI.create("http://own:3"));
        assertThat(S3Clients.endpoint(bare, Map.of())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    s3://                               | found 's3://'
                    s3://V                              | found 's3://V'
                    s3://videos/../x                    | found 's3://videos/../x'
                    s3://videos/a//b                    | found 's3://videos/a//b'
                    s3://videos?endpoint=minio:9000     | expected an endpoint such as http://minio:9000, found 'minio:9000'
                    s3://videos?region=a/b              | expected a region such as eu-central-1, found 'a/b'
                    s3://videos?path-style=yes          | expected path-style=true or path-style=false, found 'yes'
                    s3://videos?secret=x                | found '?secret'
                    s3://videos?endpoint=%zz            | expected %-escapes of two digits, found '%zz'
                    gs://videos                         | expected a folder, or s3://BUCKET/PREFIX, found 'gs:...'
                    """)
    void whatIsNoAddressIsRefused(String place, String line) {
        assertThatThrownBy(() -> BlobPlaces.checked(place))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("blobs: expected ")
                .hasMessageEndingWith(line);
    }

    @Test
    void keysInAnAddressAreRefusedAndNotRepeated() {
        assertThatThrownBy(() -> BlobPlaces.checked("s3://AKIA:hunter2@videos"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("AWS_ACCESS_KEY_ID")
                .hasMessageNotContaining("hunter2");
    }
}
